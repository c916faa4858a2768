/** A model and a batch size in, its speed out: the median of a few calls, after one that does not count. */
import type { LLM } from 'rockpool';

export interface Speed {
  batch: number;
  /** Of one call. */
  ms: number;
  tokensPerSecond: number;
}

export const tokensPerText = 64;
/** Calls go on until both are reached. */
const least = { calls: 2, ms: 600 };
const most = 7;

export async function measure(llm: Pick<LLM, 'embed'>, texts: readonly string[], batch: number, signal: AbortSignal): Promise<Speed> {
  const prompts = Array.from({ length: batch }, (_, i) => texts[i % texts.length]!);
  const options = { signal, truncatePromptTokens: tokensPerText };
  const outs = await llm.embed(prompts, options);
  const tokens = outs.reduce((sum, out) => sum + out.prompt_token_ids.length, 0);
  const times: number[] = [];
  for (let spent = 0; times.length < least.calls || (spent < least.ms && times.length < most);) {
    const began = performance.now();
    await llm.embed(prompts, options);
    times.push(performance.now() - began);
    spent += times.at(-1)!;
  }
  const ms = median(times);
  return { batch, ms, tokensPerSecond: (tokens / ms) * 1000 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
