/** Indexer against a model that is a function: slices, pause and resume, cancel, failure, a change of model. */
import { describe, expect, it, vi } from 'vitest';
import { createStore } from '../ui/store.ts';
import type { ModelHost, ModelState } from '../model/model-host.ts';
import { Indexer } from './indexer.ts';
import type { Package } from './packages.ts';
import { VectorIndex } from './vector-index.ts';

vi.mock('rockpool', () => ({ PoolingError: class PoolingError extends Error {} }));

type Embed = (texts: string[]) => Promise<unknown>;

const answer = (texts: string[]) => texts.map(() => ({ prompt_token_ids: [1, 2], outputs: { embedding: Float32Array.of(1, 0) } }));
const immediately: Embed = (texts) => Promise.resolve(answer(texts));
const ready = (embed: Embed) => ({ kind: 'ready', llm: { embed } }) as unknown as ModelState;

function setUp(model: ModelState, count = 100) {
  const packages: Package[] = Array.from({ length: count }, (_, i) => ({ name: `p${i}`, section: 's', title: 't', body: 'b' }));
  const corpus = { state: createStore({ packages }), vectors: new VectorIndex(count) };
  const state = createStore<ModelState>(model);
  const indexer = new Indexer(corpus, { state } as unknown as ModelHost);
  const until = (kind: string) => vi.waitFor(() => expect(indexer.state.get().kind).toBe(kind), { timeout: 20_000 });
  return { indexer, corpus, state, until };
}

describe('Indexer', () => {
  it('waits for the model, then embeds everything once, in order, in slices', async () => {
    const sizes: number[] = [];
    const { indexer, state, corpus, until } = setUp({ kind: 'looking' });
    expect(indexer.state.get().kind).toBe('waiting');
    state.set(ready((texts) => (sizes.push(texts.length), immediately(texts))));
    await until('done');
    expect(corpus.vectors.count).toBe(100);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((a, b) => a + b)).toBe(100);
    expect(indexer.state.get()).toMatchObject({ done: 100, tokens: 200 });
  });

  it('keeps what is done over a pause and goes on from there', async () => {
    let calls = 0;
    const stuckOnSecond: Embed = (texts) => (++calls === 2 ? new Promise(() => {}) : immediately(texts));
    const { indexer, corpus, until } = setUp(ready(stuckOnSecond));
    await vi.waitFor(() => expect(calls).toBe(2), { timeout: 20_000 });
    indexer.pause();
    const kept = corpus.vectors.count;
    expect(indexer.state.get()).toMatchObject({ kind: 'paused', done: kept });
    void indexer.start();
    await until('done');
    expect(corpus.vectors.count).toBe(100);
  });

  it('throws away the answer of a call that was stopped', async () => {
    let release: (outputs: unknown) => void = () => {};
    const { indexer, corpus } = setUp(ready(() => new Promise((resolve) => (release = resolve))));
    indexer.cancel();
    release(answer(['late']));
    await Promise.resolve();
    expect(corpus.vectors.count).toBe(0);
    expect(indexer.state.get()).toMatchObject({ kind: 'cancelled', done: 0 });
  });

  it('tells of a failure, and goes on with the next model', async () => {
    const { indexer, state, until } = setUp(ready(() => Promise.reject(new Error('no'))));
    await until('failed');
    state.set({ kind: 'looking' });
    expect(indexer.state.get().kind).toBe('waiting');
    state.set(ready(immediately));
    await until('done');
  });
});
