/** One contender in a process of its own: builds its index, then answers queries and says how long each took. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Rows } from './rows.mjs';
import { contenders, HNSW } from './contenders.mjs';

const WARM = 5;
let index;

process.on('message', async ({ build, queries, ask }) => {
  try {
    if (build) process.send({ built: await construct(build) });
    else if (queries) await prepare(queries);
    else process.send({ answers: await answers(ask) });
  } catch (error) {
    // Some throw what is no Error.
    process.send({ failed: String(error?.message ?? error) });
  }
});

async function construct({ name, file, width, count, folder }) {
  const { options, scan, peer } = contenders.find((one) => one.name === name);
  const rows = new Rows(file, width);
  const load = (module) => import(pathToFileURL(join(folder, module)));
  const ours = peer ? null : await import('./rockpool.mjs');
  const theirs = peer ? (await load('peers.mjs'))[peer] : null;
  const before = resident();
  const begin = performance.now();
  if (ours) index = await ours.build(rows, count, options);
  else {
    let prepared = [];
    const search = await theirs(rows, count, width, HNSW);
    index = { prepare: (some) => (prepared = some), search: (query, k) => search(prepared[query], k) };
  }
  const seconds = (performance.now() - begin) / 1000;
  const bytes = resident() - before;
  if (ours) index.scan = ours.buildScan(await load('vector-table.mjs'), rows, count, width, scan);
  return { seconds, bytes, vectorBytes: index.vectorBytes ?? null };
}

/** Copies: what comes in a message lies amid other bytes, and not every native module looks where. */
async function prepare(received) {
  const queries = received.map((query) => query.slice());
  index.prepare(queries);
  index.queries = queries;
  process.send({ prepared: await answers({ numbers: queries.slice(0, WARM).map((_, i) => i), k: 10 }) });
}

async function answers({ numbers, k }) {
  const found = [];
  for (const query of numbers) {
    const begin = performance.now();
    const rows = await index.search(query, k);
    const ms = performance.now() - begin;
    found.push({ query, rows, ms, scanMs: scanMs(query) });
  }
  return found;
}

function scanMs(query) {
  if (!index.scan) return null;
  const begin = performance.now();
  index.scan(index.queries[query]);
  return performance.now() - begin;
}

function resident() {
  globalThis.gc();
  return process.memoryUsage().rss;
}
