/** The page of the long-text bench: one text of 3 million tokens, a tiny model with the tokenizer of a large one, chunked processing. */
import type { LLM } from '../../src/index.ts';

/** The worker's code is hot and its heap has its size after this much. */
const WARM_UP_CHARS = 60_000;

let text: string;
let llm: LLM;

export async function open(threads: number, maxEmbedLen: number): Promise<void> {
  const { body } = await fetch('/bench/data/long.txt.gz');
  text = await new Response(body!.pipeThrough(new DecompressionStream('gzip'))).text();
  const rockpool = (await import('/dist/index.js' as string)) as typeof import('../../src/index.ts');
  llm = await rockpool.LLM.load('/e2e/models/tiny-bert', {
    device: 'wasm',
    dtype: 'fp32',
    threads,
    overridePoolerConfig: { pooling_type: 'MEAN', normalize: true, enable_chunked_processing: true, max_embed_len: maxEmbedLen },
    onLog: () => {},
  });
  await llm.embed(text.slice(0, WARM_UP_CHARS));
}

/** Keeps only what will be embedded: the caller's own text counts as idle memory. */
export function keep(chars: number): void {
  text = [...chunksOf(text.slice(0, chars))].join('');
}

/** A slice keeps the whole string alive; a joined copy does not. */
function* chunksOf(whole: string, size = 65_536): Generator<string> {
  for (let start = 0; start < whole.length; start += size) yield whole.slice(start, start + size);
}

export interface LongRun {
  seconds: number;
  tokens: number;
  timings: { tokenize: number; infer: number; pool: number };
  norm: number;
}

export async function embed(): Promise<LongRun> {
  let timings = { tokenize: 0, infer: 0, pool: 0 };
  const begin = performance.now();
  const [output] = await llm.embed(text, { onProgress: (progress) => (timings = progress.timings) });
  const seconds = (performance.now() - begin) / 1000;
  const { tokenize, infer, pool } = timings;
  return {
    seconds,
    tokens: output!.prompt_token_ids.length,
    timings: { tokenize, infer, pool },
    norm: Math.hypot(...output!.outputs.embedding),
  };
}

/** Aborts once `stage` is under way. Milliseconds until the call rejects, and until a short call after it is answered. */
export async function abort(stage: 'tokenize' | 'infer'): Promise<{ rejects: number; nextCall: number; code: string }> {
  const controller = new AbortController();
  let begin = 0;
  const stop = () => {
    begin = performance.now();
    controller.abort();
  };
  if (stage === 'tokenize') setTimeout(stop, 300);
  const onProgress = () => {
    if (begin === 0) stop();
  };
  const code = await llm.embed(text, { signal: controller.signal, onProgress }).then(
    () => 'not aborted',
    (error: { code: string }) => error.code,
  );
  const rejects = performance.now() - begin;
  await llm.embed('And on it goes.');
  return { rejects, nextCall: performance.now() - begin, code };
}
