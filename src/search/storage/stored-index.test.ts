/** Stored indexes: opened anew, saved, listed, deleted, open in several tabs. */
import { describe, expect, test, vi } from 'vitest';
import { createIndex, deleteIndex, listIndexes, type IndexOptions, type SearchIndex } from '../../search.ts';
import { hashModel, lateModel } from '../model-for-tests.ts';
import { disk, documents, expectWhole, onLog, open, told, worker } from './tabs-for-tests.ts';

const ids = (index: SearchIndex, count: number) => Array.from({ length: count }, (_, i) => String(i)).filter((id) => index.has(id));

describe('a stored index', () => {
  test.each<IndexOptions>([
    {},
    { precision: 'int8' },
    { precision: 'binary' },
    { precision: 'int8', coarse: { precision: 'binary' }, keywords: false },
  ])('opened anew is what it was: %j', async (options) => {
    const index = await open(options);
    await index.add(documents(70));
    await index.remove(['3', '64']);
    index.dispose();
    const again = await open();
    expect(again.storage).toEqual({ kind: 'opfs', name: 'notes' });
    const left = documents(70).filter(({ id }) => id !== '3' && id !== '64');
    await expectWhole(again, left, options);
    expect(told).toEqual([]);
  });
  test('goes on where it stopped: what is in and unchanged is not computed again', async () => {
    const index = await open();
    const stop = new AbortController();
    const adding = index.add(documents(100), { signal: stop.signal, onProgress: ({ done }) => done >= 64 && stop.abort() });
    await expect(adding).rejects.toMatchObject({ code: 'aborted' });
    const llm = hashModel();
    const again = await open({}, llm);
    expect(again.size.documents).toBe(64);
    llm.embedded = 0;
    const seen: number[] = [];
    const changed = documents(100).map((document) => (document.id === '5' ? { ...document, title: 'new' } : document));
    await again.add(changed, { onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([32, 64, 96, 100]);
    const computed = await createIndex(hashModel());
    await computed.add(changed.filter(({ id }) => id === '5' || Number(id) >= 64));
    expect(llm.embedded).toBe(computed.size.passages);
    await expectWhole(again, changed);
  });
  test('of another model is refused before anything is answered, with both names', async () => {
    await (await open()).add(documents(3));
    const other = hashModel({ seed: 2, name: 'other' });
    await expect(open({}, other)).rejects.toMatchObject({ code: 'model-mismatch' });
    await expect(open({}, other)).rejects.toThrow(/"notes" was made with "hash" \(fp32, MEAN, 16 values\).*"other".*a cosine of -?0\.\d+/);
    await expect(open({}, hashModel({ size: 8 }))).rejects.toThrow('other sizes');
    await expect(open({}, hashModel({ length: 5.7 }))).rejects.toMatchObject({ code: 'model-mismatch' });
    await expect(open({}, hashModel({ length: 5.7 }))).rejects.toThrow('"notes" was made with "hash"');
    await expect(open({ precision: 'int8' })).rejects.toThrow('was made with precision "float32", and cannot have "int8"');
    await expect(open({ documentPromptName: 'doc' })).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(open({ lateChunking: true })).rejects.toThrow('was made with lateChunking false, and cannot have true');
  });
  test('that was made with late chunking keeps it, and cannot be had without', async () => {
    await open({ lateChunking: true }, lateModel());
    await expect(open({ lateChunking: false }, lateModel())).rejects.toMatchObject({
      code: 'invalid-option',
      message: 'The index "notes" was made with lateChunking true, and cannot have false.',
    });
    const llm = lateModel();
    await (await open({}, llm)).add(documents(1));
    expect(llm.read).toBe(1);
  });
  test('is listed, and deleted where it is open too', async () => {
    const index = await open();
    await index.add(documents(2));
    const { passages } = index.size;
    expect(await listIndexes({ worker })).toEqual([{ name: 'notes', documents: 2, vectorBytes: passages * 64, model: 'hash' }]);
    expect(await deleteIndex('notes', { worker })).toBe(true);
    expect(await deleteIndex('notes', { worker })).toBe(false);
    expect(await listIndexes({ worker })).toEqual([]);
    expect(disk.files.size).toBe(0);
    await expect(index.search('x')).rejects.toMatchObject({ code: 'index-missing' });
    await expect(index.add(documents(5))).rejects.toMatchObject({ code: 'index-missing' });
    await expect(index.load('notes')).rejects.toMatchObject({ code: 'index-missing' });
  });
  test('closed does nothing any more', async () => {
    const index = await open();
    index.dispose();
    for (const call of [index.search('x'), index.add([]), index.remove(['1']), index.export(), index.save()])
      await expect(call).rejects.toMatchObject({ code: 'disposed' });
  });
});

describe('save', () => {
  test('stores what was in memory, and all that comes after', async () => {
    const index = await createIndex(hashModel(), { worker, onLog });
    await index.add(documents(40));
    await expect(index.save()).rejects.toThrow('save it under a name');
    expect(await index.save('notes')).toEqual({ persisted: true, usage: 7, quota: 100 });
    expect(index.storage).toEqual({ kind: 'opfs', name: 'notes' });
    await index.add(documents(50));
    await expectWhole(await open(), documents(50));
  });
  test('under a name that is taken replaces it; who had it open is told', async () => {
    const before = await open();
    await before.add(documents(10, ' old'));
    const index = await createIndex(hashModel(), { worker, onLog });
    await index.add(documents(3));
    await index.save('notes');
    await expectWhole(await open(), documents(3));
    expect(disk.files.size).toBe(1);
    await expect(before.search('x')).rejects.toMatchObject({ code: 'index-missing' });
    await before.load('notes');
    await expectWhole(before, documents(3));
  });
  test('is not disturbed by a tab that clears away what others left', async () => {
    const index = await createIndex(hashModel(), { worker, onLog });
    await index.add(documents(600));
    let saved = false;
    const saving = index.save('notes').finally(() => (saved = true));
    while (!saved) await listIndexes({ worker });
    await saving;
    await expectWhole(await open(), documents(600));
  });
  test('that fails leaves both as they were', async () => {
    const index = await createIndex(hashModel(), { worker, onLog });
    await index.add(documents(30));
    disk.room = 1_000;
    await expect(index.save('notes')).rejects.toMatchObject({ code: 'storage-full' });
    expect(index.storage.kind).toBe('memory');
    expect(await listIndexes({ worker })).toEqual([]);
    disk.room = Infinity;
    await index.save('notes');
    await expectWhole(await open(), documents(30));
  });
});

describe('two tabs', () => {
  test('that write at once come to the same', async () => {
    const [a, b] = [await open(), await open()];
    const all = documents(120);
    await Promise.all([a.add(all.slice(0, 80)), b.add(all.slice(40)), a.remove(['0', '1']), b.search('x')]);
    await Promise.all([a.search('x'), b.search('x')]);
    const left = ids(a, 120);
    expect(ids(b, 120)).toEqual(left);
    // The removal may have come before the documents, or after.
    expect(left.length).toBeGreaterThanOrEqual(118);
    const expected = all.filter(({ id }) => left.includes(id));
    await expectWhole(a, expected);
    await expectWhole(b, expected);
    await expectWhole(await open(), expected);
  });
  test('one that slept while the other removed a lot hears of all of it, and the record of what was removed has an end', async () => {
    const [a, b] = [await open(), await open()];
    await a.add(documents(10));
    await b.search('x');
    const database = await disk.place().database();
    const removals = async () => (await database.getAll('removals')).length;
    await a.remove(['4', '5']);
    expect(await removals()).toBe(1);
    // As after 999 more that `b` has not heard of.
    const [record] = await database.getAll('indexes');
    expect(record!.removals).toBe(1);
    await database.put('indexes', { ...record!, removals: 1_000 });
    await a.remove(['6']);
    expect(await removals()).toBe(0);
    await a.remove(['7']);
    expect(await removals()).toBe(1);
    await b.search('x');
    expect(ids(b, 10)).toEqual(['0', '1', '2', '3', '8', '9']);
    expect(b.size).toEqual(a.size);
  });
});

describe('rows', () => {
  const rowsOnDisk = () => [...disk.files.values()][0]!.length / 64;
  test('that are free are filled before the file grows', async () => {
    const index = await open();
    await index.add(documents(64));
    const before = rowsOnDisk();
    await index.remove(documents(16).map(({ id }) => id));
    await index.add(documents(16));
    expect(rowsOnDisk()).toBe(before);
    await expectWhole(await open(), documents(64));
  });
  test('move together when most are free, for tabs that have the index open too', async () => {
    const [index, other] = [await open(), await open()];
    await index.add(documents(300));
    await other.search('x');
    await index.remove(documents(260).map(({ id }) => id));
    expect(rowsOnDisk()).toBe(index.size.passages);
    const left = documents(300).slice(260);
    await other.add(documents(261));
    await expectWhole(other, [...left, ...documents(260)]);
    await expectWhole(await open(), [...left, ...documents(260)]);
    expect(told).toEqual([]);
  });
});

test('where nothing can be stored it lives in memory, and that is told once', async () => {
  vi.stubGlobal('Worker', undefined);
  const index = await open();
  await index.add(documents(3));
  expect(index.storage).toEqual({ kind: 'memory', name: null });
  expect(told).toEqual([expect.stringMatching(/"notes" lives in memory/)]);
  await expect(index.save('notes')).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(index.load('notes')).rejects.toMatchObject({ code: 'storage-unavailable' });
  expect(await listIndexes()).toEqual([]);
  expect(await deleteIndex('notes')).toBe(false);
  await expectWhole(index, documents(3));
});
