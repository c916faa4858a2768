/** All contenders of one size: each builds its index, one after the other; then they take turns with the same queries. */
import { median, percentile } from '../table.mjs';
import { startContender } from './process.mjs';

const K = 10;
/** Queries of a turn. */
const TURN = 10;
/** Seconds that a turn may take before who takes it is out. */
const TURN_LIMIT = 60;

/** -> for each contender `{ name, seconds, bytes, vectorBytes, least, p50, p95, recall, scanMs }`, or `{ name, failed }`. */
export async function measure(contenders, { corpus, count, queries, truth, buildLimit, expected }) {
  const running = [];
  const results = contenders.map(({ name }) => ({ name }));
  for (const [i, result] of results.entries()) {
    const { name, peer } = contenders[i];
    const guess = expected.get(name);
    if (guess > buildLimit) {
      result.failed = 'not tried: at the pace of the size before it would take too long to build';
      continue;
    }
    const contender = startContender();
    const { built, failed } = await contender.ask({ build: { name, count, ...corpus } }, buildLimit);
    console.error(`${count} rows, ${name}: ${built ? `built in ${built.seconds.toFixed(1)} s` : failed}`);
    // A peer may fail, and the table says so; a table without us says nothing.
    if (!built && !peer) throw new Error(`${name}: ${failed}`);
    Object.assign(result, built ?? { failed: `building: ${failed}` });
    if (built) running.push({ contender, result, answers: [] });
  }
  try {
    await takeTurns(running, queries);
  } finally {
    await Promise.all(running.map(({ contender }) => contender.stop()));
  }
  for (const { result, answers } of running) if (!result.failed) Object.assign(result, summary(answers, truth));
  return results;
}

async function takeTurns(running, queries) {
  for (const one of running) await ask(one, { queries });
  for (let from = 0, turn = 0; from < queries.length; from += TURN, turn++) {
    const numbers = Array.from({ length: Math.min(TURN, queries.length - from) }, (_, i) => from + i);
    for (let place = 0; place < running.length; place++) {
      const one = running[(place + turn) % running.length];
      const answers = await ask(one, { ask: { numbers, k: K } });
      if (answers) one.answers.push(...answers);
    }
  }
}

async function ask({ contender, result }, message) {
  if (result.failed) return null;
  const { answers, failed } = await contender.ask(message, TURN_LIMIT);
  if (failed) result.failed = `searching: ${failed}`;
  return answers;
}

function summary(answers, truth) {
  const ms = answers.map((answer) => answer.ms);
  const right = answers.map(({ query, rows }) => truth[query].filter((row) => rows.includes(row)).length);
  const scans = answers.map(({ scanMs }) => scanMs);
  return {
    least: Math.min(...ms),
    p50: median(ms),
    p95: percentile(ms, 0.95),
    recall: right.reduce((sum, count) => sum + count, 0) / (truth[0].length * answers.length),
    scanMs: scans[0] === null ? null : median(scans),
  };
}
