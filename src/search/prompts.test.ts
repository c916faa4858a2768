/** Which prompts an index puts before queries and documents: chosen when it is made, and kept with it. */
import { expect, test } from 'vitest';
import { createIndex, PoolingError, type IndexOptions, type SearchIndex } from '../search.ts';
import { hashModel } from './model-for-tests.ts';
import { expectWhole, open } from './storage/tabs-for-tests.ts';

const prompts = { query: 'q: ', document: 'd: ', passage: 'p: ' };
const cat = { id: 'cat', text: 'A cat sleeps.' };

/** Prompts by which texts were embedded since. */
function listening(model = hashModel({ prompts })) {
  const { embed } = model;
  const seen = new Set<string>();
  model.embed = ((texts: string[], options: { promptName?: string } = {}) => {
    seen.add(options.promptName ?? 'default');
    return embed(texts, options);
  }) as typeof embed;
  return {
    model,
    of: async (work: () => Promise<unknown>) => {
      seen.clear();
      await work();
      return [...seen];
    },
  };
}

async function promptsOf(index: SearchIndex, of: (work: () => Promise<unknown>) => Promise<string[]>) {
  const documents = await of(() => index.add([{ id: 'new', text: 'A dog barks.' }]));
  const queries = await of(() => index.search('cat', { mode: 'semantic' }));
  await index.remove(['new']);
  return { documents, queries };
}

test.each<[Record<string, string>, IndexOptions, string, string]>([
  [prompts, {}, 'document', 'query'],
  [{ passage: 'p: ', corpus: 'c: ' }, {}, 'passage', 'default'],
  [{ retrieval: 'r: ' }, {}, 'default', 'default'],
  [prompts, { queryPromptName: 'passage', documentPromptName: '' }, '', 'passage'],
])('of a model with %j and an index with %j', async (prompts, options, document, query) => {
  const { model, of } = listening(hashModel({ prompts }));
  const index = await createIndex(model, options);
  expect(await promptsOf(index, of)).toEqual({ documents: [document], queries: [query] });
});

test('are those of the index when it is opened again or read from a file', async () => {
  const index = await open({ documentPromptName: 'passage' }, hashModel({ prompts }));
  await index.add([cat]);
  const { model, of } = listening();
  const again = await open({}, model);
  expect(await promptsOf(again, of)).toEqual({ documents: ['passage'], queries: ['query'] });
  await expectWhole(again, [cat], { documentPromptName: 'passage', queryPromptName: 'query' });
  const other = await createIndex(model);
  await expect(other.import(await again.export())).rejects.toThrow(
    'The file was made with documentPromptName "passage", and this index with documentPromptName "document": the two make other vectors.',
  );
});

test('an index that was made before its model named any opens as it was made', async () => {
  await (await open()).add([cat]);
  const { model, of } = listening();
  expect(await promptsOf(await open({}, model), of)).toEqual({ documents: ['default'], queries: ['default'] });
});

test.each(['invalid-option', 'invalid-input'] as const)(
  'a model without the prompt of a stored index is another model: %s',
  async (code) => {
    await (await open({}, hashModel({ prompts }))).add([cat]);
    const { model } = listening(hashModel({ prompts: {} }));
    const { embed } = model;
    model.embed = (async (texts: string[], options: { promptName?: string } = {}) => {
      if (options.promptName) throw new PoolingError(code, `Model "hash" has no prompt "${options.promptName}".`);
      return embed(texts, options);
    }) as typeof embed;
    await expect(open({}, model)).rejects.toMatchObject({ code: 'model-mismatch' });
    await expect(open({}, model)).rejects.toThrow('The index "notes" was made with the prompt "document" of another model.');
  },
);

/** As a real model has it: what counts of a prompt is its text. */
function prompting(prompts: Record<string, string>) {
  const model = hashModel({ prompts: {} });
  const { embed } = model;
  const under = (name?: string) => (name === undefined || name === '' ? '' : prompts[name]!);
  model.info.prompts = prompts;
  model.embed = (async (texts: string[], { promptName }: { promptName?: string } = {}) =>
    embed([texts].flat().map((text) => under(promptName) + text))) as typeof embed;
  return model;
}

test('a file is taken wherever its vectors are the same, whatever the prompt is called', async () => {
  const made = async (prompts: Record<string, string>, options: IndexOptions = {}) => {
    const index = await createIndex(prompting(prompts), options);
    await index.add([cat]);
    return index.export();
  };
  const nameless = [await made({}), await made({}, { documentPromptName: '' }), await made({ document: '' })];
  const named = [await made(prompts), await made({ corpus: 'd: ' })];
  for (const file of nameless)
    for (const index of [
      await createIndex(prompting({})),
      await createIndex(prompting({ document: '' })),
      await createIndex(prompting(prompts), { documentPromptName: '' }),
    ]) {
      await index.import(file);
      expect((await index.search(cat.text, { mode: 'semantic', topK: 1 })).map(({ id }) => id)).toEqual(['cat']);
    }
  for (const file of named) await (await createIndex(prompting(prompts))).import(file);
  const refused = await createIndex(prompting(prompts));
  for (const [i, code] of ['invalid-option', 'invalid-option', 'model-mismatch'].entries())
    await expect(refused.import(nameless[i]!)).rejects.toMatchObject({ code });
});

test('a prompt before questions that the model does not have is noticed when the index is made', async () => {
  const { model } = listening();
  const { embed } = model;
  model.embed = (async (texts: string[], options: { promptName?: string } = {}) => {
    if (options.promptName === 'ask') throw new PoolingError('invalid-option', 'Model "hash" has no prompt "ask".');
    return embed(texts, options);
  }) as typeof embed;
  await expect(createIndex(model, { queryPromptName: 'ask' })).rejects.toMatchObject({ code: 'invalid-option' });
  // An adapter's name is among no prompts.
  await createIndex(model, { queryPromptName: 'adapter' });
});

test('what an index was made without is told so', async () => {
  await open();
  await expect(open({ passageTokens: 20 })).rejects.toThrow('was made without passageTokens, and cannot have 20.');
});
