/**
 * Whether a server under steady load grows: `node bench/server-soak.mjs`, with
 *
 *   --minutes N    how long (10)
 *   --json FILE    writes the numbers as well
 *
 * Eight clients ask the server, a process of its own, for everything that it has, and now and then for what it refuses, or leave before the answer. Its
 * memory is read every few seconds with its garbage collected. Fails if the median of the second half is more than 3 % above that of the first, if a
 * request has another status than it should, or another answer than the first time.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.mjs';
import { clientOf, mixedRequest, startServer, tinyModels } from './server-client.mjs';
import { median, percentile, table } from './table.mjs';

const CLIENTS = 8;
const SAMPLE_MS = 5_000;
/** The code is compiled and the heap has its size after this share of the time. */
const WARM = 0.1;
const GROWTH = 0.03;
const KINDS = 90;
const TOLERANCE = 1e-5;

const { values: options } = parseArgs({ options: { json: { type: 'string' }, minutes: { type: 'string' } } });
const minutes = Number(options.minutes ?? 10);
const machine = await describeMachine();
console.log(`${machine.summary}\n\n${minutes} minutes of ${CLIENTS} clients, each with its next request as soon as it has its answer.\n`);

const server = await startServer(tinyModels, { execArgv: ['--expose-gc'] });
const { ask, close } = clientOf(server.url, CLIENTS);
const end = performance.now() + minutes * 60_000;
const samples = [];
const firsts = new Map();
let latencies = [];
let [count, left, refused, worst] = [0, 0, 0, 0];
await Promise.all([sample(), ...Array.from({ length: CLIENTS }, (_, i) => load(i))]);
const { server_load: open } = JSON.parse((await ask('/load')).body);
close();
await server.stop();
report();

async function load(client) {
  for (let i = client; performance.now() < end; i += CLIENTS) {
    if (i % 50 === 7) await leave(i);
    else if (i % 50 === 23) await beRefused(i);
    else await beAnswered(i % KINDS);
  }
}

async function beAnswered(i) {
  const { status, ms, body } = await ask(...mixedRequest(i));
  if (status !== 200) throw new Error(`${JSON.stringify(mixedRequest(i))}: ${status} ${body}`);
  count++;
  latencies.push(ms);
  const values = valuesOf(body);
  const first = firsts.get(i);
  if (!first) return void firsts.set(i, values);
  const off = values.length === first.length ? Math.max(...values.map((value, at) => Math.abs(value - first[at]))) : Infinity;
  if (!(off < TOLERANCE)) throw new Error(`${JSON.stringify(mixedRequest(i))} was answered differently, by ${off}.`);
  worst = Math.max(worst, off);
}

async function beRefused(i) {
  const bodies = [
    { model: 'nobody', input: 'a' },
    { input: [1.5] },
    { model: 'reranker', input: 'a' },
    { model: 'embedder', input: 'a '.repeat(2_000) },
  ];
  const { status } = await ask('/v1/embeddings', bodies[i % bodies.length]);
  if (status !== 400 && status !== 404) throw new Error(`${JSON.stringify(bodies[i % bodies.length]).slice(0, 100)}: ${status}`);
  refused++;
}

async function leave(i) {
  const body = JSON.stringify({ model: 'embedder', input: Array.from({ length: 40 }, (_, k) => `a text that nobody waits for ${i} ${k}`) });
  const signal = AbortSignal.timeout(1 + (i % 20));
  await fetch(`${server.url}/v1/embeddings`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, signal })
    .then((response) => response.arrayBuffer())
    .catch((error) => {
      if (error.name !== 'TimeoutError') throw error;
    });
  left++;
}

/** All numbers of an answer but those that are another each time. Scores by document, not by rank: equals may change places. */
function valuesOf(body) {
  // Raw bytes begin with no brace, or would be no JSON.
  if (body[0] !== 0x7b) return [...new Float32Array(Uint8Array.from(body).buffer)];
  const { created: _created, id: _id, results, ...rest } = JSON.parse(body);
  const values = [];
  JSON.stringify({ ...rest, results: results?.toSorted((a, b) => a.index - b.index) }, (key, value) => {
    if (key === 'embedding' && typeof value === 'string')
      values.push(...new Float32Array(Uint8Array.from(Buffer.from(value, 'base64')).buffer));
    else if (typeof value === 'number') values.push(value);
    return value;
  });
  return values;
}

async function sample() {
  const begin = performance.now();
  let before = 0;
  while (performance.now() < end) {
    await sleep(Math.min(SAMPLE_MS, end - performance.now()));
    const { rss, heapUsed, external, arrayBuffers } = await server.memory();
    const seconds = (performance.now() - begin) / 1000;
    samples.push({ seconds, rss, heapUsed, external, arrayBuffers, perSecond: (count - before) / (SAMPLE_MS / 1000), ms: latencies });
    [before, latencies] = [count, []];
    if (samples.length % Math.max(1, Math.round(minutes * 0.6)) === 0)
      console.log(`${seconds.toFixed(0)} s: ${count} requests, ${mib(rss)} MiB, heap ${mib(heapUsed)} MiB`);
  }
}

function report() {
  const measured = samples.filter(({ seconds }) => seconds > minutes * 60 * WARM);
  const half = Math.floor(measured.length / 2);
  const [first, second] = [measured.slice(0, half), measured.slice(half)];
  const kinds = {
    rss: 'process (RSS)',
    heapUsed: 'heap after garbage collection',
    external: 'outside the heap',
    arrayBuffers: 'of it array buffers',
  };
  const growth = {};
  const rows = Object.entries(kinds).map(([kind, name]) => {
    const [a, b] = [first, second].map((part) => median(part.map((one) => one[kind])));
    growth[kind] = Math.round((b / a - 1) * 1e4) / 1e4;
    return [name, mib(a), mib(b), `${(growth[kind] * 100).toFixed(2)} %`];
  });
  console.log(`\n${table(['MiB, medians', 'first half', 'second half', 'growth'], rows)}`);
  const [p50, p99] = [0.5, 0.99].map((share) =>
    [first, second].map((part) =>
      percentile(
        part.flatMap(({ ms }) => ms),
        share,
      ).toFixed(1),
    ),
  );
  console.log(
    `\n${count} requests answered, ${refused} refused, ${left} left by their clients; worst difference to the first answer ${worst.toExponential(1)}.`,
  );
  console.log(`p50 ${p50.join(', then ')} ms; p99 ${p99.join(', then ')} ms. Under way at the end: ${open}.`);
  const grown = ['rss', 'heapUsed'].filter((kind) => growth[kind] > GROWTH);
  const well = grown.length === 0 && open === 0;
  console.log(
    well ? `No growth of more than ${GROWTH * 100} %.` : `NOT well: ${grown.map((kind) => kinds[kind]).join(', ') || 'requests are left'}.`,
  );
  if (!well) process.exitCode = 1;
  if (!options.json) return;
  const result = {
    bench: 'server-soak',
    minutes,
    count,
    refused,
    left,
    worst,
    growth,
    samples: samples.map(({ ms: _ms, ...rest }) => rest),
    machine,
  };
  return writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}
