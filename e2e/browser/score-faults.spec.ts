/** Faults in the middle of a score call, whose parts are joined: none may be lost, and none counted twice. */
import { expect, test } from './harness.ts';

test('a device destroyed in the middle of a score call is replaced, and each part of a document is scored once', async ({ blank }) => {
  const result = await blank.evaluate(async () => {
    const model = '/e2e/models/tiny-bert-reranker';
    const query = 'what is the capital of France?';
    const documents = Array.from({ length: 40 }, (_, i) => `document ${i} ${'with some words '.repeat(i % 20)}`);
    // The mean of the parts of a long one would show a part that was counted twice.
    const long = { longDocuments: 'mean', maxTokensPerQuery: 8 } as const;
    const load = { maxModelLen: 48, onLog: () => {} };
    const wasm = await window.LLM.load(model, { ...load, device: 'wasm' });
    const expected = await wasm.score(query, documents, long);
    await wasm.dispose();

    const { worker } = window.tampered('destroyable');
    const llm = await window.LLM.load(model, { ...load, device: 'webgpu', worker });
    const destroy = new BroadcastChannel('destroy');
    const seen: [done: number, total: number][] = [];
    const outputs = await llm.score(query, documents, {
      ...long,
      onProgress({ done, total }) {
        if (seen.push([done, total]) === 1) destroy.postMessage('');
      },
    });
    const worst = Math.max(...outputs.map(({ outputs: { score } }, i) => Math.abs(score - expected[i]!.outputs.score)));
    const { device, counters } = llm.info;
    await llm.dispose();
    return { worst, device, losses: counters.deviceLosses, seen };
  });
  expect(result).toMatchObject({ device: 'webgpu', losses: 1 });
  expect(result.worst).toBeLessThan(1e-4);
  const [done, total] = result.seen.at(-1)!;
  expect(result.seen.length).toBeGreaterThan(1);
  expect(total).toBeGreaterThan(40);
  expect(done).toBe(total);
});
