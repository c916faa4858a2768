import { describe, expect, test } from 'vitest';
import { packPrompts } from './pack-prompts.ts';
import { asPrompts } from './prompts.ts';

const decode = (parts: readonly Uint8Array[]) => parts.map((part) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(part)).join('');
const PART = 65_536;

describe('pack prompts', () => {
  test('short texts and id lists cross as they are', () => {
    const { prompts, buffers } = packPrompts(['a', { prompt: 'b' }, 'c'.repeat(PART), { prompt_token_ids: [1, 2] }]);
    expect(prompts).toEqual(['a', 'b', 'c'.repeat(PART), { prompt_token_ids: [1, 2] }]);
    expect(buffers).toEqual([]);
  });

  test.each([
    ['one letter too many', 'x'.repeat(PART + 1)],
    ['a surrogate pair over the cut', `${'x'.repeat(PART - 1)}🐟${'y'.repeat(PART)}`],
    ['a byte order mark that is text, at the cut', `${'x'.repeat(PART)}\uFEFFy`],
    ['pairs only', '🐟'.repeat(PART)],
    ['three scripts', 'abc漢字кот '.repeat(30_000)],
  ])('a long text comes out as it went in: %s', (_, text) => {
    for (const prompt of [text, { prompt: text }]) {
      const { prompts, buffers } = packPrompts([prompt]);
      const [packed] = prompts as [{ prompt_utf8: Uint8Array<ArrayBuffer>[] }];
      expect(packed.prompt_utf8.length).toBeGreaterThan(1);
      expect(decode(packed.prompt_utf8)).toBe(text);
      expect(buffers).toEqual(packed.prompt_utf8.map(({ buffer }) => buffer));
    }
  });

  test('half a surrogate pair, which UTF-8 cannot say, crosses as it is', () => {
    const text = `${'x'.repeat(PART)}\uD83D`;
    expect(packPrompts([text]).prompts).toEqual([text]);
  });

  test('ids are transferred, and the caller keeps their own', () => {
    const pool = Int32Array.of(9, 1, 2, 3, 9);
    const given = pool.subarray(1, 4);
    const { prompts, buffers } = packPrompts(asPrompts(given as never));
    const sent = structuredClone(prompts, { transfer: buffers });
    expect(sent).toEqual([{ prompt_token_ids: Int32Array.of(1, 2, 3) }]);
    expect([...pool]).toEqual([9, 1, 2, 3, 9]);
  });

  test('a Buffer, whose slice is a view, is copied all the same', () => {
    const given = Buffer.from([1, 2, 3]);
    const [prompt] = asPrompts(given as never);
    given[0] = 7;
    expect(prompt).toEqual({ prompt_token_ids: expect.objectContaining({ 0: 1, 1: 2, 2: 3 }) as unknown });
  });
});
