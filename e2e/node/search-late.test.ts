/** An index of passages that were read in one pass, and documents that bring their vectors: rockpool/search over the real MiniLM. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { createIndex } from 'rockpool/search';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const fixture = JSON.parse(readFileSync(join(root, 'e2e/oracle/fixtures/late-chunks.json'), 'utf8')) as {
  'minilm-w8': { name: string; text: string; shape: [number, number]; vectors: string }[];
};
const { text, shape, vectors } = fixture['minilm-w8'].find(({ name }) => name === 'sentences')!;
/** transformers', of each sentence of `text`. */
const sentences = Array.from({ length: shape[0] }, (_, i) =>
  new Float32Array(Uint8Array.from(atob(vectors), (character) => character.charCodeAt(0)).buffer).slice(i * shape[1], (i + 1) * shape[1]),
);
let llm: LLM;

beforeAll(async () => {
  llm = await LLM.load(join(root, 'models/all-MiniLM-L6-v2'), { onLog: () => {} });
}, 60_000);
afterAll(() => llm.dispose());

test('late chunking: passages have the vectors that transformers gives them in one pass over the document', async () => {
  await using index = await createIndex(llm, { lateChunking: true, passageTokens: 8 });
  await index.add([{ id: 'berlin', text }]);
  for (const [i, sentence] of sentences.slice(0, 2).entries()) {
    const [hit] = await index.search(sentence);
    expect(hit!.score).toBeGreaterThan(0.9999);
    expect(hit!.passage.text).toBe(text.split(/(?<=\.) /)[i]);
  }
});

test('late chunking: a sentence that says "the city" is found by the name of the city, which stands in another', async () => {
  const documents = ['Berlin', 'Bern'].map((city) => ({
    id: city,
    text: `${city} is a capital. The city has a great many bridges. It has museums and parks as well.`,
  }));
  const scores = async (lateChunking: boolean) => {
    await using index = await createIndex(llm, { lateChunking, passageTokens: lateChunking ? 8 : 12 });
    await index.add(documents);
    const hits = await index.search('How many bridges does Berlin have?', { mode: 'semantic' });
    const of = (id: string) => hits.find((hit) => hit.id === id)!;
    return { lead: of('Berlin').score - of('Bern').score, passage: of('Berlin').passage.text };
  };
  const [late, alone] = [await scores(true), await scores(false)];
  expect(late.passage).toContain('bridges');
  expect(late.lead).toBeGreaterThan(alone.lead);
});

test('late chunking: the title stands before each window, and does not move the passages', async () => {
  await using index = await createIndex(llm, { lateChunking: true });
  const long = 'Cats sleep most of the day. '.repeat(80);
  await index.add([
    { id: 'titled', title: '🐈 About cats', text: `${long}The parliament passed a law about taxes.` },
    { id: 'control', text: '\u0001' },
  ]);
  const [hit] = await index.search('new tax legislation', { mode: 'semantic' });
  expect(hit!.id).toBe('titled');
  expect(hit!.passage.text).toMatch(/a law about taxes\.$/);
  expect(index.size.passages).toBeGreaterThan(8);
});

test('late chunking: a document without text, or of a title alone, is what it is without late chunking, and its batch is in', async () => {
  await using late = await createIndex(llm, { lateChunking: true });
  await using alone = await createIndex(llm);
  const documents = [
    { id: 'before', text: 'Horses eat grass.' },
    { id: 'empty', text: '' },
    { id: 'title', text: '', title: 'Cats of Berlin' },
    { id: 'blank', text: ' \n ' },
    { id: 'after', text: 'The parliament passed a law about taxes.' },
  ];
  for (const index of [late, alone]) await index.add(documents);
  expect(late.size).toEqual(alone.size);
  const [title] = await late.search('cats in the capital of Germany', { mode: 'semantic' });
  expect(title!.id).toBe('title');
  for (const [id, text] of [
    ['empty', ''],
    ['title', 'Cats of Berlin\n'],
  ] as const) {
    const [output] = await llm.embed(text);
    const hits = await late.search(output!.outputs.embedding, { topK: documents.length });
    expect(hits.find((hit) => hit.id === id)!.score).toBeCloseTo(1, 5);
  }
});

test('late chunking is refused for a model that is not pooled by MEAN', async () => {
  await using cls = await LLM.load(join(root, 'models/all-MiniLM-L6-v2'), {
    onLog: () => {},
    overridePoolerConfig: { pooling_type: 'CLS' },
  });
  await expect(createIndex(cls, { lateChunking: true })).rejects.toMatchObject({ code: 'invalid-option' });
});

test('late chunking: a file brings the index back, and nothing is computed', async () => {
  await using index = await createIndex(llm, { lateChunking: true, passageTokens: 8 });
  await index.add([{ id: 'berlin', text }]);
  await using other = await createIndex(llm, { lateChunking: true, passageTokens: 8 });
  const file = await index.export();
  await other.import(file);
  expect(other.size).toEqual(index.size);
  const [hit] = await other.search(sentences[1]!);
  expect(hit!.score).toBeGreaterThan(0.9999);
  expect(await (await other.export()).arrayBuffer()).toEqual(await file.arrayBuffer());
});

test('a document that brings its vector is not computed, and is found by it', async () => {
  const [output] = await llm.embed('a recipe for bread');
  const { embedding } = output!.outputs;
  await using index = await createIndex(llm, { keywords: false });
  await index.add([
    { id: 'given', text: 'written in a language that the model cannot read', embedding },
    { id: 'other', text: 'The stock market fell.' },
  ]);
  expect((await index.search('how to bake bread'))[0]!.id).toBe('given');
  expect(index.get('given')).toEqual({ id: 'given', text: 'written in a language that the model cannot read' });
  // Again with another vector: the text is the same, and it still counts.
  await index.add([{ id: 'given', text: 'written in a language that the model cannot read', embedding: embedding.map((value) => -value) }]);
  expect((await index.search('how to bake bread'))[0]!.id).toBe('other');
  for (const wrong of [[1, 2, 3], embedding.map(() => NaN), 'abc', null])
    await expect(index.add([{ id: 'x', text: '', embedding: wrong as number[] }])).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(index.search(new Float32Array(3))).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(index.search(new Float32Array(384).fill(NaN))).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(index.search(embedding, { mode: 'keyword' })).rejects.toMatchObject({ code: 'invalid-option' });
});
