/** What can go wrong with a stored index: no room, damage, crashes, a deletion at a bad moment. */
import { describe, expect, test, vi } from 'vitest';
import { createIndex, deleteIndex, listIndexes, PoolingError } from '../../search.ts';
import { hashModel, vectorOf } from '../model-for-tests.ts';
import { commit } from './commit.ts';
import { RowFile } from './row-file.ts';
import { disk, documents, expectWhole, open, told, worker } from './tabs-for-tests.ts';

test('with no room for a batch the ones before stay, and it goes on when there is', async () => {
  const index = await open();
  disk.room = 64 * 100;
  const adding = index.add(documents(100));
  await expect(adding).rejects.toMatchObject({ code: 'storage-full' });
  const kept = index.size.documents;
  expect(kept % 32).toBe(0);
  expect(kept).toBeLessThan(100);
  await expectWhole(index, documents(kept));
  await expectWhole(await open(), documents(kept));
  disk.room = Infinity;
  await index.add(documents(100));
  await expectWhole(await open(), documents(100));
});

describe('damage', () => {
  test.each<[string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
    ['a bit', (bytes) => bytes.with(1_000, bytes[1_000]! ^ 1) as Uint8Array<ArrayBuffer>],
    ['the end of the file', (bytes) => bytes.slice(0, bytes.length - 700)],
    ['all of it', () => new Uint8Array(0)],
  ])('%s: the documents are computed anew, and it is told', async (_, change) => {
    const index = await open();
    await index.add(documents(70));
    const [[name, bytes]] = disk.files as unknown as [[string, Uint8Array<ArrayBuffer>]];
    disk.files.set(name, change(bytes));
    await expectWhole(await open(), documents(70));
    expect(told).toEqual([expect.stringMatching(/^\d+ documents of the index "notes" had damaged vectors on the disk/)]);
    told.length = 0;
    await expectWhole(await open(), documents(70));
    expect(told).toEqual([]);
    await expectWhole(index, documents(70));
  });
  test('one that brought its vector and cannot be computed is told, and the others are there', async () => {
    const brought = { id: 'brought', title: 'A title without end. '.repeat(80), text: 'And text', embedding: vectorOf('any') };
    const index = await open();
    await index.add([...documents(10), brought]);
    const [[name, bytes]] = disk.files as unknown as [[string, Uint8Array<ArrayBuffer>]];
    disk.files.set(name, new Uint8Array(bytes.length));
    for (const found of [11, 1]) {
      told.length = 0;
      const again = await open();
      await expectWhole(again, documents(10));
      expect(again.has('brought')).toBe(false);
      expect(told).toEqual([
        expect.stringMatching(
          `^${found} documents of the index "notes" had damaged vectors on the disk: .*added with an embedding, add it so again`,
        ),
        expect.stringMatching('^The document "brought" of the index "notes" cannot be computed anew.*the title of "brought" has 421'),
      ]);
    }
    await (await open()).add([brought]);
    told.length = 0;
    expect((await open()).size.documents).toBe(11);
    expect(told).toEqual([]);
  });
  test('what may pass is not the end of a document', async () => {
    await (await open()).add(documents(3));
    const [[name, bytes]] = disk.files as unknown as [[string, Uint8Array<ArrayBuffer>]];
    disk.files.set(name, new Uint8Array(bytes.length));
    const llm = hashModel();
    llm.onEmbed = async (texts) => {
      if (texts.length > 1) throw new PoolingError('runtime-failed', 'The device was lost.');
    };
    await expect(open({}, llm)).rejects.toMatchObject({ code: 'runtime-failed' });
    await expectWhole(await open(), documents(3));
  });
  test('a repair never undoes what another tab did meanwhile', async () => {
    const index = await open();
    await index.add(documents(70));
    const [[name, bytes]] = disk.files as unknown as [[string, Uint8Array<ArrayBuffer>]];
    disk.files.set(name, new Uint8Array(bytes.length));
    const llm = hashModel();
    let writing: Promise<void> | undefined;
    llm.onEmbed = async (texts) => {
      if (texts.length > 1) await (writing ??= index.update([{ id: '7', text: 'newer' }]));
    };
    const repaired = await open({}, llm);
    expect(repaired.get('7')!.text).toBe('newer');
    await expectWhole(
      repaired,
      documents(70).map((document) => (document.id === '7' ? { id: '7', text: 'newer' } : document)),
    );
  });
  test('a newer format is not touched', async () => {
    const place = disk.place();
    await (await open()).add(documents(2));
    const database = await place.database();
    const [record] = await database.getAll('indexes');
    await database.put('indexes', { ...record!, format: 2 });
    await expect(open()).rejects.toMatchObject({ code: 'index-invalid' });
    await expect(open()).rejects.toThrow('"notes" is stored in format 2, and this version of rockpool reads 1');
  });
});

