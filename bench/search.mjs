/**
 * `npm run bench:search`: exact search over 1,000 to 1,000,000 vectors of 384 values by rockpool/search, beside vector indexes from npm.
 *
 *   --sizes 1000,10000   only these
 *   --only NAME,NAME     only contenders whose name has one of these in it
 *   --queries N          held-out titles that are looked for (100)
 *   --build-limit N      seconds that an index may take to build (120)
 *   --json FILE          writes the numbers as well
 *
 * Peers come from npm into a temporary folder. The first run embeds the packages: minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.mjs';
import { packages } from './quality/packages.mjs';
import { contenders as all } from './search/contenders.mjs';
import { writeCorpus } from './search/corpus.mjs';
import { likeness } from './search/likeness.mjs';
import { measure } from './search/measure.mjs';
import { packageVectors } from './search/package-vectors.mjs';
import { prepare } from './search/prepare.mjs';
import { overview, report, verdict } from './search/report.mjs';
import { table } from './table.mjs';

const string = { type: 'string' };
const { values: options } = parseArgs({ options: { sizes: string, only: string, queries: string, 'build-limit': string, json: string } });
const sizes = (options.sizes ?? '1000,10000,100000,1000000').split(',').map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size >= 10)) throw new Error('--sizes takes numbers of at least 10.');
const only = options.only?.toLowerCase().split(',');
const contenders = all.filter(({ name }) => !only || only.some((part) => name.toLowerCase().includes(part)));

const { titles, bodies, width } = await packageVectors();
const count = Number(options.queries ?? 100);
// The last ones, so that they are not the titles of the thousand descriptions that the smallest size has.
const queries = titles.subarray(titles.length - count * width);
const machine = await describeMachine();
console.log(machine.summary);
const [real, made] = likeness(titles, bodies, width);
const figures = (of) => [of.pairs.toFixed(3), of.tenth.toFixed(3), of.dimension.toFixed(1)];
const figureNames = ['mean cosine of two rows', "cosine of a title's tenth", 'local dimension'];
console.log(
  `\n${table(
    [`${packages.length} rows`, ...figureNames],
    [
      ['real', ...figures(real)],
      ['made', ...figures(made)],
    ],
  )}`,
);
const folder = mkdtempSync(join(tmpdir(), 'rockpool-search-'));
// The rows are up to 1.5 GB.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
await prepare(folder, contenders);
const file = join(folder, 'rows.f32');
const truth = writeCorpus(file, { bodies, width, queries, sizes, k: 10 });
const results = [];
let before = null;
for (const size of [...sizes].sort((a, b) => a - b)) {
  const expected = new Map(before?.found.map(({ name, seconds }) => [name, (seconds ?? Infinity) * (size / before.size)]));
  const found = await measure(contenders, {
    corpus: { file, folder, width },
    count: size,
    queries: Array.from({ length: count }, (_, i) => queries.slice(i * width, (i + 1) * width)),
    truth: truth.get(size),
    buildLimit: Number(options['build-limit'] ?? 120),
    expected,
  });
  console.log(`\n${report(size, width, found, contenders)}`);
  results.push((before = { size, found }));
}
console.log(`\n${overview(results)}\n${verdict(results)}`);
if (options.json)
  await writeFile(
    options.json,
    `${JSON.stringify({ bench: 'search', queries: count, width, likeness: { real, made }, results, machine }, null, 2)}\n`,
  );
