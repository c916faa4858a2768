/**
 * Models in; out, the same for a program to use, and what its calls have taken together. Requests say it in their answers' headers, as every server of
 * rockpool does (`Server-Timing`, `x-compute-tokens`); direct calls tell their progress.
 */
import type { CallProgress, LLM, Timings } from 'rockpool';
import type { Measured } from '../frame/timing-parts.ts';

export interface Meter {
  measured(llm: LLM): LLM;
  /** Null: nothing was computed. */
  sum(): Measured | null;
}

/** Which argument has the options. */
const optionsAt = { embed: 1, encode: 1, tokenEmbed: 1, classify: 1, tokenClassify: 1, reward: 1, score: 2, rerank: 2 } as const;
type Method = keyof typeof optionsAt;

const stages = ['tokenize', 'queue', 'infer', 'pool', 'total'] as const;

export function createMeter(): Meter {
  let sum: Measured | null = null;
  const add = (llm: LLM, began: number, tokens: number, timings: Timings) => {
    const before = sum ?? { tokens: 0, timings: { tokenize: 0, queue: 0, infer: 0, pool: 0, total: 0 }, ms: 0 };
    const all = { ...timings };
    for (const stage of stages) all[stage] += before.timings[stage];
    const ms = before.ms + performance.now() - began;
    sum = { tokens: before.tokens + tokens, timings: all, ms, device: llm.info.device === 'webgpu' ? 'webgpu' : 'wasm' };
  };

  const fetchOf =
    (llm: LLM): typeof fetch =>
    async (input, init) => {
      const began = performance.now();
      const response = await llm.fetch(input, init);
      const timings = timingsOf(response.headers.get('Server-Timing') ?? '');
      if (timings) add(llm, began, Number(response.headers.get('x-compute-tokens')), timings);
      return response;
    };
  const callOf =
    (llm: LLM, name: Method) =>
    async (...given: unknown[]): Promise<unknown> => {
      const at = optionsAt[name];
      const options = given[at] as { onProgress?: (progress: CallProgress) => void } | undefined;
      const began = performance.now();
      let last: CallProgress | null = null;
      const onProgress = (progress: CallProgress) => {
        last = progress;
        options?.onProgress?.(progress);
      };
      const method = llm[name] as unknown as (...values: unknown[]) => Promise<unknown>;
      const result = await method.apply(llm, [...given.slice(0, at), { ...options, onProgress }]);
      if (last) add(llm, began, (last as CallProgress).tokens, (last as CallProgress).timings);
      return result;
    };

  return {
    measured: (llm) =>
      new Proxy(llm, {
        get(target, name) {
          if (name === 'fetch') return fetchOf(target);
          if (Object.hasOwn(optionsAt, name)) return callOf(target, name as Method);
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' && name !== 'constructor' ? value.bind(target) : value;
        },
      }),
    sum: () => sum,
  };
}

/** `infer;dur=12.30, pool;dur=0.10, …`; null if a stage is missing: that answer was not computed. */
function timingsOf(header: string): Timings | null {
  const found = new Map([...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]));
  if (stages.some((stage) => !found.has(stage))) return null;
  return Object.fromEntries(stages.map((stage) => [stage, found.get(stage)!])) as unknown as Timings;
}
