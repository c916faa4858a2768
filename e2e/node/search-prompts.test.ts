/**
 * rockpool/search over a model with prompts for queries and documents: the scores are Sentence-Transformers' of `encode_query` and
 * `encode_document`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { createIndex } from 'rockpool/search';
import { createHandler } from 'rockpool/server';
import { expect, test } from 'vitest';
import type { ArchitectureFixture } from '../oracle/architectures.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'e2e/oracle/fixtures/architectures/tiny-gemma3-embed.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as ArchitectureFixture;
const answerOf = (id: string) => cases.find((one) => one.id === id)!;
const [texts] = answerOf('prompt-name/query').args as [string[]];
const queries = answerOf('prompt-name/query').expected.embeddings!;
const documents = answerOf('prompt-name/document').expected.embeddings!;
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test('queries and documents have the prompts that the model was made for', async () => {
  await using llm = await LLM.load(join(root, 'e2e/models/tiny-gemma3-embed'), { onLog: () => {} });
  await using index = await createIndex(llm, { keywords: false });
  await index.add(texts.map((text, i) => ({ id: String(i), text })));
  for (const [i, text] of texts.entries()) {
    for (const { id, score } of await index.search(text)) expect(score).toBeCloseTo(dot(queries[i]!, documents[Number(id)]!), 4);
  }
});

test('over a server, passages have room for the prompt that it writes before them', async () => {
  await using llm = await LLM.load(join(root, 'e2e/models/tiny-gemma3-embed'), { onLog: () => {} });
  const handler = createHandler(llm);
  await using remote = await RemoteLLM.connect('http://rockpool.test', {
    fetch: async (input, init) => handler(new Request(input, init)),
    onLog: () => {},
  });
  const { prompts, default_prompt_name, max_model_len } = llm.info;
  expect(remote.info).toMatchObject({ prompts, default_prompt_name });
  // Lines of two or three tokens: a passage that had no room for the prompt would be longer than the model reads.
  const text = Array.from({ length: 1500 }, (_, i) => `cat ${i % 10}.`).join('\n');
  const passages: string[] = [];
  const listening: Pick<RemoteLLM, 'info' | 'embed' | 'tokenize'> = {
    info: remote.info,
    tokenize: (texts, options) => remote.tokenize(texts, options),
    embed: (texts, options) => {
      if (Array.isArray(texts))
        passages.push(...(texts as string[]).map((one) => prompts[(options as { promptName: string }).promptName]! + one));
      return remote.embed(texts, options);
    },
  };
  await using index = await createIndex(listening as RemoteLLM, { keywords: false });
  await index.add([{ id: 'a', text }]);
  expect(passages.length).toBeGreaterThan(5);
  for (const { count } of await llm.tokenize(passages)) expect(count).toBeLessThanOrEqual(max_model_len);
  await using here = await createIndex(llm, { keywords: false });
  await here.import(await index.export());
  expect(here.size).toEqual(index.size);
});
