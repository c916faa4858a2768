/** LangChain.js' VectorStore over an index of rockpool/search: stores, retrievers, and a chain that answers from what it retrieves. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { Document } from '@langchain/core/documents';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { VectorStore } from '@langchain/core/vectorstores';
import { createIndex } from 'rockpool/search';
import { RockpoolEmbeddings, RockpoolRerank, RockpoolVectorStore } from 'rockpool/langchain';
import { given, load, near } from './common.js';

const { query, documents } = given;
const llm = await load('tiny-bert');
const reranker = await load('tiny-bert-reranker');
const embeddings = new RockpoolEmbeddings({ llm });
const asDocuments = documents.map(
  (pageContent, place) =>
    new Document({
      pageContent,
      metadata: { place, loc: { page: place % 2, 'a.b': 'dotted', of: {} }, tags: ['x', true] },
      id: `document-${place}`,
    }),
);
const cosines = (await llm.score(query, documents)).map(({ outputs: { score } }) => score);
const byCosine = documents.map((_, i) => i).sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0));
/** @param {Partial<import('rockpool/langchain').RockpoolVectorStoreParams>} [params] */
const made = async (params = {}) =>
  RockpoolVectorStore.fromDocuments(asDocuments, embeddings, { index: await createIndex(llm), mode: 'semantic', ...params });
after(() => Promise.all([llm, reranker].map((one) => one.dispose())));

test('documents are found by meaning, with their ids and metadata as they were given', async () => {
  const store = await made();
  assert.ok(store instanceof VectorStore);
  const found = await store.similaritySearchWithScore(query, documents.length);
  assert.deepEqual(
    found.map(([{ id }]) => id),
    byCosine.map((i) => `document-${i}`),
  );
  near(
    found.map(([, score]) => score),
    byCosine.map((i) => cosines[i] ?? 0),
  );
  for (const [{ id, pageContent, metadata }] of found) {
    const own = asDocuments.find((one) => one.id === id);
    assert.deepEqual({ pageContent, metadata }, { pageContent: own?.pageContent, metadata: own?.metadata });
  }
  // By the vector of the query, as LangChain's own functions ask.
  const byVector = await store.similaritySearchVectorWithScore(await embeddings.embedQuery(query), 2);
  assert.deepEqual(
    byVector.map(([{ id }]) => id),
    byCosine.slice(0, 2).map((i) => `document-${i}`),
  );
});

test('filters see metadata in metadata, by their path', async () => {
  const store = await made();
  const odd = await store.similaritySearch(query, 10, { 'loc.page': 1 });
  assert.deepEqual(odd.map(({ id }) => id).sort(), ['document-1', 'document-3']);
  assert.equal((await store.asRetriever({ k: 10, filter: { place: { lt: 1 } } }).invoke(query)).length, 1);
  const filter = { 'loc.page': 1 };
  for (const found of [
    (await store.similaritySearchWithScore(query, 10, filter)).map(([one]) => one),
    (await store.similaritySearchVectorWithScore(await embeddings.embedQuery(query), 10, filter)).map(([one]) => one),
    await store.maxMarginalRelevanceSearch(query, { k: 10, filter }),
  ])
    assert.deepEqual(found.map(({ id }) => id).sort(), ['document-1', 'document-3']);
});

