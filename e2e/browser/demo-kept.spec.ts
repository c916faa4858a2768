/**
 * What the page keeps. The packages' vectors from one visit to the next, with a tiny model: found again, shared by tabs, told of when they
 * are damaged or another model's, thrown away when asked to. The user's files, without a model.
 */
import { expect, type Page } from '@playwright/test';
import { indexed, indexSome, openView, test, tinyModel, watch } from './demo-site.ts';
import { asFile, hits, input, kept, shelf } from './own-files.ts';

const status = (page: Page) => page.getByTestId('index-status').filter({ visible: true });
const load = async (page: Page) => {
  const button = page.getByTestId('load').filter({ visible: true });
  await expect(button.or(status(page)).first()).toBeVisible({ timeout: 60_000 });
  if (await button.count()) await button.click();
};

/** The last record of what is stored: as a fault of the disk, or another version of the page, would leave it. */
const change = (page: Page, store: 'runs' | 'origin', digest: string) =>
  page.evaluate(
    ([name, bytes]) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('rockpool-demo-packages');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const tx = open.result.transaction(name, 'readwrite');
          const cursor = tx.objectStore(name).openCursor(null, 'prev');
          cursor.onsuccess = () => cursor.result?.update({ ...cursor.result.value, [bytes]: new ArrayBuffer(32) });
          tx.oncomplete = () => (open.result.close(), resolve());
        };
      }),
    [store, digest] as const,
  );

test('vectors are kept between visits and shared by tabs; damaged and foreign ones are told and made anew; Cancel forgets them', async ({
  demo,
  site,
}) => {
  const remove = tinyModel(site);
  await demo.goto(`${site.url}/#search?device=wasm`);
  await load(demo);
  await indexSome(demo, 20);
  const done = Number(/(\d+) of/.exec((await status(demo).textContent())!)![1]);

  // Another tab begins with them, and the first finds what the other has made.
  const second = await demo.context().newPage();
  const problems = watch(second);
  await second.goto(`${site.url}/#search?device=wasm`);
  await load(second);
  await indexed(second, 1000);
  await expect(status(second)).toContainText(`${done} were kept in this browser`);
  await demo.getByTestId('resume').click();
  await expect(status(demo)).toContainText(`${1000 - done} were kept in this browser`);
  await second.close();
  expect(problems).toEqual([]);

  await demo.reload();
  await load(demo);
  await expect(status(demo)).toContainText(/Kept in this browser.*nothing was computed again/, { timeout: 60_000 });
  await demo.locator('#query').fill('a game of chess');
  await expect(demo.getByTestId('hybrid-note')).toContainText('all 1,000 packages compared');
  await expect(demo.getByTestId('hybrid-results').locator('li:visible')).toHaveCount(10);
  await openView(demo, 'Matryoshka');
  await demo.locator('#matryoshka-query').fill('a game of chess');
  await expect(demo.getByTestId('moved').locator('li:visible')).toHaveCount(10);
  await openView(demo, 'Map');
  await expect(demo.getByTestId('map-note')).toContainText('points, laid out', { timeout: 60_000 });
  await openView(demo, 'Search');

  await change(demo, 'runs', 'digest');
  await demo.reload();
  await load(demo);
  await expect(status(demo)).toContainText('Vectors that this browser kept were damaged and are computed again', { timeout: 60_000 });
  await expect(status(demo)).toContainText('All 1,000 packages indexed, ', { timeout: 60_000 });

  await change(demo, 'origin', 'texts');
  await demo.reload();
  await load(demo);
  await expect(status(demo)).toContainText('of another model or of other packages, and is replaced', { timeout: 60_000 });
  await demo.getByTestId('cancel').filter({ visible: true }).click();
  await expect(status(demo)).toContainText('The packages are not indexed');
  await demo.reload();
  await load(demo);
  await expect(status(demo)).toContainText('Nothing is precomputed', { timeout: 60_000 });
  remove();
});

test('two tabs have the same files of the user, and where nothing can be kept that is said', async ({ context, site }) => {
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const page of [one, other]) await page.goto(`${site.url}/#search?source=files`);
  await input(one).setInputFiles([asFile('shelf.txt', shelf)]);
  await expect(kept(other)).toContainText('1 file: less than 1 kB of text, kept in this browser');
  await other.locator('#query').fill('nails');
  await expect(hits(other, 'keyword')).toHaveCount(1);
  await other.getByTestId('forget').click();
  await expect(kept(one)).toBeHidden();

  const forgetful = await context.newPage();
  await forgetful.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  await forgetful.goto(`${site.url}/#search?source=files`);
  await input(forgetful).setInputFiles([asFile('shelf.txt', shelf)]);
  await expect(kept(forgetful)).toContainText('in this tab alone: this browser keeps nothing for the page');
  await forgetful.locator('#query').fill('nails');
  await expect(hits(forgetful, 'keyword')).toHaveCount(1);
});
