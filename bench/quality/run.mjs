/**
 * `npm run eval`: how good the answers are, on the 5,200 packages of bench/data, through rockpool/edge in Node.
 *
 *   npm run eval                                   reranker, retrieval, precision, head and search, one after the other
 *   npm run eval -- head reranker                  only these
 *   npm run eval -- fusion                         what the constants of hybrid search were chosen by
 *   npm run eval -- retrieval-fp32                 the original weights: needs python3, downloads 90 MB
 *   npm run eval -- reranker --encoder-tokens 96   the candidates found by texts cut at so many tokens
 *   npm run eval -- --json FILE                    writes the numbers as well
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.mjs';
import { table } from '../table.mjs';
import { fusion } from './fusion.mjs';
import { head } from './head.mjs';
import { precision } from './precision.mjs';
import { reranker } from './reranker.mjs';
import { retrieval, retrievalFp32 } from './retrieval.mjs';
import { search } from './search.mjs';

const parts = { reranker, retrieval, precision, head, search, fusion, 'retrieval-fp32': retrievalFp32 };
const byDefault = ['reranker', 'retrieval', 'precision', 'head', 'search'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, 'encoder-tokens': { type: 'string' } },
});
const wanted = positionals.length > 0 ? positionals : byDefault;
const unknown = wanted.find((name) => !Object.hasOwn(parts, name));
if (unknown) throw new Error(`There is no part "${unknown}". Parts: ${Object.keys(parts).join(', ')}.`);

const library = new URL('../../dist/edge.js', import.meta.url);
if (!existsSync(library)) throw new Error('dist/edge.js is not there: run `npm run build` first.');
const { LLM } = await import(library.href);
const models = new URL('../../models/', import.meta.url);

/** Models and heads by their place in models/, or by a path of their own. */
function open(name, { heads = {}, ...more } = {}) {
  const folders = Object.entries(heads).map(([key, folder]) => [key, new URL(folder, models)]);
  return LLM.load(new URL(name, models), { ...more, heads: Object.fromEntries(folders), onLog: () => {} });
}

const machine = await describeMachine();
console.log(machine.summary);
const results = {};
for (const name of wanted) {
  const begin = performance.now();
  results[name] = await parts[name](open, { encoderTokens: options['encoder-tokens'] });
  const { title, head: columns, rows } = results[name];
  console.log(
    `\n${title} (${((performance.now() - begin) / 1000).toFixed(0)} s)\n\n${table(
      columns,
      rows.map(({ cells }) => cells),
    )}`,
  );
}
if (options.json) await writeFile(options.json, `${JSON.stringify({ eval: results, machine }, null, 2)}\n`);
