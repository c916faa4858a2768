import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packBits } from './pack-bits.ts';
import { base64Of, bytesOf, type EmbedDtype } from './vector-format.ts';

/** torch's and numpy's, by e2e/oracle/make_server_values.py. */
interface Oracle {
  float32_bits: number[];
  words: Record<Exclude<EmbedDtype, 'float32'>, number[]>;
  packed: { bits: number[]; bytes: number[] };
}
const oracle = JSON.parse(readFileSync(new URL('../../e2e/oracle/fixtures/server-values.json', import.meta.url), 'utf8')) as Oracle;
const floats = (bits: readonly number[]) => new Float32Array(Int32Array.from(bits).buffer);
const values = floats(oracle.float32_bits);

/** Not a number in any of its spellings. */
const isNaNWord: Record<keyof Oracle['words'], (word: number) => boolean> = {
  float16: (word) => (word & 0x7fff) > 0x7c00,
  bfloat16: (word) => (word & 0x7fff) > 0x7f80,
  fp8_e4m3: (word) => (word & 0x7f) === 0x7f,
  fp8_e5m2: (word) => (word & 0x7f) > 0x7c,
};

describe.each(Object.keys(oracle.words) as (keyof Oracle['words'])[])('%s', (dtype) => {
  test('is torch’s cast of every value, ties and ends included', () => {
    const bytes = bytesOf(values, dtype, 'little');
    const words = dtype.startsWith('fp8') ? [...bytes] : [...new Uint16Array(bytes.buffer)];
    const isNaN = isNaNWord[dtype];
    const wrong = words.flatMap((word, i) => {
      const right = oracle.words[dtype][i]!;
      return word === right || (isNaN(word) && isNaN(right)) ? [] : [`${values[i]}: ${word}, not ${right}`];
    });
    expect(wrong).toEqual([]);
  });
});

test.each(['float32', 'float16', 'bfloat16'] as const)('big endian %s has its bytes the other way round', (dtype) => {
  const size = dtype === 'float32' ? 4 : 2;
  const big = bytesOf(values, dtype, 'big');
  const swapped = new Uint8Array(big.length).map((_, i) => big[i - (i % size) + (size - 1 - (i % size))]!);
  expect(swapped).toEqual(bytesOf(values, dtype, 'native'));
});

test('float32 keeps every bit', () => {
  expect([...new Int32Array(bytesOf(values, 'float32', 'little').buffer)]).toEqual(oracle.float32_bits);
});

test('base64 is Node’s, for any length', () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  }
});

describe('packed bits', () => {
  test('are numpy’s', () => expect([...packBits(floats(oracle.packed.bits))]).toEqual(oracle.packed.bytes));
  test('need eight values a byte', () => {
    expect(() => packBits(new Float32Array(12))).toThrow('a multiple of 8, got 12');
  });
});
