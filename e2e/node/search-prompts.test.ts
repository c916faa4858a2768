/** rockpool/search over a model with prompts for queries and documents: the scores are Sentence-Transformers' of `encode_query` and `encode_document`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { createIndex } from 'rockpool/search';
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
