/** The contenders of one size -> a table, and a line for each that has no numbers. */
import { table } from '../table.mjs';

const HEAD = ['how', 'p50 ms', 'p95 ms', '× float32', 'recall@10', 'build s', 'vectors MiB', 'process MiB', 'scan ms'];

export function report(size, width, found, contenders) {
  const base = found.find(({ name }) => name === 'rockpool float32')?.p50;
  const rows = found.map((one) => [one.name, contenders.find(({ name }) => name === one.name).how ?? 'exact, WASM', ...numbers(one, base)]);
  const reasons = found.filter(({ failed }) => failed).map(({ name, failed }) => `- ${name}: ${failed}`);
  return [table([`${size} rows × ${width}`, ...HEAD], rows), ...reasons].join('\n');
}

function numbers({ failed, p50, p95, recall, seconds, bytes, vectorBytes, scanMs }, base) {
  if (failed) return HEAD.slice(1).map(() => '-');
  const mebibytes = (some) => (some / 2 ** 20).toFixed(some < 2 ** 20 * 10 ? 1 : 0);
  return [
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
