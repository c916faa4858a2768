/** The real cross-encoder, models/debian-reranker, through rockpool/edge in Node, against CrossEncoder on torch with the same weights. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import type { ScoreOptions } from '../../src/types.ts';

interface Fixture {
  model: string;
  cases: { query: string; documents: string[]; answers: { options: ScoreOptions; scores: number[]; ids: number[][] }[] }[];
}

const root = join(import.meta.dirname, '../..');
const { model, cases } = JSON.parse(await readFile(join(root, 'e2e/oracle/fixtures/debian-reranker.json'), 'utf8')) as Fixture;

let llm: LLM;
beforeAll(async () => {
  llm = await LLM.load(join(root, model), { onLog: () => {} });
});
afterAll(() => llm.dispose());

describe('debian-reranker', () => {
  test('is a cross-encoder: it scores, and does not embed', async () => {
    expect(llm.info).toMatchObject({ architecture: 'BertForSequenceClassification', labels: ['relevance'], max_model_len: 512 });
    expect(llm.info.tasks).toContain('score');
    await expect(llm.embed('text')).rejects.toMatchObject({ code: 'unsupported-task' });
  });

  test.each(cases.map((one) => [one.query, one] as const))(
    '%s: ids and scores are CrossEncoder’s',
    async (_, { query, documents, answers }) => {
      for (const { options, scores, ids } of answers) {
        const outputs = await llm.score(query, documents, options);
        expect(outputs.map(({ prompt_token_ids }) => [...prompt_token_ids])).toEqual(ids);
        for (const [i, { outputs: given }] of outputs.entries()) {
          expect(Math.abs(given.score - scores[i]!), JSON.stringify({ i, options })).toBeLessThan(1e-4);
        }
      }
    },
  );

  test('puts each title’s own description first, out of its own and three others', async () => {
    for (const { query, documents, answers } of cases) {
      const { options, scores } = answers[0]!;
      const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
      const results = await llm.rerank(query, documents, { ...options, topN: 2 });
      expect(results.map(({ index }) => index)).toEqual(order.slice(0, 2));
      expect(results[0]).toMatchObject({ index: 0, document: documents[0] });
    }
  });
});
