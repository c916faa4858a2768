/**
 * What the server costs beside the engine: `node bench/server.mjs`, with
 *
 *   --json FILE    writes the numbers as well
 *   --requests N   requests of each kind, one at a time (200)
 *
 * The server is a process of its own, on loopback. The engine's own time is what the answer's Server-Timing says; all else of the time that the client
 * sees is overhead: the client, two sockets, the server. GET /version, in turn with the others, is the same without JSON and without a model.
 */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { modelFolder } from '../e2e/clients/model-folder.mjs';
import { describeMachine } from './machine.mjs';
import { clientOf, mixedRequest, startServer, tinyModels } from './server-client.mjs';
import { median, percentile, table } from './table.mjs';

const GOAL_MS = 2;
const AT_ONCE = 1_000;
const WARM = 30;
const root = resolve(import.meta.dirname, '..');
const folders = { 'tiny-bert': 'e2e/models/tiny-bert', 'all-MiniLM-L6-v2': 'models/all-MiniLM-L6-v2' };

const { values: options } = parseArgs({ options: { json: { type: 'string' }, requests: { type: 'string' } } });
const machine = await describeMachine();
console.log(`${machine.summary}\n`);
const overhead = await oneByOne(Number(options.requests ?? 200));
const together = [await mixed(), ...(await ofOneModel())];
reportTogether(together);
if (options.json)
  await writeFile(options.json, `${JSON.stringify({ bench: 'server', goalMs: GOAL_MS, overhead, together, machine }, null, 2)}\n`);

/** One request at a time: nothing waits, so that what is not the engine is the server's and the client's. */
async function oneByOne(requests) {
  const server = await startServer(Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, { folder }])));
  const client = clientOf(server.url, 1);
  const text = (i) => `The capital of country number ${i} is a city of which this text says little.`;
  const texts = (i) => Array.from({ length: 16 }, (_, k) => text(i * 16 + k));
  const kinds = Object.keys(folders).flatMap((model) =>
    // OpenAI's clients ask for base64 unless they are told not to.
    ['float', 'base64'].flatMap((encoding_format) => [
      { name: `${model}, one text, ${encoding_format}`, ask: (i) => ['/v1/embeddings', { model, input: text(i), encoding_format }] },
      { name: `${model}, 16 texts, ${encoding_format}`, ask: (i) => ['/v1/embeddings', { model, input: texts(i), encoding_format }] },
    ]),
  );
  const runs = kinds.map(() => []);
  const bare = [];
  for (let i = -WARM; i < requests; i++) {
    for (let place = 0; place < kinds.length; place++) {
      const which = (place + i + WARM) % kinds.length;
      const { ms: bareMs } = await client.ask('/version');
      const run = await client.ask(...kinds[which].ask(i));
      if (run.status !== 200 || !run.timing) throw new Error(`${kinds[which].name}: ${run.status} ${run.body}`);
      if (i < 0) continue;
      bare.push(bareMs);
      runs[which].push({
        total: run.ms,
        engine: run.timing.engine,
        overhead: run.ms - run.timing.engine,
        server: run.timing.server - run.timing.engine,
      });
    }
  }
  client.close();
  await server.stop();
  const of = (list, key, share = 0.5) =>
    rounded(
      percentile(
        list.map((run) => run[key]),
        share,
      ),
    );
  const results = kinds.map(({ name }, i) => ({
    name,
    totalMs: [0.5, 0.95, 0.99].map((share) => of(runs[i], 'total', share)),
    engineMs: of(runs[i], 'engine'),
    overheadMs: [0.5, 0.95, 0.99].map((share) => of(runs[i], 'overhead', share)),
    inServerMs: of(runs[i], 'server'),
  }));
  const rows = results.map(({ name, totalMs, engineMs, overheadMs, inServerMs }) =>
    [name, ...totalMs, engineMs, ...overheadMs, inServerMs].map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)),
  );
  const head = ['one at a time, ms', 'p50', 'p95', 'p99', 'engine p50', 'overhead p50', 'p95', 'p99', 'of it in the handler'];
  console.log(table(head, rows));
  const bareMs = rounded(median(bare));
  const share = (bareMs / median(results.map(({ overheadMs }) => overheadMs[0]))) * 100;
  console.log(`\nGET /version takes ${bareMs.toFixed(2)} ms, ${share.toFixed(0)} % of the median overhead.`);
  const missed = results.filter(({ overheadMs }) => overheadMs[0] > GOAL_MS).map(({ name }) => name);
  console.log(
    missed.length > 0
      ? `Goal of ${GOAL_MS} ms (median) not reached: ${missed.join('; ')}.\n`
      : `All medians are within the goal of ${GOAL_MS} ms.\n`,
  );
  return { results, bareMs, requests };
}

