/** Calls of one index that overlap: what is computed for one index is never put into another, and steps that write go one after the other. */
import { describe, expect, test, vi } from 'vitest';
import { createIndex, listIndexes, type IndexOptions, type SearchIndex } from '../search.ts';
import { Contents } from './contents.ts';
import { hashModel, heldModel } from './model-for-tests.ts';
import { disk, documents, expectWhole, onLog, open, worker } from './storage/tabs-for-tests.ts';

describe('load takes another index while', () => {
  const stored = documents(50);
  async function both(options: IndexOptions) {
    await (await open(options)).add(stored);
    const held = heldModel();
    return { ...held, index: await createIndex(held.llm, { worker, onLog }) };
  }
  const expectStored = async (index: SearchIndex, options: IndexOptions) => {
    await expectWhole(index, stored, options);
    await expectWhole(await open(), stored, options);
  };

  test.each<IndexOptions>([{ precision: 'int8' }, { precision: 'binary' }, {}])(
    'add computes: it rejects, and nothing of it is in the other: %j',
    async (options) => {
      const { index, hold, go } = await both(options);
      const begun = hold();
      const adding = index.add(documents(96, ' of the older'));
      await begun;
      await index.load('notes');
      go();
      await expect(adding).rejects.toMatchObject({ code: 'index-missing' });
      await expectStored(index, options);
    },
  );
  test('import is under way: it rejects as well', async () => {
    const options: IndexOptions = { precision: 'int8' };
    const { index } = await both(options);
    const source = await createIndex(hashModel());
    await source.add(documents(600, ' of a file'));
    let loading: Promise<void> | undefined;
    const importing = index.import(await source.export(), { onProgress: () => (loading ??= index.load('notes')) });
    await expect(importing).rejects.toMatchObject({ code: 'index-missing' });
    await loading;
    await expectStored(index, options);
  });
  test('a search computes its query: it answers', async () => {
    const { index, hold, go } = await both({});
    await index.add([{ id: 'own', text: 'of the older' }]);
    const begun = hold();
    const searching = index.search('of the older', { mode: 'semantic', topK: 1 });
    await begun;
    await index.load('notes');
    go();
    expect(await searching).toHaveLength(1);
    await expectStored(index, {});
  });
  test('lets go of what the index had, and of nothing that it has', async () => {
    const { index } = await both({});
    const dispose = vi.spyOn(Contents.prototype, 'dispose');
    for (const _ of [1, 2]) {
      await index.load('notes');
      expect(dispose).toHaveBeenCalledTimes(1);
    }
    dispose.mockRestore();
    await expectStored(index, {});
  });
  test('add waits for its turn: it is for the other', async () => {
    const { index } = await both({ precision: 'int8' });
    await Promise.all([index.load('notes'), index.add([{ id: 'new', text: 'comes after' }])]);
    await expectWhole(await open(), [...stored, { id: 'new', text: 'comes after' }], { precision: 'int8' });
  });
});

test('load of its own name, while add computes, is no other index', async () => {
  const held = heldModel();
  const index = await open({}, held.llm);
  const begun = held.hold();
  const adding = index.add(documents(96));
  await begun;
  // What another tab did comes with it.
  await (await open()).add([{ id: 'other', text: 'of another tab' }]);
  await index.load('notes');
  expect(index.has('other')).toBe(true);
  held.go();
  await adding;
  await expectWhole(await open(), [...documents(96), { id: 'other', text: 'of another tab' }]);
});

test('what is computed before the last step of save is made waits for it, and is stored too', async () => {
  let publish = () => {};
  const begun = new Promise<void>((begin) => {
    const released = new Promise<void>((resolve) => (publish = resolve));
    disk.beforePublish = () => {
      begin();
      return released;
    };
  });
  const { llm, hold, go } = heldModel();
  const index = await createIndex(llm, { worker, onLog });
  await index.add(documents(40));
  const computing = hold();
  const adding = index.add(documents(60));
  await computing;
  const saving = index.save('notes');
  await begun;
  go();
  // All that can be done without waiting for `save` is done then.
  for (let i = 0; i < 20; i++) await listIndexes({ worker });
  expect(index.size.documents).toBe(40);
  publish();
  await Promise.all([saving, adding]);
  await expectWhole(await open(), documents(60));
});

test('what is removed while update computes stays out, and update says so', async () => {
  const { llm, hold, go } = heldModel();
  const index = await open({}, llm);
  await index.add(documents(3));
  const begun = hold();
  const updating = index.update(documents(3, ' changed'));
  await begun;
  await index.remove(['1']);
  go();
  await expect(updating).rejects.toMatchObject({ code: 'invalid-input', message: 'There is no document "1" to update.' });
  await expectWhole(
    index,
    documents(3).filter(({ id }) => id !== '1'),
  );
});

test('what another tab removes while update computes stays out', async () => {
  const { llm, hold, go } = heldModel();
  const [index, other] = [await open({}, llm), await open()];
  await index.add(documents(3));
  const begun = hold();
  const updating = index.update(documents(3, ' changed'));
  await begun;
  await other.remove(['1']);
  go();
  await expect(updating).rejects.toMatchObject({ code: 'invalid-input' });
  expect(other.has('1')).toBe(false);
});
