/** The models that come with the repository, in the page: a linear head over the encoder, and a cross-encoder. */
import { readFileSync } from 'node:fs';
import { expect, MINILM, test } from './harness.ts';

const read = <T>(path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as T;

test('a head beside the model names the sections as scikit-learn does', async ({ blank }) => {
  const { cases } = read<{ cases: { text: string; probs: number[] }[] }>('e2e/oracle/fixtures/section-head.json');
  const { labels } = read<{ labels: string[] }>('models/heads/debian-sections/head.json');
  const few = cases.slice(0, 4);
  const found = await blank.evaluate(
    async ([model, texts]) => {
      const llm = await window.LLM.load(model, { device: 'wasm', heads: { sections: '/models/heads/debian-sections' }, onLog: () => {} });
      const outputs = await llm.classify(texts, { truncatePromptTokens: -1 });
      const { tasks, heads } = llm.info;
      await llm.dispose();
      return { outputs: outputs.map(({ outputs: { label, probs } }) => ({ label, probs: [...probs] })), tasks, heads };
    },
    [MINILM, few.map(({ text }) => text)] as const,
  );
  expect(found).toMatchObject({ heads: ['sections'], tasks: expect.arrayContaining(['classify', 'embed', 'score']) as unknown });
  found.outputs.forEach(({ label, probs }, i) => {
    const expected = few[i]!.probs;
    expect(label).toBe(labels[expected.indexOf(Math.max(...expected))]);
    probs.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 3));
  });
});

test('a head that is not there fails the load and names its file', async ({ blank }) => {
  const outcome = await blank.evaluate(
    (model) => window.outcome(window.LLM.load(model, { device: 'wasm', heads: { none: '/models/heads/none' }, onLog: () => {} })),
    MINILM,
  );
  expect(outcome).toMatchObject({ ok: false, code: 'model-file-missing', message: expect.stringContaining('head.json') as unknown });
});

test('the reranker puts the description of a title first', async ({ blank, server }) => {
  const packages = (await (await fetch(`${server.url}/demo/public/packages.json`)).json()) as { title: string; body: string }[];
  const some = packages.filter(({ body }) => body.length < 500).slice(0, 6);
  const ranked = await blank.evaluate(
    async ([query, documents]) => {
      const llm = await window.LLM.load('/models/debian-reranker', { device: 'wasm', onLog: () => {} });
      const results = await llm.rerank(query, documents, { topN: 3 });
      await llm.dispose();
      return results;
    },
    [some[2]!.title, some.map(({ body }) => body)] as const,
  );
  expect(ranked).toHaveLength(3);
  expect(ranked[0]).toMatchObject({ index: 2, document: some[2]!.body });
  expect(ranked[0]!.relevance_score).toBeGreaterThan(ranked[1]!.relevance_score);
});
