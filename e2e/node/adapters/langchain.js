/** LangChain.js' vector store, its retrievers and chains. Also what LangChain's standard tests (of Python) ask of embeddings. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { Embeddings } from '@langchain/core/embeddings';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { RunnableLambda, RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { RockpoolEmbeddings, RockpoolRerank } from 'rockpool/langchain';
import { fault, given, load, near, vectorsOf, watched } from './common.js';

const { texts, expected, query, documents } = given;
const llm = await load('tiny-bert', { hfOverrides: { is_matryoshka: true } });
const prompted = await load('tiny-bert-poolings');
const reranker = await load('tiny-bert-reranker');
const embeddings = new RockpoolEmbeddings({ llm });
const asDocuments = documents.map((pageContent, place) => new Document({ pageContent, metadata: { place }, id: `document-${place}` }));
after(() => Promise.all([llm, prompted, reranker].map((one) => one.dispose())));

test('embedQuery gives a list of numbers, as long for one text as for another', async () => {
  const [one, other] = await Promise.all(['foo', 'foo bar and more'].map((text) => embeddings.embedQuery(text)));
  assert.ok(Array.isArray(one) && one.every((value) => typeof value === 'number'));
  assert.equal(one.length, other?.length);
});

test('embedDocuments gives a list for each text in order, as long as a query’s', async () => {
  const vectors = await embeddings.embedDocuments(texts);
  near(vectors, expected);
  assert.ok(vectors.every(Array.isArray));
  assert.equal(vectors[0]?.length, (await embeddings.embedQuery('foo')).length);
  assert.deepEqual(await embeddings.embedDocuments([]), []);
  assert.ok(embeddings instanceof Embeddings);
});

test('batchSize parts the documents and keeps their order', async () => {
  const { calls, llm: counted } = watched(llm, 'embed');
  near(await new RockpoolEmbeddings({ llm: counted, batchSize: 2, maxConcurrency: 1 }).embedDocuments(texts), expected);
  assert.deepEqual(calls, [2, 2, 1]);
  await assert.rejects(new RockpoolEmbeddings({ llm, batchSize: 0 }).embedDocuments(texts), { code: 'invalid-option' });
});

test('queries and documents have the prompts of Sentence-Transformers’ encode_query and encode_document, or those that are named', async () => {
  const text = texts[0] ?? '';
  const ofRole = new RockpoolEmbeddings({ llm: prompted });
  near([await ofRole.embedQuery(text)], await vectorsOf(prompted, [text], { promptName: 'query' }));
  near(await ofRole.embedDocuments([text]), await vectorsOf(prompted, [text], { promptName: 'document' }));
  const named = new RockpoolEmbeddings({ llm: prompted, queryPromptName: '', documentPromptName: 'query' });
  near([await named.embedQuery(text)], await vectorsOf(prompted, [text], { prompt: '' }));
  near(await named.embedDocuments([text]), await vectorsOf(prompted, [text], { promptName: 'query' }));
});

test('options of LLM.embed are those of every call', async () => {
  const short = new RockpoolEmbeddings({ llm, dimensions: 8, truncatePromptTokens: 4 });
  near(await short.embedDocuments(texts), await vectorsOf(llm, texts, { poolingParams: { dimensions: 8 }, truncatePromptTokens: 4 }));
  const controller = new AbortController();
  const ended = new RockpoolEmbeddings({ llm, signal: controller.signal });
  const call = ended.embedDocuments(Array(300).fill('word '.repeat(200)));
  setTimeout(() => controller.abort(), 50);
  const started = performance.now();
  await assert.rejects(call, { code: 'aborted' });
  assert.ok(performance.now() - started < 1000);
});

test('what passes is tried again, what does not is not', async () => {
  const flaky = watched(llm, 'embed', { error: fault('worker-crashed'), failures: 1 });
  near([await new RockpoolEmbeddings({ llm: flaky.llm }).embedQuery(texts[0] ?? '')], expected.slice(0, 1));
  assert.equal(flaky.calls.length, 2);
  const dead = watched(llm, 'embed', { error: fault('device-lost') });
  await assert.rejects(new RockpoolEmbeddings({ llm: dead.llm, maxRetries: 0 }).embedQuery('a'), { code: 'device-lost' });
  const counted = watched(llm, 'embed');
  await assert.rejects(new RockpoolEmbeddings({ llm: counted.llm }).embedQuery('word '.repeat(1000)), { code: 'input-too-long' });
  assert.equal(counted.calls.length, 1);
});

test('an option that does not exist is an error', () => {
  const wrong = /** @type {{}} */ ({ promptName: 'query' });
  assert.throws(() => new RockpoolEmbeddings({ llm, ...wrong }), {
    code: 'invalid-option',
    message: /RockpoolEmbeddings has no option "promptName"/,
  });
  assert.throws(() => new RockpoolRerank({ llm: reranker, ...wrong }), { code: 'invalid-option', message: /RockpoolRerank has no option/ });
  assert.throws(() => new RockpoolEmbeddings(/** @type {any} */ ({})), { code: 'invalid-option', message: /takes an LLM/ });
});

