/** The kept vectors over a database in memory: later visits, tabs side by side, damage, another model, no room. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ModelHost, ModelState } from '../model/model-host.ts';
import { createStore } from '../ui/store.ts';
import { Indexer } from './indexer.ts';
import type { Package } from './packages.ts';
import { VectorIndex } from './vector-index.ts';

vi.mock('rockpool', () => ({ PoolingError: class PoolingError extends Error {} }));

/** One holder at a time, as navigator.locks has it: Node 20 has none. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request(_: string, { signal }: { signal: AbortSignal }, step: () => Promise<unknown>) {
      const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      const mine = Promise.race([last, aborted]).then(step);
      last = Promise.all([last, mine.catch(() => {})]);
      return mine;
    },
  };
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('navigator', { locks: fakeLocks() });
});

const count = 100;
const packagesOf = (word: string): Package[] =>
  Array.from({ length: count }, (_, i) => ({ name: `p${i}`, section: 's', title: `${word} ${i}`, body: 'b' }));

/** A unit vector that is the text's alone. */
function vectorOf(text: string, turn = 0): Float32Array {
  const angle = [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 6283, 7) / 1000 + turn;
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

interface Visit {
  indexer: Indexer;
  vectors: VectorIndex;
  /** Texts of packages that the model was given. */
  computed: string[];
  until(kind: string): Promise<void>;
}

/** A tab with the page. `turn`: another model. `most`: texts after which the model never answers. */
function visit({ word = 'package', turn = 0, most = Infinity } = {}): Visit {
  const computed: string[] = [];
  const embed = async (given: string[] | string) => {
    const texts = [given].flat();
    const own = texts.filter((text) => text.endsWith('. b'));
    if (computed.length + own.length > most) return new Promise(() => {});
    computed.push(...own);
    await Promise.resolve();
    return texts.map((text) => ({ prompt_token_ids: [1], outputs: { embedding: vectorOf(text, turn) } }));
  };
  const vectors = new VectorIndex(count);
  const state = createStore<ModelState>({ kind: 'ready', llm: { embed } } as unknown as ModelState);
  const corpus = { state: createStore({ packages: packagesOf(word) }), vectors };
  const indexer = new Indexer(corpus, { state } as unknown as ModelHost);
  const until = (kind: string) => vi.waitFor(() => expect(indexer.state.get().kind).toBe(kind), { timeout: 20_000 });
  return { indexer, vectors, computed, until };
}

/** Closed, and its lock with it. */
function gone({ indexer }: Visit): void {
  indexer.pause();
  vi.stubGlobal('navigator', { locks: fakeLocks() });
}

function expectWhole({ vectors }: Visit, word = 'package', turn = 0): void {
  const { data, count: rows } = vectors.rows();
  expect(rows).toBe(count);
  packagesOf(word).forEach(({ title, body }, i) =>
    expect(data.slice(i * 2, i * 2 + 2), `vector ${i}`).toEqual(vectorOf(`${title}. ${body}`, turn)),
  );
}

/** As a disk, or another page, may leave it. */
async function change(step: (run: { from: number; rows: Float32Array }, end: number) => unknown): Promise<void> {
  const db = await openDB('rockpool-demo-packages');
  const keys = (await db.getAllKeys('runs')) as number[];
  const end = keys.at(-2)!;
  await db.put('runs', step((await db.get('runs', end)) as never, end), end);
  db.close();
}

test('a later visit goes on where an earlier one ended, and computes nothing twice', async () => {
  const first = visit({ most: 60 });
  await vi.waitFor(() => expect(first.indexer.state.get().done).toBeGreaterThan(20), { timeout: 20_000 });
  const { done } = first.indexer.state.get();
  gone(first);

  const second = visit();
  await second.until('done');
  expect(second.indexer.state.get()).toMatchObject({ found: done, lost: null, keeps: true });
  expect(second.computed).toHaveLength(count - done);
  expect(first.computed.filter((text) => second.computed.includes(text))).toEqual([]);
  expectWhole(second);

  const third = visit();
  await third.until('done');
  expect(third.computed).toEqual([]);
  expect(third.indexer.state.get()).toMatchObject({ found: count, ms: 0 });
  expectWhole(third);
});

test('two tabs at once compute each vector once, and both have all of them', async () => {
  const tabs = [visit(), visit()];
  for (const tab of tabs) await tab.until('done');
  const computed = tabs.flatMap((tab) => tab.computed);
  expect(computed).toHaveLength(count);
  expect(new Set(computed).size).toBe(count);
  for (const tab of tabs) expectWhole(tab);
});

test('a tab that fell asleep in its turn holds up no other', async () => {
  const asleep = visit({ most: 20 });
  await vi.waitFor(() => expect(asleep.computed.length).toBeGreaterThan(5), { timeout: 20_000 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const awake = visit();
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await vi.advanceTimersByTimeAsync(10_000);
  await awake.until('done');
  vi.useRealTimers();
  expectWhole(awake);
});

const damages: [string, Parameters<typeof change>[0]][] = [
  ['a changed value', (run) => (run.rows.set([0.5], 3), run)],
  ['vectors that are missing', (run) => ({ ...run, rows: run.rows.slice(2) })],
  ['a gap', (run) => ({ ...run, from: run.from + 1 })],
  ['something else', () => 'nonsense'],
];
test.each(damages)('%s: told, and only what was damaged and what follows is computed anew', async (_, damage) => {
  await visit().until('done');
  let sound = 0;
  await change((run, end) => ((sound = end - run.rows.length / 2), damage(run, end)));
  const again = visit();
  await again.until('done');
  expect(again.indexer.state.get()).toMatchObject({ lost: 'damaged', found: sound });
  expect(again.computed).toHaveLength(count - sound);
  expectWhole(again);
  const last = visit();
  await last.until('done');
  expect(last.computed).toEqual([]);
  expect(last.indexer.state.get().lost).toBe(null);
});

const others: [string, { word?: string; turn?: number }][] = [
  ['another model', { turn: 1 }],
  ['other texts', { word: 'parcel' }],
];
test.each(others)('vectors of %s are told, and replaced; a tab that has the others leaves these alone', async (_, other) => {
  const old = visit({ most: 60 });
  await vi.waitFor(() => expect(old.computed.length).toBeGreaterThan(20), { timeout: 20_000 });
  gone(old);
  const first = visit(other);
  await first.until('done');
  expect(first.indexer.state.get()).toMatchObject({ lost: 'foreign', found: 0 });
  expectWhole(first, other.word, other.turn);

  const late = visit();
  await late.until('done');
  const again = visit(other);
  await again.until('done');
  expect(again.indexer.state.get().lost).toBe('foreign');

  late.indexer.restart();
  await late.until('done');
  expect(late.indexer.state.get().keeps).toBe(false);
  const mine = visit(other);
  await mine.until('done');
  expect(mine.computed).toEqual([]);
  expectWhole(mine, other.word, other.turn);
});

test('what is cancelled is not kept, and indexed again it is computed again', async () => {
  const tab = visit();
  await tab.until('done');
  tab.indexer.cancel();
  await vi.waitFor(async () => {
    const db = await openDB('rockpool-demo-packages');
    expect(await db.count('runs')).toBe(0);
    db.close();
  });
  tab.computed.length = 0;
  tab.indexer.restart();
  await tab.until('done');
  expect(tab.computed).toHaveLength(count);
  expect(tab.indexer.state.get().found).toBe(0);
});

test('without room, or without a database, the vectors are there all the same, and it is said that they are not kept', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const full = visit();
  await full.until('done');
  put.mockRestore();
  expect(full.indexer.state.get()).toMatchObject({ keeps: false, found: 0 });
  expectWhole(full);

  vi.stubGlobal('navigator', {});
  const none = visit();
  await none.until('done');
  expect(none.indexer.state.get().keeps).toBe(false);
  expectWhole(none);
});
