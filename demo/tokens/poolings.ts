/** Token rows `[tokens, size]` in, one vector for the text out, by each of the four poolings that most models use. */
export const poolingNames = ['CLS', 'LAST', 'MEAN', 'MAX'] as const;
export type PoolingName = (typeof poolingNames)[number];

export const poolingWords: Record<PoolingName, string> = {
  CLS: 'The vector of the first token, [CLS], and nothing else. Models that are trained with it gather the meaning of the text there.',
  LAST: 'The vector of the last token. Language models read from left to right, so only their last token has seen the whole text.',
  MEAN: 'The average over all tokens, number by number. Most embedding models are trained with it, and so is this one.',
  MAX: 'The largest value among all tokens, number by number. Rare today.',
};

export function poolAll(rows: readonly Float32Array[]): Record<PoolingName, Float32Array> {
  const first = rows[0]!;
  const mean = new Float32Array(first.length);
  const max = new Float32Array(first.length).fill(-Infinity);
  for (const row of rows) {
    row.forEach((value, i) => {
      mean[i]! += value / rows.length;
      max[i] = Math.max(max[i]!, value);
    });
  }
  return { CLS: first, LAST: rows.at(-1)!, MEAN: mean, MAX: max };
}
