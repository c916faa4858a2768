import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer, type TextTokenizer } from './tokenizer.ts';
import { pause } from '../pause.ts';
import { offsetsOf } from './offsets.ts';

interface Case {
  text: string;
  ids: number[];
  offsets: number[];
}
interface Fixture {
  texts: Record<string, string>;
  tokenizers: Record<string, { tokenizer: object | null; cases: Case[] }>;
}
const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as unknown;
const fixture = read('../../e2e/oracle/fixtures/offsets.json') as Fixture;
const texts = { ...(read('../../e2e/oracle/texts.json') as Record<string, string>), ...fixture.texts };
const minilm = read('../../models/all-MiniLM-L6-v2/tokenizer.json') as object;
const charsmap = readFileSync(new URL('../../e2e/oracle/fixtures/nmt-nfkc.txt', import.meta.url), 'utf8').trim();
/** The fixture has tokenizers without SentencePiece's large table. */
const withCharsmap = (json: object) =>
  JSON.parse(JSON.stringify(json).replace('"precompiled_charsmap":""', `"precompiled_charsmap":"${charsmap}"`)) as object;
const tokenizers = new Map(
  Object.entries(fixture.tokenizers).map(([name, { tokenizer }]) => [name, createTokenizer(withCharsmap(tokenizer ?? minilm), {})]),
);
const settingsOf = (tokenizer: TextTokenizer) => ({ tokenizer, vocabSize: 100_000, doLowerCase: false, pause });
const idsOf = ({ prefix, encode, suffix }: TextTokenizer, text: string) => Int32Array.of(...prefix, ...encode(text), ...suffix);

describe.each([...tokenizers.keys()])('offsets of %s', (name) => {
  const tokenizer = tokenizers.get(name)!;
  const { cases } = fixture.tokenizers[name]!;

  test('are the original library’s', async () => {
    for (const { text, ids, offsets } of cases) {
      const own = idsOf(tokenizer, texts[text]!);
      expect([...own].slice(0, ids.length), text).toEqual(ids);
      const found = await offsetsOf(texts[text]!, own, settingsOf(tokenizer));
      expect([...found!].slice(0, offsets.length), text).toEqual(offsets);
    }
  });

  test('are the same for a text cut on either side, and without special tokens', async () => {
    const text = texts['code']!;
    const ids = idsOf(tokenizer, text);
    const offsets = (await offsetsOf(text, ids, settingsOf(tokenizer)))!;
    const { prefix, suffix } = tokenizer;
    const core = ids.subarray(prefix.length, ids.length - suffix.length);
    const ranges = offsets.subarray(prefix.length * 2, (ids.length - suffix.length) * 2);
    expect(await offsetsOf(text, core, settingsOf(tokenizer))).toEqual(ranges);
    const zeros = (specials: readonly number[]) => specials.flatMap(() => [0, 0]);
    for (const [part, partRanges] of [
      [core.subarray(0, 9), ranges.subarray(0, 18)],
      [core.subarray(-9), ranges.subarray(-18)],
    ] as const) {
      const cut = Int32Array.of(...prefix, ...part, ...suffix);
      expect([...(await offsetsOf(text, cut, settingsOf(tokenizer)))!]).toEqual([...zeros(prefix), ...partRanges, ...zeros(suffix)]);
    }
  });

  test('are null for ids of another text', async () => {
    expect(await offsetsOf('one two', idsOf(tokenizer, 'three'), settingsOf(tokenizer))).toBeNull();
  });

  test('of a lone surrogate stay inside the text', async () => {
    const text = 'a \ud800 b \udc00\ud800';
    const offsets = await offsetsOf(text, idsOf(tokenizer, text), settingsOf(tokenizer));
    for (const at of offsets ?? []) expect(at).toBeLessThanOrEqual(text.length);
  });
});

describe('offsets', () => {
  const tokenizer = tokenizers.get('minilm')!;

  test('of a long text are found piece by piece', async () => {
    const text = texts['tokens-5000']!;
    const long = Array(4).fill(text).join('\n');
    for (const name of ['minilm', 'qwen2', 'xlm-roberta']) {
      const tokenizer = tokenizers.get(name)!;
      const once = (await offsetsOf(text, Int32Array.from(tokenizer.encode(text)), settingsOf(tokenizer)))!;
      const all = (await offsetsOf(long, Int32Array.from(tokenizer.encode(long)), settingsOf(tokenizer)))!;
      expect(all.subarray(0, once.length)).toEqual(once);
      const shift = long.length - text.length;
      expect(all.slice(-40)).toEqual(once.slice(-40).map((at) => at + shift));
    }
  });

  test('of a text that is lower-cased for the model are those of the text as it was', async () => {
    const cased = createTokenizer({ ...minilm, normalizer: null }, {});
    const settings = { ...settingsOf(cased), doLowerCase: true };
    const text = 'İstanbul is BIG';
    const ids = Int32Array.from(cased.encode(text.toLowerCase()));
    const offsets = (await offsetsOf(text, ids, settings))!;
    expect(text.slice(...(offsets.slice(-2) as unknown as [number, number]))).toBe('BIG');
  });

  test('are null where a step of the tokenizer is not known', async () => {
    const unknown = createTokenizer(minilm, { remove_space: true });
    expect(await offsetsOf('one', idsOf(unknown, 'one'), settingsOf(unknown))).toBeNull();
  });

  test('an abort inside a long text is heard', async () => {
    const controller = new AbortController();
    const long = `${texts['tokens-5000']!}\n`.repeat(40);
    const call = offsetsOf(long, Int32Array.of(1, 2, 3), { ...settingsOf(tokenizer), signal: controller.signal });
    setTimeout(() => controller.abort(), 0);
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
});
