/** The contenders of one size -> a table, and a line for each that has no numbers; of all sizes, one table of the medians. */
import { table } from '../table.mjs';

const HEAD = ['how', 'least ms', 'p50 ms', 'p95 ms', '× float32', 'recall@10', 'build s', 'vectors MiB', 'process MiB', 'scan ms'];

const GOAL = { size: 100_000, contender: 'rockpool int8', ms: 10, recall: 0.99 };

export function report(size, width, found, contenders) {
  const base = found.find(({ name }) => name === 'rockpool float32')?.p50;
  const rows = found.map((one) => [one.name, contenders.find(({ name }) => name === one.name).how ?? 'exact, WASM', ...numbers(one, base)]);
  const reasons = found.filter(({ failed }) => failed).map(({ name, failed }) => `- ${name}: ${failed}`);
  return [table([`${size} rows × ${width}`, ...HEAD], rows), ...reasons].join('\n');
}

/** `results`: `{ size, found }` of each size. */
export function overview(results) {
  const rows = results[0].found.map(({ name }, i) => [name, ...results.map(({ found }) => found[i].p50?.toFixed(2) ?? '-')]);
  return table(['p50 ms of rows', ...results.map(({ size }) => size.toLocaleString('en'))], rows);
}

/** What the design promises of int8, and whether this run has it; nothing if it was not measured. */
export function verdict(results) {
  const { size, contender, ms, recall } = GOAL;
  const one = results.find((result) => result.size === size)?.found.find(({ name }) => name === contender);
  if (!one || one.failed) return '';
  const reached = one.p50 < ms && one.recall >= recall;
  return `\nGoal of ${contender} at ${size} rows, p50 below ${ms} ms and recall@10 of ${recall}: ${reached ? 'reached' : 'not reached'}.`;
}

function numbers({ failed, least, p50, p95, recall, seconds, bytes, vectorBytes, scanMs }, base) {
  if (failed) return HEAD.slice(1).map(() => '-');
  const mebibytes = (some) => (some / 2 ** 20).toFixed(some < 2 ** 20 * 10 ? 1 : 0);
  return [
    least.toFixed(2),
    p50.toFixed(2),
    p95.toFixed(2),
    base ? (p50 / base).toFixed(2) : '-',
    recall.toFixed(3),
    seconds.toFixed(1),
    vectorBytes === null ? '' : mebibytes(vectorBytes),
    mebibytes(bytes),
    scanMs === null ? '' : scanMs.toFixed(2),
  ];
}
