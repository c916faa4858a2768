/** Runs a slow call over a long list, slice by slice, and says how far it is: on a terminal in one line, in a log a line now and then. */
const LOG_EVERY_MS = 30_000;

export async function inSlices(what, items, call, slice = 64) {
  const begin = performance.now();
  let logged = begin;
  const results = [];
  const progress = (end) => {
    const seconds = (performance.now() - begin) / 1000;
    const text = `${what}: ${results.length} of ${items.length}, ${(results.length / seconds).toFixed(1)}/s, ${seconds.toFixed(0)} s`;
    process.stderr.write(process.stderr.isTTY && !end ? `\r${text}` : `${process.stderr.isTTY ? '\r' : ''}${text}\n`);
  };
  for (let from = 0; from < items.length; from += slice) {
    results.push(...(await call(items.slice(from, from + slice))));
    const now = performance.now();
    if (process.stderr.isTTY || now - logged >= LOG_EVERY_MS) {
      progress(false);
      logged = now;
    }
  }
  progress(true);
  return results;
}
