/**
 * The Search view over the user's own files, with the real model on WASM: taken, refused, found by words, by meaning and by both, kept and
 * forgotten.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { expectAccessible, expectFitsPhone, loadModel, onPhone, openView, test } from './demo-site.ts';
import { animals, asFile, damages, harbour, hits, input, kept, locked, names, oil, parcel, printed, shelf, status } from './own-files.ts';

test.use({ apart: 'search-files' });
// Each goes on where the one before it ended: what is kept is the matter here.
test.describe.configure({ mode: 'serial' });

test('files are taken and found by words at once, without a model; what a PDF needs comes with the first PDF', async ({ shared, site }) => {
  await shared.getByText('your files', { exact: true }).click();
  expect(shared.url()).toContain('source=files');
  const chooser = shared.waitForEvent('filechooser');
  await shared.getByTestId('choose-files').click();
  expect((await chooser).isMultiple()).toBe(true);
  await (await chooser).setFiles([asFile('shelf.txt', shelf), asFile('animals.md', animals), asFile('parcel.html', parcel)]);
  await expect(kept(shared)).toContainText('3 files');
  expect(site.requests.filter((path) => path.includes('/pdf-'))).toEqual([]);
  await input(shared).setInputFiles([asFile('harbour.pdf', await printed(shared, harbour))]);
  await expect(kept(shared)).toContainText('4 files');
  await expect(kept(shared)).toContainText('kept in this browser until you forget them');
  expect(site.requests.filter((path) => path.includes('/pdf-worker-'))).toHaveLength(1);

  await shared.locator('#query').fill('anything about the pump');
  await expect(hits(shared, 'keyword')).toHaveCount(1);
  await expect(hits(shared, 'keyword').locator('mark')).toHaveText(['pump', 'anything']);
  expect(await names(hits(shared, 'keyword'))).toEqual(['harbour.pdf']);
  await expect(hits(shared, 'keyword')).toContainText('page 2 of 2');
  await shared.locator('#query').fill('kibble');
  await expect(hits(shared, 'keyword')).toContainText('of kibble in the morning and');
  await expect(hits(shared, 'keyword').locator('mark')).toHaveText(['kibble']);
  await shared.locator('#query').fill('friends');
  await expect(hits(shared, 'keyword')).toContainText('for our four-legged friends come with this one');
  await hits(shared, 'keyword').getByRole('button').click();
  const whole = shared.getByTestId('reader');
  await expect(whole).toHaveText(/^Parcel 7731\s+Meals for .+ is paid already\.$/); // and nothing of what frames it
  await hits(shared, 'keyword').getByRole('button').click();
  expect(await shared.evaluate(() => 'ran' in window)).toBe(false);
  expect(site.requests.filter((path) => /\.(onnx|wasm)$|nowhere/.test(path))).toEqual([]);
});

test('what cannot be read is refused in words, file by file, and the others are taken', async ({ shared }) => {
  // What a test cannot bring about: a file that was moved since it was chosen, and a full disk.
  await shared.evaluate(() => {
    const { arrayBuffer } = Blob.prototype;
    Blob.prototype.arrayBuffer = function (this: File) {
      return this.name === 'moved.txt' ? Promise.reject(new DOMException('gone', 'NotFoundError')) : arrayBuffer.call(this);
    };
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: { name?: string }, ...key) {
      if (value.name === 'many.txt') throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, ...key);
    };
  });
  const pdf = await printed(shared, harbour);
  const picture = '<canvas id="c"></canvas><script>c.getContext("2d").fillRect(0, 0, 99, 99)</script>';
  await input(shared).setInputFiles([
    asFile('broken.pdf', pdf.subarray(0, 400)),
    asFile('locked.pdf', locked()),
    asFile('scan.pdf', await printed(shared, picture)),
    asFile('empty.txt', ''),
    asFile('blank.html', '<title>x</title><script>1</script>'),
    asFile('program.txt', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff])),
    asFile('picture.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])),
    asFile('huge.txt', Buffer.alloc(25_000_001, 'a')),
    asFile('long.txt', 'word '.repeat(400_001)),
    asFile('moved.txt', 'x'),
    asFile('many.txt', 'x'),
    asFile('spare.txt', 'One more note, to be removed again. 昨日、東京で会議がありました。'),
  ]);
  await expect(kept(shared)).toContainText('5 files');
  const refused = shared.getByTestId('refused');
  await expect(refused.locator('li')).toHaveText([
    /^broken.pdf is damaged, or no PDF/,
    /^locked.pdf is locked with a password/,
    /^scan.pdf has no text: its pages are pictures/,
    /^empty.txt is empty/,
    /^blank.html has no text in it/,
    /^program.txt is not text, or not in UTF-8/,
    /^picture.jpg is none of the kinds/,
    /^huge.txt has 25 MB, and 25 MB is the most/,
    /^long.txt has 2,000,005 characters of text, and 2,000,000 is the most/,
    /^moved.txt could not be opened. It may have been moved/,
    /^many.txt was not kept: there is no more room/,
  ]);
  await expectAccessible(shared);
  // However many they are, they leave the screen to the results; the rest of them is scrolled to.
  await onPhone(shared, async () => expect((await refused.boundingBox())!.height).toBeLessThan(130));
  await refused.getByRole('button').click();
  await expect(refused).toHaveCount(0);

  await shared.locator('#query').fill('東京の会議');
  await expect(hits(shared, 'keyword').locator('mark')).toHaveText(['東京', '会議']);
  expect(await names(hits(shared, 'keyword'))).toEqual(['spare.txt']);
});

test('words, meaning and both, side by side: both put first what neither does alone, and the passage is marked', async ({ shared }) => {
  await loadModel(shared);
  await expect(status(shared)).toContainText('All 5 files are indexed', { timeout: 60_000 });
  await shared.locator('#query').fill('dog food 7731');
  const best = async () => [
    await names(hits(shared, 'keyword')),
    (await names(hits(shared, 'meaning'))).slice(0, 2),
    (await names(hits(shared, 'hybrid'))).slice(0, 1),
  ];
  await expect.poll(best).toEqual([['shelf.txt', 'parcel.html'], ['animals.md', 'parcel.html'], ['parcel.html']]);
  await expect(hits(shared, 'hybrid').first()).toContainText('keyword 2 · meaning 2');
  await expect(hits(shared, 'hybrid').first().locator('.score-number')).toHaveText((2 / 22).toFixed(3));
  await expect(shared.getByTestId('timings')).toContainText('search');

  await shared.locator('#query').fill('where do I get rid of my old engine grease');
  const first = hits(shared, 'meaning').first();
  await expect(first.locator('mark.passage')).toHaveText(`Waste\n\n${oil}`);
  await expect(first).toContainText('no words in common');
  await first.getByRole('button').click();
  const reader = first.getByTestId('reader');
  await expect(reader).toContainText('Every boat that comes into the harbour');
  await expect(reader.locator('mark.passage')).toBeInViewport();
  expect(shared.url()).not.toMatch(/grease|harbour/);
});

test('by keyboard alone: the switch, the files, the three lists, the document', async ({ shared }) => {
  const chooser = shared.waitForEvent('filechooser'); // before the first step, since listening takes a moment to begin
  await shared.locator('h1').click();
  const packages = shared.getByRole('radio', { name: '1,000 Debian packages' });
  await shared.getByRole('radio', { name: 'your files' }).focus();
  await shared.keyboard.press('ArrowLeft');
  await expect(packages).toBeFocused();
  await expect(shared.getByTestId('choose-files')).toBeHidden();
  expect(shared.url()).not.toContain('source=');
  await shared.keyboard.press('ArrowRight');
  await shared.locator('#query').focus();
  await shared.keyboard.press('Tab');
  await expect(shared.getByTestId('choose-files')).toBeFocused();
  await shared.keyboard.press('Enter');
  await (await chooser).setFiles([asFile('shelf.txt', `${shelf} It was painted green.`)]);
  await expect(kept(shared)).toContainText('5 files');
  await expect(kept(shared)).toContainText('shelf.txt took the place of an older one');
  await expect(status(shared)).toContainText('All 5 files are indexed', { timeout: 30_000 });

  await shared.keyboard.press('/');
  await expect(shared.locator('#query')).toBeFocused();
  await shared.keyboard.type('green shelf');
  await expect(hits(shared, 'hybrid').first()).toContainText('keyword 1 · meaning 1');
  await shared.keyboard.press('ArrowDown');
  await shared.keyboard.press('ArrowRight');
  await shared.keyboard.press('ArrowRight');
  await expect(hits(shared, 'hybrid').first().getByRole('button')).toBeFocused();
  await shared.keyboard.press('Enter');
  await expect(hits(shared, 'hybrid').first().getByTestId('reader')).toContainText('It was painted green.');
  await shared.keyboard.press('Tab');
  await expect(shared.getByTestId('reader')).toBeFocused();
  await expectAccessible(shared);
  await hits(shared, 'hybrid').first().getByRole('button').focus();
  await shared.keyboard.press('Escape');
  await expect(shared.locator('#query')).toHaveValue('');
});

test('a file that is dropped anywhere in the view goes to the files; one that is removed is not found again', async ({ shared }) => {
  await shared.getByText('1,000 Debian packages').click();
  const dropped = await shared.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['The ferry to the island leaves at noon.'], 'ferry.txt', { type: 'text/plain' }));
    return transfer;
  });
  await shared.locator('.view-search').dispatchEvent('dragover', { dataTransfer: dropped });
  await expect(shared.locator('.view-search')).toHaveClass(/dropping/);
  await shared.locator('.view-search').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(kept(shared)).toContainText('6 files');
  await expect(status(shared)).toContainText('All 6 files are indexed', { timeout: 30_000 });
  await shared.locator('#query').fill('a ship across the water');
  await expect.poll(() => names(hits(shared, 'meaning'))).toContain('ferry.txt');

  await kept(shared).click();
  await shared.getByRole('button', { name: 'Remove ferry.txt' }).click();
  await expect(shared.getByTestId('files').locator('li')).toHaveCount(5);
  await expect(status(shared)).toContainText('All 5 files are indexed', { timeout: 30_000 });
  for (const list of ['meaning', 'hybrid'] as const) await expect.poll(() => names(hits(shared, list))).not.toContain('ferry.txt');
  await shared.getByRole('button', { name: 'Remove spare.txt' }).focus();
  await shared.keyboard.press('Enter');
  await expect(shared.getByTestId('files').locator('li')).toHaveCount(4);
  await expect(shared.getByTestId('files').getByRole('button').last()).toBeFocused();
});

test('after a reload files and index are there, words before the model, and nothing is computed again', async ({ shared, site }) => {
  await expect(status(shared)).toContainText('All 4 files are indexed', { timeout: 30_000 });
  const restore = site.fault('/worker', (_request, response) => {
    response.writeHead(503).end();
    return true;
  });
  await shared.reload();
  await expect(kept(shared)).toContainText('4 files');
  await shared.locator('#query').fill('pump');
  await expect(hits(shared, 'keyword')).toContainText(['harbour.pdf']);
  await expect(shared.getByTestId('error')).toBeVisible({ timeout: 60_000 });
  restore();

  await shared.evaluate(() => {
    const seen: string[] = ((window as { seen?: string[] }).seen = []);
    new MutationObserver(() => seen.push(document.querySelector('[data-testid=files-status]')?.textContent ?? '')).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await shared.getByTestId('retry').filter({ visible: true }).click();
  await expect(status(shared)).toContainText('All 4 files are indexed', { timeout: 60_000 });
  const counts = await shared.evaluate(() =>
    (window as { seen?: string[] }).seen!.flatMap((text) => /Indexing: (\d+) of (\d+)/.exec(text)?.slice(1, 3) ?? []),
  );
  for (let i = 0; i < counts.length; i += 2) expect(counts[i]).toBe(counts[i + 1]);
  await expect.poll(() => names(hits(shared, 'hybrid'))).toContain('harbour.pdf');
});

for (const { code, words, change } of damages) {
  test(`an index that cannot be used (${code}) is said, and built again from the files`, async ({ shared }) => {
    await shared.evaluate(
      (change) =>
        new Promise<void>((resolve, reject) => {
          const open = indexedDB.open('rockpool-search');
          open.onerror = () => reject(open.error);
          open.onsuccess = () => {
            const tx = open.result.transaction('indexes', 'readwrite');
            const store = tx.objectStore('indexes');
            const all = store.getAll();
            all.onsuccess = () => {
              for (const index of all.result) store.put({ ...index, ...change });
            };
            tx.oncomplete = () => (open.result.close(), resolve());
          };
        }),
      change,
    );
    await shared.reload();
    const error = status(shared).getByTestId('error');
    await expect(error).toHaveAttribute('data-code', code, { timeout: 60_000 });
    await expect(error).toContainText(words);
    await expect(error).toContainText('Your files are still here.');
    await error.getByRole('button', { name: 'Build it again' }).click();
    await expect(status(shared)).toContainText('All 4 files are indexed', { timeout: 60_000 });
    await shared.locator('#query').fill('where to bring old oil');
    await expect.poll(async () => (await names(hits(shared, 'meaning')))[0]).toBe('harbour.pdf');
  });
}

test('a book is indexed with pauses, is searched meanwhile, and the state of all of it fits a phone', async ({ shared }) => {
  const book = await readFile(join(import.meta.dirname, '../../demo/public/alice.txt'));
  await input(shared).setInputFiles([asFile('alice.txt', book)]);
  const done = async () => Number(/(?:Indexing: |Paused at )(\d+) of \d{3}/.exec((await status(shared).textContent()) ?? '')?.[1] ?? 0);
  await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(20);
  await status(shared).getByTestId('pause').click();
  await expect(status(shared)).toContainText('Paused at');
  await expect(status(shared).getByTestId('resume')).toBeFocused();
  const paused = await done();
  await shared.locator('#query').fill('the white rabbit');
  await expect.poll(() => names(hits(shared, 'hybrid'))).toContain('alice.txt');
  await expect(shared.getByTestId('meaning-note')).toContainText('parts indexed so far');
  await status(shared).getByTestId('resume').click();
  await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(paused);
  await status(shared).getByTestId('pause').click();
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});

test('Forget takes files and index away for good', async ({ shared }) => {
  await openView(shared, 'Search');
  await shared.getByTestId('forget').click();
  await expect(kept(shared)).toBeHidden();
  await expect(shared.getByTestId('choose-files')).toBeFocused();
  const stored = () =>
    shared.evaluate(async () => {
      const rows = (name: string, store: string) =>
        new Promise<number>((resolve, reject) => {
          const open = indexedDB.open(name);
          open.onerror = () => reject(open.error);
          open.onsuccess = () => {
            const count = open.result.transaction(store).objectStore(store).count();
            count.onsuccess = () => (open.result.close(), resolve(count.result));
          };
        });
      return [await rows('rockpool-demo-files', 'files'), await rows('rockpool-search', 'documents')];
    });
  await expect.poll(stored).toEqual([0, 0]);
  await shared.reload();
  await expect(shared.getByTestId('choose-files')).toBeVisible();
  await expect(kept(shared)).toBeHidden();
});
