/**
 * The command line of the benches: `node bench/run.mjs throughput | long`, with
 *
 *   --json FILE    writes the numbers as well
 *   --rounds N     repetitions (throughput: 3, long: 1)
 *   --extras       throughput: two more ways to run the peers, to explain the ratios
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openBench } from './browser.mjs';
import { longText } from './long.mjs';
import { describeMachine } from './machine.mjs';
import { throughput } from './throughput.mjs';

const benches = { throughput, long: longText };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, rounds: { type: 'string' }, extras: { type: 'boolean', default: false } },
});
const run = benches[positionals[0] ?? ''];
if (!run) throw new Error(`Which bench? One of: ${Object.keys(benches).join(', ')}.`);

const bench = await openBench();
try {
  const machine = await describeMachine(bench.browser);
  console.log(`${machine.summary}\n`);
  const result = await run(bench, options);
  if (options.json) await writeFile(options.json, `${JSON.stringify({ ...result, machine }, null, 2)}\n`);
} finally {
  await bench.close();
}
