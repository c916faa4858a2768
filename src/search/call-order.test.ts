/** Calls that overlap and name the same documents: what is left is what they leave one after the other, whichever is done first. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIndex, type SearchDocument, type SearchIndex } from '../search.ts';
import { CallOrder } from './call-order.ts';
import { hashModel, heldModel } from './model-for-tests.ts';
import { documents, expectWhole, onLog, open, worker } from './storage/tabs-for-tests.ts';

const note = (text: string): SearchDocument => ({ id: 'note', text });
const fileOf = async (some: readonly SearchDocument[]) => {
  const index = await createIndex(hashModel());
  await index.add(some);
  return index.export();
};

describe.each(['memory', 'disk'] as const)('of two calls on one document the later counts, in an index in the %s:', (where) => {
  /** One document is in; another text of it is being computed, until `go`. */
  async function writing(method: 'add' | 'update' = 'add') {
    const { llm, hold, go } = heldModel();
    const index = await (where === 'disk' ? open({}, llm) : createIndex(llm));
    await index.add([note('old'), { id: 'other', text: 'of no concern' }]);
    const begun = hold();
    const earlier = index[method]([note('long'), { id: 'beside', text: 'comes with it' }].slice(0, method === 'add' ? 2 : 1));
    await begun;
    return { index, llm, earlier, go };
  }
  const expectLeft = async (index: SearchIndex, text: string | undefined) => {
    expect(index.get('note')?.text).toBe(text);
    expect(index.get('other')?.text).toBe('of no concern');
    const hits = await index.search('long', { mode: 'keyword' });
    expect(hits.map(({ id }) => id)).toEqual(text === 'long' ? ['note'] : []);
    if (where === 'disk') expect((await open()).get('note')?.text).toBe(text);
  };

  test('add, done before an earlier one', async () => {
    const { index, earlier, go } = await writing();
    await index.add([note('short')]);
    go();
    await earlier;
    await expectLeft(index, 'short');
    expect(index.get('beside')?.text).toBe('comes with it');
  });
  test('add of what is in still, as an undo is', async () => {
    const { index, llm, earlier, go } = await writing();
    const { embedded } = llm;
    await index.add([note('old')]);
    expect(llm.embedded).toBe(embedded);
    go();
    await earlier;
    await expectLeft(index, 'old');
    expect(index.has('beside')).toBe(true);
  });
  test('remove', async () => {
    const { index, earlier, go } = await writing();
    expect(await index.remove(['note', 'beside'])).toBe(1);
    go();
    await earlier;
    await expectLeft(index, undefined);
    expect(index.has('beside')).toBe(false);
  });
  test('update, and update of what is in still', async () => {
    for (const text of ['short', 'old']) {
      const { index, earlier, go } = await writing('update');
      await index.update([note(text)]);
      go();
      await earlier;
      await expectLeft(index, text);
    }
  });
  test('import', async () => {
    const { index, earlier, go } = await writing();
    await index.import(await fileOf([note('of a file')]));
    go();
    await earlier;
    await expectLeft(index, 'of a file');
  });
  test('what was removed and added again, while all of it overlaps', async () => {
    const { index, earlier, go } = await writing();
    await Promise.all([index.remove(['note']), index.add([note('again')])]);
    go();
    await earlier;
    await expectLeft(index, 'again');
  });
  test('but not one that is stopped, or fails: then the earlier does', async () => {
    const { index, llm, earlier, go } = await writing();
    const stop = new AbortController();
    llm.onEmbed = async () => {
      stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
    };
    await expect(index.add([note('stopped')], { signal: stop.signal })).rejects.toThrow('stopped');
    llm.onEmbed = async () => Promise.reject(new Error('no memory'));
    await expect(index.add([note('failed')])).rejects.toThrow('no memory');
    llm.onEmbed = async () => {};
    await expect(index.update([note('short'), { id: 'nowhere', text: 'x' }])).rejects.toMatchObject({ code: 'invalid-input' });
    go();
    await earlier;
    await expectLeft(index, 'long');
  });
});

test('one that is stopped counts for what it has put in', async () => {
  const { llm, hold, go } = heldModel();
  const index = await createIndex(llm);
  const begun = hold();
  const [first, last] = [documents(40)[0]!, documents(40)[39]!];
  const earlier = index.add([first, last]);
  await begun;
  const stop = new AbortController();
  const later = index.add(documents(40, ' later'), { signal: stop.signal, onProgress: ({ done }) => done > 0 && stop.abort() });
  await expect(later).rejects.toMatchObject({ code: 'aborted' });
  go();
  await earlier;
  expect(index.get('0')!.text).toBe(documents(40, ' later')[0]!.text);
  expect(index.get('39')!.text).toBe(last.text);
});

test('what is removed before its batch is not computed', async () => {
  const { llm, hold, go } = heldModel();
  const index = await createIndex(llm);
  const given = Array.from({ length: 33 }, (_, i): SearchDocument => ({ id: String(i), text: `Text ${i}.` }));
  const before = llm.embedded;
  const begun = hold();
  const adding = index.add(given);
  await begun;
  expect(await index.remove(['32'])).toBe(0);
  go();
  await adding;
  expect(llm.embedded).toBe(before + 32);
  expect(index.has('32')).toBe(false);
});

