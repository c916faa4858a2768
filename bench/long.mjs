/** Time and peak memory of one text of 30,000, 300,000 and 3,050,012 tokens in chunks, each in a fresh tab; and how soon an abort is heard. */
import { rendererMemory } from './memory.mjs';
import { median, table } from './table.mjs';

const THREADS = 2;
const MAX_EMBED_LEN = 3_072_000;
/** Prefixes of the text by their number of tokens, [CLS] and [SEP] included. */
const sizes = [
  { tokens: 30_000, chars: 137_051 },
  { tokens: 300_000, chars: 1_376_179 },
  { tokens: 3_050_012, chars: Infinity },
];
const GOAL_MIB = 64;
/** Time per token of the longest text over that of the shortest. */
const LINEAR_WITHIN = 1.25;

export async function longText(bench, options) {
  const rounds = Number(options.rounds ?? 1);
  console.log(`One text in chunks of 256 tokens, tiny-bert (fp32, hidden 32, the tokenizer of all-MiniLM-L6-v2), ${THREADS} threads.`);
  console.log(
    'Memory: RssAnon + RssShmem of the renderer process (page and workers, uncollected garbage included), every 20 ms, above the same',
  );
  console.log('tab idle with the model loaded, one short call made, and the text in the page.\n');
  const runs = [];
  for (let round = 0; round < rounds; round++) for (const size of sizes) runs.push(await measure(bench, size));
  const aborts = await measureAborts(bench);
  return report(runs, aborts);
}

async function measure(bench, { tokens, chars }) {
  const page = await openAt(bench, chars);
  const memory = await rendererMemory(bench.browser);
  const idle = await memory?.idle(page);
  const watch = memory?.watch();
  const result = await page.evaluate(() => window.bench.embed());
  const peak = watch?.stop().most;
  const after = await memory?.idle(page);
  await page.close();
  if (result.tokens !== tokens) throw new Error(`${result.tokens} tokens were used for a text of ${tokens}.`);
  if (!(Math.abs(result.norm - 1) < 1e-4)) throw new Error(`The vector has length ${result.norm}.`);
  const run = {
    ...result,
    tokensPerSecond: Math.round(tokens / result.seconds),
    ...(memory && { idleMiB: mib(idle), peakMiB: mib(peak - idle), afterMiB: mib(after - idle) }),
  };
  console.log(`${tokens} tokens: ${run.seconds.toFixed(2)} s, ${run.peakMiB ?? '?'} MiB above idle`);
  return run;
}

async function openAt(bench, chars) {
  const page = await bench.openPage('long');
  await page.evaluate(([threads, most]) => window.bench.open(threads, most), [THREADS, MAX_EMBED_LEN]);
  await page.evaluate((length) => window.bench.keep(length), chars);
  return page;
}

async function measureAborts(bench) {
  const page = await openAt(bench, sizes.at(-1).chars);
  const aborts = {};
  for (const stage of ['tokenize', 'infer']) {
    aborts[stage] = await page.evaluate((at) => window.bench.abort(at), stage);
    if (aborts[stage].code !== 'aborted') throw new Error(`An abort during ${stage} gave: ${aborts[stage].code}.`);
  }
  await page.close();
  return aborts;
}

function report(runs, aborts) {
  const results = sizes.map(({ tokens }) => {
    const own = runs.filter((run) => run.tokens === tokens);
    const middle = (key) => (own[0][key] === undefined ? null : median(own.map((run) => run[key])));
    const keys = ['seconds', 'tokensPerSecond', 'idleMiB', 'peakMiB', 'afterMiB'];
    return { tokens, ...Object.fromEntries(keys.map((key) => [key, middle(key)])), timings: own[0].timings };
  });
  const cell = (value, digits) => (value === null ? 'Linux only' : value.toFixed(digits));
  const rows = results.map((result) => [
    result.tokens.toLocaleString('en'),
    cell(result.seconds, 2),
    result.tokensPerSecond.toLocaleString('en'),
    ...Object.values(result.timings).map((ms) => (ms / 1000).toFixed(2)),
    cell(result.idleMiB, 0),
    cell(result.peakMiB, 1),
    cell(result.afterMiB, 1),
  ]);
  console.log(
    `\n${table(['tokens', 'seconds', 'tokens/s', 'tokenize', 'infer', 'pool', 'idle MiB', 'peak above idle', 'left after'], rows)}`,
  );
  const perToken = ({ seconds, tokens }) => seconds / tokens;
  const linear = perToken(results.at(-1)) / perToken(results[0]);
  console.log(
    `\nTime a token, longest over shortest: ${linear.toFixed(2)} (goal: at most ${LINEAR_WITHIN}). Memory goal: at most ${GOAL_MIB} MiB above idle.`,
  );
  for (const [stage, { rejects, nextCall }] of Object.entries(aborts)) {
    console.log(
      `Abort during ${stage}: rejects after ${rejects.toFixed(1)} ms, the next call is answered after ${nextCall.toFixed(0)} ms.`,
    );
  }
  return { bench: 'long', results, linear, aborts, goals: { peakMiB: GOAL_MIB, linear: LINEAR_WITHIN } };
}

const mib = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;
