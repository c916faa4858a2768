/** Stored indexes over files, locks and a database in memory: each worker is a tab. */
import { beforeEach, expect, vi } from 'vitest';
import { createIndex, type IndexOptions, type SearchDocument, type SearchIndex } from '../../search.ts';
import type { ComputedDocument } from '../contents.ts';
import { openIndexFile } from '../index-file.ts';
import { hashModel } from '../model-for-tests.ts';
import { FakeDisk } from './store-for-tests.ts';

export let disk: FakeDisk;
/** What onLog told. */
export const told: string[] = [];
export const worker = () => disk.worker() as unknown as Worker;
export const onLog = ({ message }: { message: string }) => void told.push(message);
export const open = (options: IndexOptions = {}, llm = hashModel()) => createIndex(llm, { name: 'notes', worker, onLog, ...options });

/** Passages: 1 to 4 each. */
export const documents = (count: number, version = ''): SearchDocument[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    text: `Document ${i}${version} begins. ${'It goes on with one sentence more, which is long enough. '.repeat((i % 4) * 3)}`,
    metadata: { i, even: i % 2 === 0, tags: ['a', i], none: null },
  }));

/** Every document and every byte of every vector is what it would be had it been computed here and now. */
export async function expectWhole(index: SearchIndex, expected: readonly SearchDocument[], options: IndexOptions = {}): Promise<void> {
  const fresh = await createIndex(hashModel(), options);
  await fresh.add(expected);
  expect(await contentsOf(index)).toEqual(await contentsOf(fresh));
  expect(index.size).toEqual(fresh.size);
  for (const document of expected) expect(index.get(document.id)).toEqual(document);
  const [hit] = await index.search(expected.at(-1)!.text, { mode: 'semantic', topK: 1 });
  expect(hit!.score).toEqual((await fresh.search(expected.at(-1)!.text, { mode: 'semantic', topK: 1 }))[0]!.score);
}

async function contentsOf(index: SearchIndex): Promise<ComputedDocument[]> {
  const { read } = await openIndexFile(await index.export());
  const all: ComputedDocument[] = [];
  for await (const group of read()) all.push(...group);
  return all.sort((a, b) => (a.document.id < b.document.id ? -1 : 1));
}

/** Before each test: an empty disk. */
beforeEach(() => {
  disk = new FakeDisk();
  told.length = 0;
  vi.stubGlobal('Worker', class {});
  const estimate = async () => ({ usage: 7, quota: 100 });
  vi.stubGlobal('navigator', { locks: {}, storage: { getDirectory() {}, persist: async () => true, estimate } });
});