test('a commit under way while the index is deleted does not bring it back', async () => {
  await (await open()).add(documents(3));
  const place = disk.place();
  const database = await place.database();
  const [record] = await database.getAll('indexes');
  const file = new RowFile(await (await place.folder()).open('elsewhere'), 64);
  await disk.store().publish(record!.id, 'other');
  const late = commit(database, file, record!, { documents: [], rows: new ArrayBuffer(0), removed: ['1'], onlyAt: null });
  await expect(late).rejects.toMatchObject({ code: 'index-missing' });
  expect(await listIndexes({ worker })).toMatchObject([{ name: 'other', documents: 3 }]);
});

test('a crash at any step leaves the commits before, and nothing else', async () => {
  const index = await open();
  await index.add(documents(32));
  for (const step of ['write', 'flush', 'transaction', 'no room'] as const) {
    const place = disk.place();
    const [folder, database] = [await place.folder(), await place.database()];
    const record = (await database.getAll('indexes'))[0]!;
    const dies = () => {
      throw new Error('killed');
    };
    const handle = await folder.open(record.id);
    // A tab that is killed cleans nothing up; one that has no room does.
    const dying = {
      ...handle,
      ...(step !== 'no room' && { truncate: dies }),
      ...(step === 'write' && { write: dies }),
      ...(step === 'flush' && { flush: dies }),
    };
    const dead =
      step === 'transaction' || step === 'no room'
        ? new Proxy(database, { get: (target, key) => (key === 'transaction' ? dies : Reflect.get(target, key)) })
        : database;
    const rows = new Uint8Array(64 * 3).fill(9).buffer;
    const passages = [{ start: 0, end: 1 }];
    const work = ['0', '1', 'new'].map((id) => ({ document: { id, text: 'broken' }, passages }));
    await expect(commit(dead, new RowFile(dying, 64), record, { documents: work, rows, removed: ['2'], onlyAt: null })).rejects.toThrow(
      'killed',
    );
    handle.close();
    if (step === 'no room') expect(handle.getSize()).toBe(record.rows * 64);
    await expectWhole(await open(), documents(32));
  }
  await index.add(documents(40));
  await expectWhole(await open(), documents(40));
});

test('an index that is there and cannot be read is an error, not an empty one', async () => {
  await (await open()).add(documents(3));
  disk.broken = true;
  await expect(open()).rejects.toMatchObject({ code: 'storage-unavailable' });
  disk.broken = false;
  await expectWhole(await open(), documents(3));
});

test('a repair that is stopped goes on at the next opening, and answers nothing meanwhile', async () => {
  await (await open()).add(documents(100));
  for (const name of disk.files.keys()) disk.files.set(name, new Uint8Array(0));
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    expect(total).toBe(100);
    if (seen.push(done) === 2) stop.abort();
  };
  const stopped = createIndex(hashModel(), { name: 'notes', worker, onLog: () => {}, signal: stop.signal, onProgress });
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(seen).toEqual([0, 32]);
  await expectWhole(await open(), documents(100));
  expect(told).toEqual([expect.stringMatching(/^68 documents/)]);
});

test('with a database and no files it lives in memory, and leaves nothing in the database', async () => {
  disk.folderless = true;
  const index = await open();
  await index.add(documents(3));
  expect(index.storage).toEqual({ kind: 'memory', name: null });
  expect(told).toEqual([expect.stringMatching(/"notes" lives in memory/)]);
  disk.folderless = false;
  expect(await listIndexes({ worker })).toEqual([]);
});

test('an index that is closed while it repairs ends, and starts no worker again', async () => {
  await (await open()).add(documents(100));
  const index = await createIndex(hashModel(), { name: 'other', worker, onLog: () => {} });
  for (const name of disk.files.keys()) disk.files.set(name, new Uint8Array(0));
  let workers = 0;
  const counted = () => {
    workers++;
    return worker();
  };
  const llm = hashModel();
  const late = await createIndex(llm, { name: 'other', worker: counted, onLog: () => {} });
  // Another tab puts in what is damaged at once.
  await index.add(documents(100));
  for (const name of disk.files.keys()) disk.files.set(name, new Uint8Array(0));
  llm.onEmbed = async () => late.dispose();
  await expect(late.search('x')).rejects.toMatchObject({ code: 'disposed' });
  expect(workers).toBe(1);
});

test('whatever changes an index asks the database to be on the disk before it says so', async () => {
  // A power cut would tell, too.
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const index = await open();
  await index.add(documents(40));
  await index.remove(['1']);
  await index.save('other');
  await deleteIndex('other', { worker });
  const writing = transaction.mock.calls.filter(([, mode]) => mode === 'readwrite');
  transaction.mockRestore();
  expect(writing.length).toBeGreaterThanOrEqual(5);
  for (const [, , options] of writing) expect(options).toEqual({ durability: 'strict' });
});
