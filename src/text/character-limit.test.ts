import { describe, expect, test } from 'vitest';
import { checkCharacters } from './character-limit.ts';

const utf8 = (...parts: string[]) => ({ prompt_utf8: parts.map((part) => new TextEncoder().encode(part)) });

describe('more characters than the longest tokens hold', () => {
  test('are refused in vLLM’s words', () => {
    expect(() => checkCharacters('a'.repeat(301), 100, 3)).toThrow(
      expect.objectContaining({
        code: 'input-too-long',
        message:
          "This model's maximum context length is 100 tokens. However, your prompt contains 301 characters (more than 300 characters, which is the upper bound for 100 input tokens). Please reduce the length of the input prompt.",
      }),
    );
  });

  test.each([
    ['text', '中🐟'.repeat(2)],
    ['a prompt', { prompt: '中🐟'.repeat(2) }],
    ['UTF-8', utf8('中🐟', '中🐟')],
  ])('are counted in code points: %s', (_, prompt) => {
    checkCharacters(prompt, 2, 2);
    expect(() => checkCharacters(prompt, 1, 3)).toThrow('contains 4 characters (more than 3 characters');
  });

  test('there are none where nothing bounds the text, nor of ids', () => {
    checkCharacters('a'.repeat(1000), Infinity, 3);
    checkCharacters({ prompt_token_ids: Array.from({ length: 1000 }, () => 1) }, 1, 1);
  });
});