/** All at once, of every kind, over three models on one handler. */
async function mixed() {
  const server = await startServer(tinyModels);
  const result = await atOnce(server.url, mixedRequest);
  await server.stop();
  return { name: 'three tiny models, all routes', ...result };
}

/** All at once to one model; beside it as many calls at once of the engine with no server, here. */
async function ofOneModel() {
  const { LLM } = await import(join(root, 'dist/edge.js'));
  const results = [];
  for (const [model, folder] of Object.entries(folders)) {
    const text = (i) => `document ${i}: ${'and so on '.repeat(i % 9)}`;
    const server = await startServer({ [model]: { folder } });
    const result = await atOnce(server.url, (i) => ['/v1/embeddings', { model, input: text(i), encoding_format: 'base64' }]);
    await server.stop();
    const llm = await LLM.load(modelFolder(folder), { onLog: () => {} });
    const direct = await best(async () => {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => llm.embed(text(i))));
    });
    await llm.dispose();
    results.push({
      name: `${model}, one text a request`,
      ...result,
      directPerSecond: rounded(AT_ONCE / direct),
      ofDirect: rounded(result.perSecond / (AT_ONCE / direct)),
    });
  }
  return results;
}

async function atOnce(url, requestOf) {
  let runs;
  const seconds = await best(async () => {
    // New sockets: Node's server closes those that were idle for five seconds, and a request may be on its way there.
    const client = clientOf(url, Infinity);
    runs = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => client.ask(...requestOf(i))));
    const wrong = runs.find(({ status }) => status !== 200);
    if (wrong) throw new Error(`${wrong.status} ${wrong.body}`);
    client.close();
  });
  const ms = runs.map((run) => run.ms);
  const inServer = runs.flatMap(({ timing }) => (timing ? [timing.server - timing.engine] : []));
  return {
    perSecond: rounded(AT_ONCE / seconds),
    totalMs: [0.5, 0.95, 0.99].map((share) => rounded(percentile(ms, share))),
    inServerMs: [0.5, 0.95, 0.99].map((share) => rounded(percentile(inServer, share))),
  };
}

function reportTogether(results) {
  const rows = results.map(({ name, perSecond, totalMs, inServerMs, directPerSecond, ofDirect }) => [
    name,
    perSecond.toFixed(0),
    ...totalMs.map((ms) => ms.toFixed(0)),
    inServerMs[0].toFixed(2),
    directPerSecond?.toFixed(0) ?? '',
    ofDirect?.toFixed(2) ?? '',
  ]);
  const head = [
    `${AT_ONCE} at once`,
    'requests/s',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'not in the engine, p50 ms',
    'calls/s with no server',
    'ratio',
  ];
  console.log(table(head, rows));
}

/** Seconds: the least of three, after one that does not count. Noise only ever adds time. */
async function best(work) {
  await work();
  const times = [];
  for (let round = 0; round < 3; round++) {
    const begin = performance.now();
    await work();
    times.push((performance.now() - begin) / 1000);
  }
  return Math.min(...times);
}

function rounded(value) {
  return Math.round(value * 1000) / 1000;
}
