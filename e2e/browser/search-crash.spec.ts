/**
 * A tab that is killed while it indexes 5,200 packages, again and again: nothing is lost but the last batch, nothing is corrupt. SEED=…
 * kills as before.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../random.ts';
import { expect, open, test } from './search-harness.ts';

const KILLS = 20;
const PACKAGES = 5_200;
/** Documents of a batch: what may be lost. */
const BATCH = 32;

test('a tab killed at 20 random moments loses at most its last batch, and the same call goes on', async ({ tab, context, server }) => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  console.log(`SEED=${seed}`);
  const random = randomFrom(seed);
  // Packages of all rounds that are in. The tab waits until this is heard: a message on its way when the tab is killed would count for nothing.
  let reported = 0;
  server.fault('/reported/', (request, response) => {
    reported = Math.max(reported, Number(request.url!.split('/').at(-1)));
    response.end();
    return true;
  });
  for (let kill = 0; kill <= KILLS; kill++) {
    const page = await tab();
    const { told } = await open(page, 'packages');
    expect(told).toEqual([]);
    const [round, done] = [Math.floor(reported / PACKAGES), reported % PACKAGES];
    const faults = await page.evaluate(
      async ([round, done, batch]) => {
        window.documents = await window.page.packages();
        const { index, documents } = window;
        // Before what was told it is this round's, behind the batch after it the last one's.
        const inFlight = documents.slice(done, done + batch).map(({ id }) => index.get(id)?.metadata!.round);
        const roundOf = (i: number) => (i < done ? round : i < done + batch ? inFlight[0] : round - 1);
        const expected = documents.flatMap((document, i) => window.page.ofRound(document, roundOf(i)));
        const missing = expected.filter(({ id }) => !index.has(id)).map(({ id }) => `${id} is missing`);
        const torn = new Set(inFlight).size > 1 ? ['half a batch is in'] : [];
        return [...missing, ...torn, ...(await window.page.faultsOf(index, expected))];
      },
      [round, done, BATCH] as const,
    );
    expect(faults).toEqual([]);
    if (kill === KILLS) break;
    // First all packages, then each of them changed, and so on: rows that are free are filled anew.
    await page.evaluate((first) => {
      const work = async () => {
        for (let round = first; ; round++) {
          const documents = window.documents.flatMap((document) => window.page.ofRound(document, round));
          const onProgress = ({ done, total }: { done: number; total: number }) => {
            const request = new XMLHttpRequest();
            request.open('GET', `/reported/${round * total + done}`, false);
            request.send();
          };
          await window.index.add(documents, { onProgress });
        }
      };
      void work();
    }, round);
    // So many batches that 20 kills are spread over all packages and beyond, and then anywhere in a batch.
    const goal = reported + BATCH * Math.ceil(random() * 16);
    while (reported < goal) await sleep(2);
    await sleep(random() * 30);
    if (kill % 2 === 0) await page.close();
    else {
      const session = await context.newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      session.send('Page.crash').catch(() => {});
      await crashed;
      await page.close();
    }
  }
  // Else most of it was never put to the test.
  expect(reported).toBeGreaterThan(PACKAGES / 2);
});
