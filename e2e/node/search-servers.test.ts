/**
 * rockpool/search over servers that count no tokens, cut nothing, or know nothing of passages in one pass: what works, and what is refused
 * by which words.
 */
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { createIndex } from 'rockpool/search';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let llm: LLM;
beforeAll(async () => {
  llm = await LLM.load(join(root, 'models/all-MiniLM-L6-v2'), { onLog: () => {} });
}, 60_000);
afterAll(() => llm.dispose());

/** OpenAI's two routes, as a server has them that refuses what is too long. `asked`: texts that were embedded. */
async function openai(options: { maxModelLen?: number }) {
  const asked: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    if (path === '/v1/models') return Response.json({ object: 'list', data: [{ id: 'minilm', object: 'model' }] });
    if (path !== '/v1/embeddings') return Response.json({ error: { message: 'Not Found' } }, { status: 404 });
    const { input, ...others } = (await request.json()) as { input: string[] };
    expect(Object.keys(others).toSorted()).toEqual(['encoding_format', 'model']);
    asked.push(...input);
    const tooLong = (await llm.tokenize(input)).find(({ count }) => count > 256);
    if (tooLong)
      return Response.json({ error: { message: `too long: ${tooLong.count} tokens`, type: 'invalid_request_error' } }, { status: 400 });
    const outputs = await llm.embed(input);
    const data = outputs.map(({ outputs: { embedding } }, index) => ({ object: 'embedding', index, embedding: [...embedding] }));
    return Response.json({ object: 'list', model: 'minilm', data, usage: { prompt_tokens: 1, total_tokens: 1 } });
  };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => answer(new Request(input, init));
  return { asked, remote: await RemoteLLM.connect('http://openai.test', { fetch, onLog: () => {}, ...options }) };
}

const documents = [
  { id: 'cat', text: 'A kitten naps on the sofa.' },
  { id: 'tax', title: 'Money', text: 'Taxes are due in April.' },
  { id: 'train', text: 'Platform nine is closed. '.repeat(60) },
  { id: 'odd', text: `${'ﷺ'.repeat(150)} 東京は日本の首都です。${'a1b2c3'.repeat(100)} ${'🙂'.repeat(200)}` },
];

test('over an OpenAI-style server that says nothing of tokens an index finds the same, and nothing is too long for it', async () => {
  const { remote, asked } = await openai({ maxModelLen: 256 });
  await using index = await createIndex(remote);
  const canaries = asked.length;
  await index.add(documents);
  // All of the texts, and nothing twice.
  const bare = (texts: string[]) => texts.join('').replaceAll(/\s/g, '');
  const passages = asked.slice(canaries);
  expect(bare(passages)).toBe(bare(documents.map(({ title = '', text }) => title + text)));
  expect(passages.length).toBe(index.size.passages);
  await using here = await createIndex(llm);
  await here.add(documents);
  for (const query of ['a sleeping pet', 'when to pay the state']) {
    const options = { mode: 'semantic', topK: 1 } as const;
    const [[there], [own]] = [await index.search(query, options), await here.search(query, options)];
    expect(there!.id).toBe(own!.id);
    expect(there!.score).toBeCloseTo(own!.score, 4);
  }
  // As of any model, a query is cut at what is read at once.
  const [found] = await index.search(`a sleeping pet ${'🙂 and so on '.repeat(5_000)}`, { mode: 'semantic', topK: 1 });
  expect(found!.id).toBeDefined();
  expect(asked.at(-1)!.length).toBeGreaterThan(100);
  // It is the same model, so its file is, too.
  await here.import(await index.export());
});

test('what nobody knows the length of is not cut by guess: the option that is missing is named', async () => {
  const { remote, asked } = await openai({});
  await using index = await createIndex(remote);
  const before = asked.length;
  const adding = index.add(documents);
  await expect(adding).rejects.toMatchObject({ code: 'invalid-option' });
  await expect(adding).rejects.toThrow(/OpenAI-style server.* does not say how much "minilm" reads at once.*maxModelLen.*passageTokens/);
  expect(asked.length).toBe(before);
  // Prompts that are none need no server that knows of them.
  await using short = await createIndex(remote, { passageTokens: 200, documentPromptName: '', queryPromptName: '' });
  await short.add(documents);
  expect((await short.search('a sleeping pet'))[0]!.id).toBe('cat');
});

test('late chunking is refused over a server, which is said', async () => {
  const remote = await RemoteLLM.connect('http://rockpool.test', { fetch: llm.fetch, onLog: () => {} });
  const making = createIndex(remote, { lateChunking: true });
  await expect(making).rejects.toMatchObject({ code: 'invalid-option' });
  await expect(making).rejects.toThrow(
    /lateChunking needs a model that was loaded: rockpool .* cannot be asked for the vectors of passages/,
  );
});