test('ids: of the documents, of the call, or new ones; a known one is replaced; delete takes out', async () => {
  const index = await createIndex(llm);
  const store = new RockpoolVectorStore(embeddings, { index });
  assert.deepEqual(await store.addDocuments(asDocuments.slice(0, 1)), ['document-0']);
  assert.deepEqual(await store.addDocuments(asDocuments.slice(0, 1), { ids: ['mine'] }), ['mine']);
  // Of JavaScript, where nobody asks for metadata.
  const [fresh] = await store.addDocuments([/** @type {any} */ ({ pageContent: 'no id' })]);
  assert.match(fresh ?? '', /^[0-9a-f-]{36}$/);
  await store.addDocuments([new Document({ id: 'mine', pageContent: 'another text' })]);
  assert.equal(index.size.documents, 3);
  assert.equal(index.get('mine')?.text, 'another text');
  await store.delete({ ids: ['mine', fresh ?? ''] });
  assert.equal(index.size.documents, 1);
  const texts = await RockpoolVectorStore.fromTexts(['one', 'two'], [{ n: 1 }, { n: 2 }], embeddings, { index: await createIndex(llm) });
  assert.deepEqual(
    (await texts.similaritySearch('two', 1, { n: 2 })).map(({ pageContent }) => pageContent),
    ['two'],
  );
});

test('vectors that are there already are taken as they are', async () => {
  const store = new RockpoolVectorStore(embeddings, { index: await createIndex(llm), mode: 'semantic' });
  await store.addVectors(await embeddings.embedDocuments(documents), asDocuments);
  const found = await store.similaritySearchWithScore(query, documents.length);
  near(
    found.map(([, score]) => score),
    byCosine.map((i) => cosines[i] ?? 0),
  );
  await assert.rejects(store.addVectors([[1, 2]], asDocuments.slice(0, 1)), { code: 'invalid-input' });
  await assert.rejects(store.addVectors([], asDocuments), { code: 'invalid-input' });
});

test('long documents are answered as a whole, or by the passage that fits best', async () => {
  const index = await createIndex(llm, { passageTokens: 16 });
  const whole = documents.join(' ');
  const store = await RockpoolVectorStore.fromDocuments([new Document({ pageContent: whole, id: 'long' })], embeddings, { index });
  const passages = new RockpoolVectorStore(embeddings, { index, content: 'passage' });
  assert.ok(index.size.passages > 1);
  assert.equal((await store.similaritySearch(query, 1))[0]?.pageContent, whole);
  assert.equal((await store.similaritySearchWithScore(query, 1))[0]?.[0].pageContent, whole);
  const [best] = await passages.similaritySearch(query, 1);
  assert.ok(best && best.pageContent.length < whole.length && whole.includes(best.pageContent));
});

test('what loaders put in beside texts and numbers comes back as JSON has it, and dates can be filtered by', async () => {
  // The class of pdf.js, which PDFLoader puts in as it is: what it knows is private.
  class Metadata {
    #known = 1;
    get() {
      return this.#known;
    }
  }
  const pdf = { version: '5.4', info: { Title: 'x' }, metadata: new Metadata(), totalPages: 1 };
  const given = [
    new Document({ pageContent: 'a', id: 'pdf', metadata: { source: 'a.pdf', pdf, loc: { pageNumber: 1 } } }),
    new Document({ pageContent: 'b', id: 'dated', metadata: { modified: new Date(0), left: undefined, read: () => 1 } }),
    new Document({ pageContent: 'c', id: 'parts', metadata: { parts: [{ from: 1 }, { from: 2, of: [] }], tags: ['x'] } }),
  ];
  const store = await RockpoolVectorStore.fromDocuments(given, embeddings, { index: await createIndex(llm) });
  const found = await store.similaritySearch('a b c', 3);
  assert.deepEqual(
    new Map(found.map(({ id, metadata }) => [id, metadata])),
    new Map(given.map(({ id, metadata }) => [id, JSON.parse(JSON.stringify(metadata))])),
  );
  const early = await store.similaritySearch('a b c', 3, { modified: { lt: new Date(1).toISOString() } });
  assert.deepEqual(
    early.map(({ id }) => id),
    ['dated'],
  );
});

