/** The page of the throughput bench: rockpool and its peers, each in a worker of its own, all given the same texts. */
import { wrap, type Remote } from 'comlink';
import type { LLM } from '../../src/index.ts';
import { DIMENSIONS, type Contender, type Variant } from './contender.ts';

const MODEL = 'all-MiniLM-L6-v2';
/** Long enough to warm the code up: V8 compiles what is hot, ORT its thread pool. */
const WARM_UP = 24;

type Run = (texts: readonly string[], variant: Variant) => Promise<Float32Array>;

const runs = new Map<string, Run>();
let texts: string[];
/** The vectors that the first contender gave, by the first text of the turn. */
const reference: Record<number, Float32Array> = {};
let llm: LLM;

/** Loads all contenders and embeds a few texts with each. Returns the token count of every text. */
export async function open(count: number, threads: number): Promise<number[]> {
  const packages = (await (await fetch('/demo/public/packages.json')).json()) as { body: string }[];
  texts = packages.slice(0, count).map(({ body }) => body);
  const rockpool = (await import('/dist/index.js' as string)) as typeof import('../../src/index.ts');
  llm = await rockpool.LLM.load(`/models/${MODEL}`, { device: 'wasm', threads, onLog: () => {} });
  runs.set('rockpool', embedWithRockpool);
  for (const name of ['transformers', 'bare-session']) {
    const worker: Remote<Contender> = wrap(new Worker(`/pages/${name}-worker.js`, { type: 'module' }));
    await worker.load({ model: MODEL, threads });
    runs.set(name, (given, variant) => worker.embed(given, variant));
  }
  for (const run of runs.values()) await run(texts.slice(0, WARM_UP), { batch: 8 });
  return (await llm.tokenize(texts)).map((output) => output.count);
}

async function embedWithRockpool(given: readonly string[]): Promise<Float32Array> {
  const outputs = await llm.embed(given, { truncatePromptTokens: -1 });
  const vectors = new Float32Array(given.length * DIMENSIONS);
  outputs.forEach(({ outputs: { embedding } }, i) => vectors.set(embedding, i * DIMENSIONS));
  return vectors;
}

/** One turn: some of the texts, timed from the page, which is what an application waits for. */
export async function turn(contender: string, variant: Variant, from: number, to: number): Promise<{ seconds: number; cosines: number[] }> {
  const begin = performance.now();
  const vectors = await runs.get(contender)!(texts.slice(from, to), variant);
  const seconds = (performance.now() - begin) / 1000;
  const expected = (reference[from] ??= vectors);
  return { seconds, cosines: Array.from({ length: to - from }, (_, i) => cosine(vectors, expected, i * DIMENSIONS)) };
}

/** All vectors are of unit length; that is checked by the way. */
function cosine(a: Float32Array, b: Float32Array, start: number): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = start; i < start + DIMENSIONS; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return Math.abs(aa - 1) + Math.abs(bb - 1) < 1e-3 ? dot / Math.sqrt(aa * bb) : 0;
}

export const threadsInUse = (): number => llm.info.threads;