test('a vector store finds documents by the cosines of their vectors', async () => {
  const store = await MemoryVectorStore.fromDocuments(asDocuments, embeddings);
  const found = await store.similaritySearchWithScore(query, documents.length);
  const cosines = (await llm.score(query, documents)).map(({ outputs: { score } }) => score);
  near(
    found.map(([, score]) => score),
    [...cosines].sort((a, b) => b - a),
  );
  assert.equal(found[0]?.[0].pageContent, documents[cosines.indexOf(Math.max(...cosines))]);
});

test('a compressor keeps the best, with their scores, and leaves the documents as they were', async () => {
  const own = await reranker.rerank(query, documents, { topN: 2 });
  const compressor = new RockpoolRerank({ llm: reranker, topN: 2 });
  assert.ok(BaseDocumentCompressor.isBaseDocumentCompressor(compressor));
  const kept = await compressor.compressDocuments(asDocuments, query);
  assert.deepEqual(
    kept.map(({ metadata: { place }, id }) => [place, id]),
    own.map(({ index }) => [index, `document-${index}`]),
  );
  near(
    kept.map(({ metadata }) => metadata.relevanceScore),
    own.map(({ relevance_score: score }) => score),
  );
  assert.ok(asDocuments.every(({ metadata }) => !('relevanceScore' in metadata)));
  const [best] = await new RockpoolRerank({ llm: reranker, scoreField: 'score' }).compressDocuments(asDocuments, query);
  near([best?.metadata.score], [own[0]?.relevance_score]);
  assert.deepEqual(await compressor.compressDocuments([], query), []);
});

test('a reranker that answers a document which it was not given is said', async () => {
  for (const index of [documents.length, -1, 0.5]) {
    const wrong = /** @type {any} */ ({ info: reranker.info, rerank: async () => [{ index, relevance_score: 1 }] });
    const call = new RockpoolRerank({ llm: wrong }).compressDocuments(asDocuments, query);
    await assert.rejects(call, { code: 'runtime-failed', message: new RegExp(`the place ${index}, and there are ${documents.length}`) });
  }
});

test('a chain retrieves, reranks and goes on', async () => {
  const store = await MemoryVectorStore.fromDocuments(asDocuments, embeddings);
  const baseCompressor = new RockpoolRerank({ llm: reranker, topN: 2 });
  const retriever = new ContextualCompressionRetriever({ baseCompressor, baseRetriever: store.asRetriever({ k: documents.length }) });
  const join = RunnableLambda.from((/** @type {Document[]} */ found) => found.map(({ pageContent }) => pageContent).join('\n'));
  const chain = RunnableSequence.from([
    { context: retriever.pipe(join), question: new RunnablePassthrough() },
    RunnableLambda.from((input) => input),
  ]);
  const best = (await reranker.rerank(query, documents, { topN: 2 })).map(({ document }) => document);
  assert.deepEqual(await chain.invoke(query), { context: best.join('\n'), question: query });
});
