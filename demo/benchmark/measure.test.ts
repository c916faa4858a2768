/** Speeds of a model that is a clock. */
import { expect, it, vi } from 'vitest';
import type { LLM } from 'rockpool';
import { measure } from './measure.ts';

it('counts the tokens of the batch over the median call, the first left out', async () => {
  const takes = [9000, 100, 500, 100, 100];
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const embed = vi.fn((texts: string[]) => {
    now += takes.shift()!;
    return Promise.resolve(texts.map(() => ({ prompt_token_ids: new Int32Array(50) })));
  });
  const speed = await measure({ embed } as unknown as LLM, ['a', 'b'], 4, new AbortController().signal);
  expect(embed.mock.calls.map(([texts]) => texts)).toEqual(Array(3).fill(['a', 'b', 'a', 'b']));
  expect(speed).toEqual({ batch: 4, ms: 300, tokensPerSecond: expect.closeTo(200 / 0.3, 6) });
});