test('lambda is LangChain’s: 1 for the best alone, 0 for the one that is least like the best', async () => {
  const store = await made();
  const [first = -1, second = -1] = byCosine;
  const likeFirst = (await llm.score(documents[first] ?? '', documents)).map(({ outputs: { score } }) => score);
  const others = documents.map((_, i) => i).filter((i) => i !== first);
  const leastLike = others.reduce((a, b) => ((likeFirst[b] ?? 0) < (likeFirst[a] ?? 0) ? b : a));
  // Else the two would not be told apart.
  assert.notEqual(leastLike, second);
  for (const [lambda, place] of [
    [1, second],
    [0, leastLike],
  ]) {
    const found = await store.maxMarginalRelevanceSearch(query, { k: 2, ...(lambda !== undefined && { lambda }) });
    assert.deepEqual(
      found.map(({ id }) => id),
      [`document-${first}`, `document-${place}`],
    );
  }
});

test('a chain retrieves, reranks, and a model answers from what was found', async () => {
  const store = await made({ mode: 'hybrid' });
  const baseCompressor = new RockpoolRerank({ llm: reranker, topN: 2 });
  const retriever = new ContextualCompressionRetriever({ baseCompressor, baseRetriever: store.asRetriever({ k: documents.length }) });
  const [best, second] = (await reranker.rerank(query, documents, { topN: 2 })).map(({ document }) => document);
  /** What the model was asked, in place of one that could answer. */
  let asked = '';
  const model = new FakeListChatModel({ responses: ['Paris.'] });
  const chain = RunnableSequence.from([
    {
      context: retriever.pipe((/** @type {Document[]} */ found) => found.map(({ pageContent }) => pageContent).join('\n')),
      question: new RunnablePassthrough(),
    },
    ChatPromptTemplate.fromTemplate('Answer from this alone:\n{context}\n\nQuestion: {question}'),
    (/** @type {import('@langchain/core/prompt_values').ChatPromptValue} */ prompt) => {
      asked = prompt.toString();
      return prompt;
    },
    model,
    new StringOutputParser(),
  ]);
  assert.equal(await chain.invoke(query), 'Paris.');
  assert.match(asked, new RegExp(`${best}\n${second}\n\nQuestion: What is the capital of France`));
});

test('what is wrong is said', async () => {
  const index = await createIndex(llm);
  assert.throws(() => new RockpoolVectorStore(embeddings, /** @type {any} */ ({})), { code: 'invalid-option', message: /index/ });
  assert.throws(() => new RockpoolVectorStore(embeddings, /** @type {any} */ ({ index, k: 3 })), {
    code: 'invalid-option',
    message: /no option "k"/,
  });
  const store = new RockpoolVectorStore(embeddings, { index });
  /** @type {Record<string, unknown>} */
  const circle = {};
  circle.itself = circle;
  const endless = new Document({ pageContent: 'a', metadata: { circle } });
  await assert.rejects(store.addDocuments([...asDocuments, endless], { ids: ['0', '1', '2', '3', 'endless'] }), {
    code: 'invalid-input',
    message: /^The metadata of "endless" is kept as JSON.*'itself'/s,
  });
  await assert.rejects(store.addDocuments([endless]), { code: 'invalid-input', message: /^The metadata of document 1 of 1 is/ });
  assert.equal(index.size.documents, 0);
  await assert.rejects(store.addDocuments(asDocuments, { ids: ['one'] }), { code: 'invalid-input' });
  for (const call of [
    () => /** @type {any} */ (store).delete(),
    () => /** @type {any} */ (store).delete({}),
    () => store.delete(/** @type {any} */ ({ filter: {} })),
  ])
    await assert.rejects(call, { code: 'invalid-option', message: /delete/ });
  // As MemoryVectorStore takes them.
  const vector = await embeddings.embedQuery(query);
  const none = /** @type {any} */ (() => false);
  for (const call of [
    () => store.similaritySearch(query, 4, none),
    () => store.similaritySearchVectorWithScore(vector, 4, none),
    () => store.maxMarginalRelevanceSearch(query, { k: 4, filter: none }),
    () => store.asRetriever({ filter: none }).invoke(query),
  ])
    await assert.rejects(call, { code: 'invalid-option', message: /filter/ });
});
