/** Texts a second: rockpool beside transformers.js and a bare session, in one run, taking turns, the median of the rounds. */
import { median, table } from './table.mjs';

const TEXTS = 256;
const THREADS = 2;
/** What the model was made for, and where rockpool and the bare session cut. transformers.js cuts at 512. */
const MODEL_TOKENS = 256;
const LEAST_COSINE = 0.999;

/** `ratio`: its key in the results, with the goal for rockpool's throughput over its own. */
const contenders = [
  { name: 'rockpool', label: 'rockpool, one call', page: 'rockpool', variant: {} },
  { name: 'transformersBatched', label: 'transformers.js, 32 a call', page: 'transformers', variant: { batch: 32 }, goal: 3.5 },
  { name: 'transformersSingle', label: 'transformers.js, one by one', page: 'transformers', variant: { batch: 1 }, goal: 1.8 },
  { name: 'bareSession', label: 'bare session.run loop', page: 'bare-session', variant: {}, goal: 0.95 },
];
const extras = [
  { name: 'transformersBatchedAt256', label: 'transformers.js, 32 a call, cut at 256', page: 'transformers', variant: { batch: 32, maxTokens: MODEL_TOKENS } },
  { name: 'bareSessionPretokenized', label: 'bare session.run loop, ids at hand', page: 'bare-session', variant: { reuseTokens: true } },
];

export async function throughput(bench, options) {
  const rounds = Number(options.rounds ?? 3);
  const entrants = options.extras ? [...contenders, ...extras] : contenders;
  const page = await bench.openPage('throughput');
  const tokens = await page.evaluate(([count, threads]) => window.bench.open(count, threads), [TEXTS, THREADS]);
  const threads = await page.evaluate(() => window.bench.threadsInUse());
  const longer = tokens.filter((count) => count > MODEL_TOKENS).length;
  console.log(`${TEXTS} texts of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens, median ${median(tokens)}; ${threads} threads; ${rounds} rounds.`);
  console.log(`${longer} texts are longer than ${MODEL_TOKENS} tokens: transformers.js computes up to 512 of them, the others ${MODEL_TOKENS}; not compared.\n`);

  const seconds = Object.fromEntries(entrants.map(({ name }) => [name, []]));
  const cosines = Object.fromEntries(entrants.map(({ name }) => [name, 1]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entrants.length; turn++) {
      const { name, page: contender, variant } = entrants[(turn + round) % entrants.length];
      const result = await page.evaluate(([who, how]) => window.bench.pass(who, how), [contender, variant]);
      seconds[name].push(result.seconds);
      cosines[name] = Math.min(cosines[name], ...result.cosines.filter((_, i) => tokens[i] <= MODEL_TOKENS));
      console.log(`round ${round + 1}  ${name.padEnd(26)} ${(TEXTS / result.seconds).toFixed(1).padStart(6)} texts/s  least cosine ${cosines[name].toFixed(5)}`);
      if (!(cosines[name] >= LEAST_COSINE)) throw new Error(`${name} gives other vectors than the first contender: cosine ${cosines[name]}.`);
    }
  }
  await page.close();
  return report(entrants, seconds, { rounds, threads, texts: TEXTS, longerThanModel: longer, leastCosine: Math.min(...Object.values(cosines)) });
}

/** Ratios are taken round by round and then the median, so that a slow minute of the machine hits both sides. */
function report(entrants, seconds, facts) {
  const textsPerSecond = Object.fromEntries(entrants.map(({ name }) => [name, round(TEXTS / median(seconds[name]))]));
  const ratioOf = (name) => round(median(seconds[name].map((value, i) => value / seconds.rockpool[i])));
  const ratios = Object.fromEntries(entrants.slice(1).map(({ name }) => [name, ratioOf(name)]));
  const goals = Object.fromEntries(entrants.filter(({ goal }) => goal).map(({ name, goal }) => [name, goal]));
  const rows = entrants.map(({ name, label, goal }) => [label, textsPerSecond[name].toFixed(1), ratios[name]?.toFixed(2) ?? '', goal ? `≥ ${goal.toFixed(2)}` : '']);
  console.log(`\n${table(['', 'texts/s', 'rockpool is faster by', 'goal'], rows)}`);
  const missed = Object.keys(goals).filter((name) => ratios[name] < goals[name]);
  console.log(missed.length > 0 ? `\nGoals not reached: ${missed.join(', ')}.` : '\nAll goals reached.');
  return { bench: 'throughput', ratios, goals, textsPerSecond, seconds, ...facts };
}

const round = (value) => Math.round(value * 1000) / 1000;
