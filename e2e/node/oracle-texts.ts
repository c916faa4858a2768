/** A few cases of the oracle, for realms where all of them would take too long: texts to embed, and how near the vectors must come. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { compare, expected, type Fixture } from '../oracle/fixtures.ts';

const oracle = new URL('../oracle/', import.meta.url);
const read = async <T>(path: string) => JSON.parse(await readFile(new URL(path, oracle), 'utf8')) as T;
const ids = ['sentence', 'chinese', 'emoji-zwj', 'package-01', 'package-05'];

const all = await read<Record<string, string>>('texts.json');
export const texts = ids.map((id) => all[id]!);

/** The vectors of `texts`, or of the first of them. */
export async function expectOracle(
  vectors: readonly (readonly number[])[],
  fixture: 'minilm-w8' | 'tiny-bert',
  least = 0.99999,
): Promise<void> {
  const { cases } = await read<Fixture>(`fixtures/${fixture}.json`);
  expect(vectors.length).toBeGreaterThan(0);
  vectors.forEach((vector, i) => {
    const { cosine } = compare(Float32Array.from(vector), expected(cases.find(({ id }) => id === `plain/${ids[i]}`)!));
    expect(cosine, `${fixture}, ${ids[i]}`).toBeGreaterThanOrEqual(least);
  });
}
