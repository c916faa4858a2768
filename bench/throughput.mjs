/**
 * Texts a second: rockpool beside transformers.js and a bare session, in one run, in turns of 32 texts. A turn lasts seconds, so what else the
 * machine does hits all of them alike, and a text's time is the median of its rounds.
 */
import { median, table } from './table.mjs';

const TEXTS = 256;
/** Also what transformers.js gets in one call when it is given batches, and what rockpool gets in one call. */
const TURN = 32;
const THREADS = 2;
/** What the model was made for, and where rockpool and the bare session cut. transformers.js cuts at 512. */
const MODEL_TOKENS = 256;
const LEAST_COSINE = 0.999;

/** `name`: the key in the results. `goal`: how many times its throughput rockpool should have. */
const contenders = [
  { name: 'rockpool', label: 'rockpool', page: 'rockpool', variant: {} },
  { name: 'transformersBatched', label: 'transformers.js, 32 a call', page: 'transformers', variant: { batch: 32 }, goal: 3.5 },
  { name: 'transformersSingle', label: 'transformers.js, one by one', page: 'transformers', variant: { batch: 1 }, goal: 1.8 },
  { name: 'bareSession', label: 'bare session.run loop', page: 'bare-session', variant: {}, goal: 0.95 },
];
const extras = [
  {
    name: 'transformersBatchedAt256',
    label: 'transformers.js, 32 a call, cut at 256',
    page: 'transformers',
    variant: { batch: 32, maxTokens: MODEL_TOKENS },
  },
  { name: 'bareSessionPretokenized', label: 'bare session.run loop, ids at hand', page: 'bare-session', variant: { reuseTokens: true } },
];

export async function throughput(bench, options) {
  const rounds = Number(options.rounds ?? 3);
  const entrants = options.extras ? [...contenders, ...extras] : contenders;
  const page = await bench.openPage('throughput');
  const tokens = await page.evaluate(([count, threads]) => window.bench.open(count, threads), [TEXTS, THREADS]);
  const threads = await page.evaluate(() => window.bench.threadsInUse());
  const longer = tokens.filter((count) => count > MODEL_TOKENS).length;
  console.log(
    `${TEXTS} texts of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens, median ${median(tokens)}; ${threads} threads; ${rounds} rounds.`,
  );
  console.log(
    `${longer} texts are longer than ${MODEL_TOKENS} tokens: transformers.js computes up to 512 of them, the others ${MODEL_TOKENS}; not compared.\n`,
  );

  /** Seconds by contender, turn and round. */
  const seconds = Object.fromEntries(entrants.map(({ name }) => [name, Array.from({ length: TEXTS / TURN }, () => [])]));
  let leastCosine = 1;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < TEXTS / TURN; turn++) {
      for (let place = 0; place < entrants.length; place++) {
        const { name, page: contender, variant } = entrants[(place + round + turn) % entrants.length];
        const from = turn * TURN;
        const result = await page.evaluate((args) => window.bench.turn(...args), [contender, variant, from, from + TURN]);
        seconds[name][turn].push(result.seconds);
        const least = Math.min(...result.cosines.filter((_, i) => tokens[from + i] <= MODEL_TOKENS));
        if (!(least >= LEAST_COSINE)) throw new Error(`${name} gives other vectors than the first contender: cosine ${least}.`);
        leastCosine = Math.min(leastCosine, least);
      }
    }
    const speeds = entrants.map(({ name }) => `${name} ${(TEXTS / sum(seconds[name].map((rounds) => rounds.at(-1)))).toFixed(1)}`);
    console.log(`round ${round + 1}, texts/s: ${speeds.join(', ')}`);
  }
  await page.close();
  console.log(`All give the same vectors: least cosine ${leastCosine.toFixed(6)}.`);
  return report(entrants, seconds, { rounds, threads, texts: TEXTS, longerThanModel: longer, leastCosine });
}

function report(entrants, seconds, facts) {
  const speeds = (pick) => Object.fromEntries(entrants.map(({ name }) => [name, rounded(TEXTS / sum(seconds[name].map(pick)))]));
  const ratiosOf = (speed) => Object.fromEntries(entrants.slice(1).map(({ name }) => [name, rounded(speed.rockpool / speed[name])]));
  const textsPerSecond = speeds(median);
  const ratios = ratiosOf(textsPerSecond);
  // Noise only ever adds time: on a busy machine the fastest turns say more than the median ones.
  const best = speeds((rounds) => Math.min(...rounds));
  const bestRatios = ratiosOf(best);
  const goals = Object.fromEntries(entrants.filter(({ goal }) => goal).map(({ name, goal }) => [name, goal]));
  const rows = entrants.map(({ name, label, goal }) => [
    label,
    textsPerSecond[name].toFixed(1),
    ratios[name]?.toFixed(2) ?? '',
    goal ? `≥ ${goal.toFixed(2)}` : '',
    best[name].toFixed(1),
    bestRatios[name]?.toFixed(2) ?? '',
  ]);
  console.log(`\n${table(['', 'texts/s', 'rockpool is × as fast', 'goal', 'best texts/s', 'ratio of best'], rows)}`);
  const missed = Object.keys(goals).filter((name) => ratios[name] < goals[name]);
  console.log(missed.length > 0 ? `\nGoals not reached: ${missed.join(', ')}.` : '\nAll goals reached.');
  return { bench: 'throughput', ratios, goals, textsPerSecond, best: { ratios: bestRatios, textsPerSecond: best }, seconds, ...facts };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const rounded = (value) => Math.round(value * 1000) / 1000;