test('an import leaves out what a later call has put in or taken out since it began', async () => {
  const file = await fileOf(documents(600));
  const index = await createIndex(hashModel());
  let changing: Promise<unknown> | undefined;
  const change = () =>
    (changing ??= Promise.all([
      index.add([{ id: '599', text: 'of later' }]),
      index.remove(['598', '0']),
      index.add([{ id: 'new', text: 'x' }]),
    ]));
  await index.import(file, { onProgress: change });
  await changing;
  expect(index.get('599')!.text).toBe('of later');
  expect(['598', '0', 'new', '597', '1'].map((id) => index.has(id))).toEqual([false, false, true, true, true]);
});

test('of one call the last of two with an id counts, in one batch and in several, and a later call still does', async () => {
  const twice = [note('first'), ...documents(40), note('last')];
  const { llm, hold, go } = heldModel();
  const index = await createIndex(llm);
  await index.add(twice);
  expect(index.get('note')!.text).toBe('last');
  await index.add([note('first'), note('last of two')]);
  expect(index.get('note')!.text).toBe('last of two');
  const begun = hold();
  const adding = index.add(twice);
  await begun;
  await index.add([note('later')]);
  go();
  await adding;
  expect(index.get('note')!.text).toBe('later');
});

test('what was decided for one index says nothing of the one that is loaded in its place', async () => {
  await (await open()).add([note('stored')]);
  const { llm, hold, go } = heldModel();
  const index = await createIndex(llm, { worker, onLog });
  const begun = hold();
  const held = index.add([{ id: 'held', text: 'for the first' }]);
  await begun;
  // A file that takes so long to be read that the first turn of `import` comes after `load`.
  let read = () => {};
  const isRead = new Promise<void>((resolve) => (read = resolve));
  const file = await fileOf([note('of the file')]);
  const slice = file.slice.bind(file);
  file.slice = (...part) => Object.assign(slice(...part), { text: () => isRead.then(() => slice(...part).text()) });
  const earlier = index.import(file);
  await index.remove(['note']);
  await index.load('notes');
  read();
  await earlier;
  expect(index.get('note')!.text).toBe('of the file');
  go();
  await expect(held).rejects.toMatchObject({ code: 'index-missing' });
  await expectWhole(await open(), [note('of the file')]);
});

test('an order remembers only what a call under way may ask for', async () => {
  const order = new CallOrder();
  const ends: (() => void)[] = [];
  const begin = () => {
    let number = 0;
    const done = order.run((call) => {
      number = call;
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    return { number, done };
  };
  const [first, second, third] = [begin(), begin(), begin()];
  order.decide(first.number, ['a']);
  order.decide(second.number, ['b']);
  order.decide(third.number, ['c']);
  // Of an earlier call than any there is.
  const knows = () => ['a', 'b', 'c'].filter((id) => !order.isLatest(0, id));
  expect(knows()).toEqual(['b', 'c']);
  expect(order.isLatest(first.number, 'b')).toBe(false);
  expect(order.isLatest(second.number, 'b')).toBe(true);
  ends[1]!();
  await second.done;
  expect(knows()).toEqual(['b', 'c']);
  ends[0]!();
  await first.done;
  expect(knows()).toEqual([]);
  ends[2]!();
  await third.done;
  const failed = order.run(async () => Promise.reject(new Error('failed')));
  await expect(failed).rejects.toThrow('failed');
  await order.run(async (call) => order.decide(call, ['d']));
  expect(order.isLatest(0, 'd')).toBe(true);
});

test('calls that are not waited for leave what they leave one after the other', async () => {
  const id = fc.integer({ min: 0, max: 4 }).map(String);
  /** A text takes the model as many turns as its number says. */
  const document = fc.record({ id, text: fc.integer({ min: 0, max: 60 }).map((turns) => `text ${turns}`) });
  const some = fc.array(document, { minLength: 1, maxLength: 3 });
  const call = fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: some }) },
    { weight: 2, arbitrary: fc.record({ remove: fc.array(id, { minLength: 1, maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ file: some }) },
  );
  /** Microtasks before it is made, so that it comes at any step of those before. */
  const late = fc.tuple(call, fc.integer({ min: 0, max: 40 }));
  const turns = async (count: number) => {
    for (let i = 0; i < count; i++) await Promise.resolve();
  };
  const holds = async (
    calls: readonly (readonly [{ add: SearchDocument[] } | { remove: string[] } | { file: SearchDocument[] }, number])[],
  ) => {
    const files = new Map<unknown, Blob>();
    for (const [one] of calls) if ('file' in one) files.set(one, await fileOf(one.file));
    const llm = hashModel();
    const index = await createIndex(llm);
    llm.onEmbed = (texts) => turns(Math.max(...texts.map((text) => Number(text.split(' ')[1]))));
    const left = new Map<string, string>();
    const made: Promise<unknown>[] = [];
    for (const [one, after] of calls) {
      await turns(after);
      if ('remove' in one) {
        made.push(index.remove(one.remove));
        for (const each of one.remove) left.delete(each);
        continue;
      }
      made.push('add' in one ? index.add(one.add) : index.import(files.get(one)!));
      for (const each of 'add' in one ? one.add : one.file) left.set(each.id, each.text);
    }
    await Promise.all(made);
    const is = ['0', '1', '2', '3', '4'].map((each) => index.get(each)?.text);
    expect(is).toEqual(['0', '1', '2', '3', '4'].map((each) => left.get(each)));
    expect(index.size.documents).toBe(left.size);
  };
  await fc.assert(fc.asyncProperty(fc.array(late, { minLength: 2, maxLength: 6 }), holds), { seed: 6, numRuns: 150 });
});
