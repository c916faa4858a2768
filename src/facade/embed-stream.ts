/** A source of prompts, perhaps endless -> their outputs one by one in order, in the memory of two groups. */
import { PoolingError } from '../errors.ts';
import type { Prompt } from '../types.ts';
import { within } from '../within.ts';

type Source<T> = Iterable<T> | AsyncIterable<T>;

/**
 * While the outputs of one group are taken by the consumer, the next group is computed, and no more than that: a consumer that stops asking
 * stops the source. Leaving the loop early ends the source and aborts what is under way.
 */
export async function* embedStream<Output>(
  source: Source<Prompt>,
  window: number,
  embed: (prompts: Prompt[], signal: AbortSignal) => Promise<Output[]>,
  signal?: AbortSignal,
): AsyncGenerator<Output, void, undefined> {
  if (typeof source === 'string')
    throw new PoolingError('invalid-input', 'embedStream takes an iterable of prompts; a string is one prompt: use embed.');
  const left = new AbortController();
  const ended = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const next = async (): Promise<Output[]> => {
    const group = await take(iterator, window, ended);
    return group.length > 0 ? embed(group, ended) : [];
  };
  try {
    for (let current = next(); ;) {
      const outputs = await current;
      if (outputs.length === 0) return;
      current = next();
      // Awaited in the next round; if the consumer leaves before, nobody is left to hear of it.
      current.catch(() => {});
      yield* outputs;
    }
  } finally {
    left.abort();
    // Not awaited: a source that is stuck in next() would hold the consumer in its loop.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

async function take<T>(iterator: Iterator<T> | AsyncIterator<T>, count: number, ended: AbortSignal): Promise<T[]> {
  const group: T[] = [];
  while (group.length < count) {
    // A source that never answers must not hold a caller who gives up.
    const { done, value } = await within(Infinity, ended, Promise.resolve(iterator.next()));
    if (done) break;
    group.push(value);
  }
  return group;
}
