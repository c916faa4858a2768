/**
 * `node bench/edge-memory.mjs [FOLDER …]`: what demo/edge/cloudflare needs of the 128 MB that Cloudflare gives a Worker, in workerd. Linux, for
 * /proc. Without folders: tiny-bert, the shipped all-MiniLM-L6-v2, and the same in the int8 that transformers.js' models have, and in that of
 * demo/edge/cloudflare/prepare_model.py, which needs python3 with venv (scripts/fp32-model.mjs).
 *
 * Counted: WebAssembly's memory, which never shrinks, and V8's heap with the buffers outside it, at the moment when they are most. Beside them a
 * process holds machine code, which every isolate of it shares: that is in the last column, with everything else.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleWorker, privateMemory, startWorkerd, workerdsOf } from '../e2e/server/hosts/workerd.mjs';
import { withFp32Model } from '../scripts/fp32-model.mjs';

const require = createRequire(import.meta.url);
// Miniflare's own, for the inspector: Node 20 has no WebSocket.
const { WebSocket } = createRequire(require.resolve('miniflare'))('undici');
const root = resolve(import.meta.dirname, '..');
const mib = (bytes) => Math.round(bytes / 2 ** 20);

/** What transformers.js' conversion script does. */
const quantizeDynamic = `
import logging, sys, onnx
logging.disable()
from onnxruntime.quantization import QuantType, quantize_dynamic
types = {"DefaultTensorType": onnx.TensorProto.FLOAT}
quantize_dynamic(sys.argv[1], sys.argv[2], per_channel=True, weight_type=QuantType.QInt8, extra_options=types)
`;

/** onnxruntime-web makes one memory for all its sessions, and tells nobody. */
const hook = `
  const memories = (globalThis.memories = []);
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args) {
      const memory = Reflect.construct(target, args);
      memories.push(memory);
      return memory;
    },
  });`;
const entry = `
  import 'hook';
  import worker from '${join(root, 'demo/edge/cloudflare/worker.js')}';
  export default {
    fetch(request, env, context) {
      if (!request.url.endsWith('/memory')) return worker.fetch(request, env, context);
      return Response.json(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
    },
  };`;
const modules = await bundleWorker(join(root, 'bench/edge-memory-entry.js'), { [join(root, 'bench/edge-memory-entry.js')]: entry, hook });
const { script, wasm } = modules;
const size = (bytes) => `${(bytes.length / 1e6).toFixed(2)} MB, ${(gzipSync(bytes).length / 1e6).toFixed(2)} MB gzip`;
console.log(`The Worker: script ${size(Buffer.from(script))}; wasm ${size(wasm)}. Cloudflare's limit is 64 MiB.\n`);

/** V8's heap and the buffers outside it, whenever the isolate is free to tell. */
async function inspect(miniflare) {
  const address = String(await miniflare.getInspectorURL()).replace(/^ws/, 'http');
  const targets = await (await fetch(new URL('/json', address))).json();
  const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
  await new Promise((done, failed) => Object.assign(socket, { onopen: done, onerror: failed }));
  let id = 0;
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const { id: answered, result } = JSON.parse(data);
    waiting.get(answered)?.(result);
    waiting.delete(answered);
  };
  const usage = () =>
    new Promise((done) => {
      waiting.set(++id, done);
      socket.send(JSON.stringify({ id, method: 'Runtime.getHeapUsage' }));
    });
  return { usage, close: () => socket.close() };
}

async function measure(label, folder) {
  const files = async ({ url }) => {
    const file = await readFile(join(folder, decodeURIComponent(new URL(url).pathname))).catch(() => null);
    // With its length, as R2 and the static assets give it.
    return file ? new Response(file, { headers: { 'Content-Length': String(file.length) } }) : new Response('', { status: 404 });
  };
  const worker = await startWorkerd(modules, { inspectorPort: 0, serviceBindings: { ASSETS: files } });
  const [pid] = workerdsOf();
  const { usage, close } = await inspect(worker.miniflare);
  const most = { heap: 0, process: privateMemory(pid) };
  const idle = most.process;
  let isOver = false;
  const timer = setInterval(() => (most.process = Math.max(most.process, privateMemory(pid))), 10);
  const watching = (async () => {
    while (!isOver) {
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await usage();
      most.heap = Math.max(most.heap, usedSize + embedderHeapUsedSize + backingStorageSize);
      await new Promise((done) => setTimeout(done, 5));
    }
  })();
  const memory = async () => (await fetch(new URL('/memory', worker.url))).json();
  const embed = async (input) => {
    const begin = performance.now();
    const body = JSON.stringify({ input, truncate_prompt_tokens: -1 });
    // A connection of its own: workerd closes one that was open for five seconds, and a request on its way is lost.
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    const response = await fetch(new URL('/v1/embeddings', worker.url), { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
    return Math.round(performance.now() - begin);
  };
  try {
    const first = await embed('word');
    const loaded = await memory();
    const ms = await embed(Array.from({ length: 32 }, (_, i) => 'word '.repeat(50 + i)));
    await embed('word '.repeat(1_000));
    const end = await memory();
    isOver = true;
    await watching;
    const cells = [label, mib(loaded), mib(end), mib(most.heap), mib(end + most.heap), mib(most.process - idle), first, ms];
    console.log(`| ${cells.join(' | ')} |`);
  } finally {
    clearInterval(timer);
    close();
    await worker.stop();
  }
}

console.log(
  '| model | WebAssembly, loaded | the longest text | heap and buffers, at most | both, MiB of 122 | process above idle | first answer, ms | 32 texts, ms |',
);
console.log('|---|---|---|---|---|---|---|---|');
const folders = process.argv.slice(2);
for (const folder of folders) await measure(folder, resolve(folder));
if (folders.length === 0) {
  await withFp32Model(async (model) => {
    const tiny = join(dirname(model), 'tiny-bert');
    await cp(join(root, 'e2e/models/tiny-bert'), tiny, { recursive: true, filter: (path) => !/model_\w+\.onnx/.test(path) });
    await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(tiny, 'tokenizer.json'));
    await measure('tiny-bert, fp32, 4 MB', tiny);
    await measure('all-MiniLM-L6-v2 as shipped, int8 in blocks, 26 MB', join(root, 'models/all-MiniLM-L6-v2'));
    const python = join(dirname(model), 'venv/bin/python');
    const runtime = /^onnxruntime==.*$/m.exec(await readFile(join(root, 'e2e/oracle/requirements.txt'), 'utf8'))[0];
    const run = (...args) => execFileSync(python, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    run('-m', 'pip', 'install', '--quiet', runtime, 'onnx-ir==1.1.0');
    const fp32 = join(model, 'onnx/model.onnx');
    /** The model's other files, with weights that `make` writes. */
    const variant = async (name, make) => {
      const folder = join(dirname(model), name);
      await cp(model, folder, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
      await mkdir(join(folder, 'onnx'), { recursive: true });
      make(join(folder, 'onnx'));
      return folder;
    };
    const dynamic = await variant('dynamic', (onnx) => run('-c', quantizeDynamic, fp32, join(onnx, 'model_quantized.onnx')));
    await measure('all-MiniLM-L6-v2, quantize_dynamic, 23 MB', dynamic);
    const prepared = await variant('prepared', (onnx) => run(join(root, 'demo/edge/cloudflare/prepare_model.py'), fp32, onnx));
    await measure('all-MiniLM-L6-v2, prepare_model.py, 25 MB', prepared);
  });
}
