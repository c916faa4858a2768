/** vLLM’s tests of each task, on tiny models in the large ones’ place: docs/conformance.md. */
import { describe, expect, test } from 'vitest';
import { close, long, model, prompts } from './tiny.ts';

describe('tasks', () => {
  test('classify labels six inputs in order, and each as it would alone', async () => {
    await using llm = await model('tiny-qwen2-classifier');
    const six = [...prompts, 'b', 'The', 'cat'];
    const outputs = await llm.classify(six);
    for (const [
      i,
      {
        outputs: { probs, num_classes, label },
      },
    ] of outputs.entries()) {
      expect(probs.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(num_classes).toBe(2);
      expect(label).toBe(llm.info.labels![probs[0]! > probs[1]! ? 0 : 1]);
      close((await llm.classify(six[i]!))[0]!.outputs.probs, probs);
    }
    expect(await llm.classify([])).toEqual([]);
  });

  test('a reward model has a row for each token', async () => {
    await using llm = await model('tiny-qwen2-reward');
    for (const output of await llm.reward(prompts)) expect(output.outputs.shape).toEqual([output.prompt_token_ids.length, 1]);
  });

  test('score wants 1:1, 1:N or N:N', async () => {
    await using llm = await model('tiny-bert-reranker');
    await expect(llm.score(prompts, ['a', 'b'])).rejects.toThrow('Input lengths must be either 1:1, 1:N or N:N');
    await expect(llm.score([], 'a')).rejects.toThrow('At least one text element must be given');
    await expect(llm.score([], ['a', 'b'])).rejects.toThrow('At least one text element must be given');
    await expect(llm.score('a', [])).rejects.toThrow('At least one text_pair element must be given');
  });

  test('rerank gives the best two of three, which score found best', async () => {
    await using llm = await model('tiny-bert-reranker');
    const scores = (await llm.score('What is the capital of France?', prompts)).map(({ outputs }, index) => ({
      index,
      score: outputs.score,
    }));
    const best = await llm.rerank('What is the capital of France?', prompts, { topN: 2 });
    const expected = scores.toSorted((a, b) => b.score - a.score).slice(0, 2);
    expect(best.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
    close(
      best.map(({ relevance_score }) => relevance_score),
      expected.map(({ score }) => score),
    );
  });

  test('max_tokens_per_doc shortens what the model reads, and may not be negative', async () => {
    await using llm = await model('tiny-bert-reranker');
    const length = async (maxTokensPerDoc: number) =>
      (await llm.score('a', long, { maxTokensPerDoc, truncatePromptTokens: -1 }))[0]!.prompt_token_ids.length;
    expect(await length(5)).toBeLessThan(await length(50));
    await expect(length(-1)).rejects.toThrow('max_tokens_per_doc must be a non-negative integer');
  });

  test('late interaction scores are MaxSim of the rows of tokenEmbed', async () => {
    await using llm = await model('tiny-colbert');
    const [query, document] = (await llm.tokenEmbed([prompts[0]!, prompts[1]!])).map(({ outputs: { data, shape } }) =>
      Array.from({ length: shape[0] }, (_, row) => data.subarray(row * shape[1], (row + 1) * shape[1])),
    );
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const own = query!.reduce((sum, row) => sum + Math.max(...document!.map((other) => dot(row, other))), 0);
    const [output] = await llm.score(prompts[0]!, prompts[1]!);
    expect(output!.outputs.score).toBeCloseTo(own, 4);
  });

  test('a model that cannot says what it can', async () => {
    await using llm = await model('tiny-bert-classifier');
    await expect(llm.embed('a')).rejects.toThrow('Embedding API is not supported by this model.');
    await expect(llm.score('a', 'b')).rejects.toThrow('Score API is only enabled for num_labels == 1.');
  });
});
