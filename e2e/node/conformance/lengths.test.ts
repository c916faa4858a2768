/** vLLM’s tests of truncation and of chunked processing, on tiny models in the large ones’ place: docs/conformance.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import { close, long, model, norm, prompts, quiet, root } from './tiny.ts';

describe('truncate_prompt_tokens', () => {
  test('of 10, -1 and 129 where the model takes 128', async () => {
    await using llm = await model('tiny-bert-poolings', { maxModelLen: 128 });
    const ids = async (truncatePromptTokens: number) => (await llm.embed(long, { truncatePromptTokens }))[0]!.prompt_token_ids;
    expect(await ids(10)).toHaveLength(10);
    expect(await ids(-1)).toHaveLength(128);
    await expect(ids(129)).rejects.toThrow('truncate_prompt_tokens value (129) is greater than max_model_len (128).');
    await expect(llm.embed(long)).rejects.toMatchObject({ code: 'input-too-long' });
  });

  test('counts the same for token ids', async () => {
    await using llm = await model('tiny-bert-poolings');
    const { tokens } = (await llm.tokenize(long))[0]!;
    const [output] = await llm.embed({ prompt_token_ids: tokens }, { truncatePromptTokens: 10 });
    expect([...output!.prompt_token_ids]).toEqual(tokens.slice(0, 10));
  });

  test('of a classifier is 5 or refused', async () => {
    await using llm = await model('tiny-bert-classifier');
    const [output] = await llm.classify(long, { truncatePromptTokens: 5 });
    expect(output!.prompt_token_ids).toHaveLength(5);
    await expect(llm.classify(long, { truncatePromptTokens: 513 })).rejects.toThrow('truncate_prompt_tokens');
  });

  test('of a pair that is too long for 100 tokens', async () => {
    await using llm = await model('tiny-xlmr-reranker', { maxModelLen: 100 });
    await expect(llm.score(prompts[0]!, long)).rejects.toMatchObject({ code: 'input-too-long' });
    await expect(llm.score(prompts[0]!, long, { truncatePromptTokens: 101 })).rejects.toThrow('Please, select a smaller truncation size.');
    const [output] = await llm.score(prompts[0]!, long, { truncatePromptTokens: 100 });
    expect(output!.prompt_token_ids).toHaveLength(100);
  });
});

describe('chunked processing', () => {
  /** As many words of the vocabulary, in an order that is the same each time. */
  const words = (count: number) =>
    Array.from({ length: count }, (_, i) => ['river', 'paper', 'seven', 'green', 'house'][(i * i) % 5]).join(' ');

  test('of long texts and a short one: one vector each, in order, of unit length', { timeout: 120_000 }, async () => {
    const folder = async (path: string) => {
      const file = join(root, path === 'tokenizer.json' ? 'models/all-MiniLM-L6-v2' : 'e2e/models/tiny-bert', path);
      return readFile(file).then(
        (bytes) => new Response(bytes),
        () => null,
      );
    };
    await using llm = await LLM.load(folder, { ...quiet, overridePoolerConfig: { enable_chunked_processing: true, max_embed_len: 3000 } });
    const texts = [words(1500), words(2500), 'short'];
    const outputs = await llm.embed(texts);
    expect(outputs.map(({ prompt_token_ids }) => prompt_token_ids.length)).toEqual([1502, 2502, 3]);
    for (const [
      i,
      {
        outputs: { embedding },
      },
    ] of outputs.entries()) {
      expect(norm(embedding)).toBeCloseTo(1, 5);
      close(embedding, (await llm.embed(texts[i]!))[0]!.outputs.embedding);
    }
    await expect(llm.embed(words(3000))).rejects.toThrow("This model's maximum embedding input length is 3000 tokens.");
  });
});
