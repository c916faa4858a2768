/** A tab that is killed while it indexes 5,200 packages: nothing is lost but the last batch, nothing is corrupt. */
import { randomInt } from 'node:crypto';
import { expect, open, test } from './search-harness.ts';

const KILLS = 20;
/** Documents of a batch: what may be lost. */
const BATCH = 32;

test('a tab killed at 20 random moments loses at most its last batch, and the same call goes on', async ({ tab, context, server }) => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  console.log(`SEED=${seed}`);
  const random = randomFrom(seed);
  let reported = 0;
  // The tab waits until this is heard: a message on its way when the tab is killed would count for nothing.
  server.fault('/reported/', (request, response) => {
    reported = Math.max(reported, Number(request.url!.split('/').at(-1)));
    response.end();
    return true;
  });
  let killedInWork = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    const page = await tab();
    const { documents, told } = await open(page, 'packages');
    expect(told).toEqual([]);
    expect(documents).toBeGreaterThanOrEqual(reported);
    expect(documents).toBeLessThanOrEqual(reported + BATCH);
    expect(documents % BATCH === 0 || documents === 5200).toBe(true);
    const faults = await page.evaluate(async () => {
      window.documents = await window.page.packages();
      return window.page.faultsOf(window.index, window.documents);
    });
    expect(faults).toEqual([]);
    if (kill === KILLS) {
      const size = await page.evaluate(async () => {
        await window.index.add(window.documents);
        return { ...window.index.size, faults: await window.page.faultsOf(window.index, window.documents) };
      });
      expect(size).toMatchObject({ documents: 5200, faults: [] });
      break;
    }
    await page.evaluate(() => {
      const onProgress = ({ done }: { done: number }) => {
        const request = new XMLHttpRequest();
        request.open('GET', `/reported/${done}`, false);
        request.send();
      };
      void window.index.add(window.documents, { onProgress });
    });
    await page.waitForTimeout(50 + random() * 250);
    if (kill % 2 === 0) await page.close();
    else {
      const session = await context.newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      session.send('Page.crash').catch(() => {});
      await crashed;
      await page.close();
    }
    if (reported > documents) killedInWork++;
  }
  // Else it was killed before or after, which proves nothing.
  expect(killedInWork).toBeGreaterThan(KILLS / 2);
});

/** Park and Miller's generator: the same kills for the same seed. */
function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
