/** What `npm run bench:search` measures is our index as it is: its contender, over a few rows, finds what plain loops find. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../bench/search/rockpool.mjs';
import { Rows } from '../../bench/search/rows.mjs';
import { randomFrom } from '../random.ts';
import { tempFolder } from './processes.ts';

const WIDTH = 16;
const COUNT = 200;

test.each([{}, { precision: 'int8' as const }])('The contender of bench:search finds the nearest rows: %j', async (options) => {
  const { path, remove } = await tempFolder();
  const random = randomFrom(7);
  const unit = () => {
    const values = Float32Array.from({ length: WIDTH }, () => random() - 0.5);
    return values.map((value) => value / Math.hypot(...values));
  };
  const rows = Array.from({ length: COUNT }, unit);
  await writeFile(join(path, 'rows.f32'), Buffer.concat(rows.map(({ buffer }) => Buffer.from(buffer))));
  const index = await build(new Rows(join(path, 'rows.f32'), WIDTH), COUNT, options);
  const query = unit();
  index.prepare([query]);
  const score = (row: Float32Array) => row.reduce((sum, value, i) => sum + value * query[i]!, 0);
  const nearest = [...rows.keys()].sort((a, b) => score(rows[b]!) - score(rows[a]!)).slice(0, 3);
  expect(await index.search(0, 3)).toEqual(nearest);
  await remove();
});
