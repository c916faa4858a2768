/** LlamaIndex.TS' VectorStoreIndex, ingestion and query engine. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RetrieverQueryEngine } from '@llamaindex/core/query-engine';
import { MetadataMode, TextNode } from '@llamaindex/core/schema';
import { BaseEmbedding, Document, IngestionPipeline, Settings, VectorStoreIndex } from 'llamaindex';
import { RockpoolEmbedding, RockpoolReranker } from 'rockpool/llamaindex';
import { given, load, near, vectorsOf, watched } from './common.js';

const { texts, expected, query, documents } = given;
const llm = await load('tiny-bert', { hfOverrides: { is_matryoshka: true } });
const prompted = await load('tiny-bert-poolings');
const reranker = await load('tiny-bert-reranker');
const embedding = new RockpoolEmbedding({ llm });
Settings.embedModel = embedding;
const asDocuments = documents.map((text, place) => new Document({ text, id_: `document-${place}` }));
const asNodes = documents.map((text, place) => ({ node: new TextNode({ text, metadata: { place } }), score: 0 }));
after(() => Promise.all([llm, prompted, reranker].map((one) => one.dispose())));

test('getTextEmbeddingsBatch gives the vectors of Sentence-Transformers in order, part by part', async () => {
  const { calls, llm: counted } = watched(llm, 'embed');
  const parted = new RockpoolEmbedding({ llm: counted, embedBatchSize: 2 });
  /** @type {number[]} */
  const progress = [];
  const options = /** @type {{}} */ ({ progressCallback: (/** @type {number} */ done) => void progress.push(done) });
  const vectors = await parted.getTextEmbeddingsBatch(texts, options);
  near(vectors, expected);
  assert.ok(vectors.every(Array.isArray));
  assert.deepEqual(calls, [2, 2, 1]);
  // 0.5 has no such callback.
  assert.deepEqual(progress, given.newest ? [2, 4, 5] : []);
  assert.deepEqual(await parted.getTextEmbeddingsBatch([]), []);
  assert.ok(embedding instanceof BaseEmbedding);
});

test('texts and queries have the prompts of Sentence-Transformers’ encode_document and encode_query, or those that are named', async () => {
  const text = texts[0] ?? '';
  const ofRole = new RockpoolEmbedding({ llm: prompted });
  near([await ofRole.getTextEmbedding(text)], await vectorsOf(prompted, [text], { promptName: 'document' }));
  near([await ofRole.getQueryEmbedding({ type: 'text', text })], await vectorsOf(prompted, [text], { promptName: 'query' }));
  const named = new RockpoolEmbedding({ llm: prompted, queryPromptName: '', documentPromptName: 'query' });
  near([await named.getQueryEmbedding({ type: 'text', text })], await vectorsOf(prompted, [text], { prompt: '' }));
  near(await named.getTextEmbeddings([text]), await vectorsOf(prompted, [text], { promptName: 'query' }));
  assert.equal(await named.getQueryEmbedding({ type: 'image_url', image_url: { url: 'data:' } }), null);
});

test('options of LLM.embed are those of every call, and others are errors', async () => {
  const short = new RockpoolEmbedding({ llm, dimensions: 8, truncatePromptTokens: 4 });
  near(await short.getTextEmbeddings(texts), await vectorsOf(llm, texts, { poolingParams: { dimensions: 8 }, truncatePromptTokens: 4 }));
  const wrong = /** @type {{}} */ ({ batchSize: 2 });
  assert.throws(() => new RockpoolEmbedding({ llm, ...wrong }), {
    code: 'invalid-option',
    message: /RockpoolEmbedding has no option "batchSize"/,
  });
  assert.throws(() => new RockpoolReranker({ llm: reranker, ...wrong }), {
    code: 'invalid-option',
    message: /RockpoolReranker has no option/,
  });
  await assert.rejects(embedding.getTextEmbedding('word '.repeat(1000)), { code: 'input-too-long' });
  const aborted = new RockpoolEmbedding({ llm, signal: AbortSignal.abort() });
  await assert.rejects(aborted.getTextEmbedding('a'), { code: 'aborted' });
});

test('an index finds documents by the cosines of their vectors', async () => {
  const index = await VectorStoreIndex.fromDocuments(asDocuments);
  const found = await index.asRetriever({ similarityTopK: documents.length }).retrieve({ query });
  const cosines = (await llm.score(query, documents)).map(({ outputs: { score } }) => score);
  near(
    found.map(({ score }) => score),
    [...cosines].sort((a, b) => b - a),
  );
  assert.equal(found[0]?.node.getContent(MetadataMode.NONE), documents[cosines.indexOf(Math.max(...cosines))]);
});

test('a pipeline of transformations embeds its nodes', async () => {
  const nodes = await new IngestionPipeline({ transformations: [embedding] }).run({ documents: asDocuments });
  near(
    nodes.map((node) => node.getEmbedding()),
    await vectorsOf(llm, documents),
  );
});

test('a reranker keeps the best nodes, with their scores, and leaves those that it got as they were', async () => {
  const own = await reranker.rerank(query, documents, { topN: 2 });
  const kept = await new RockpoolReranker({ llm: reranker, topN: 2, metadataMode: MetadataMode.NONE }).postprocessNodes(asNodes, query);
  assert.deepEqual(
    kept.map(({ node }) => node),
    own.map(({ index }) => asNodes[index]?.node),
  );
  near(
    kept.map(({ score }) => score),
    own.map(({ relevance_score: score }) => score),
  );
  assert.ok(asNodes.every(({ score }) => score === 0));
  const withMetadata = await reranker.rerank(
    query,
    asNodes.map(({ node }) => node.getContent(MetadataMode.EMBED)),
  );
  const all = await new RockpoolReranker({ llm: reranker }).postprocessNodes(asNodes, [{ type: 'text', text: query }]);
  near(
    all.map(({ score }) => score),
    withMetadata.map(({ relevance_score: score }) => score),
  );
  assert.deepEqual(await new RockpoolReranker({ llm: reranker }).postprocessNodes([], query), []);
  await assert.rejects(new RockpoolReranker({ llm: reranker }).postprocessNodes(asNodes), { code: 'invalid-input' });
  const wrong = /** @type {any} */ ({ info: reranker.info, rerank: async () => [{ index: asNodes.length, relevance_score: 1 }] });
  await assert.rejects(new RockpoolReranker({ llm: wrong }).postprocessNodes(asNodes, query), { code: 'runtime-failed' });
});

test('a query engine retrieves and reranks', async () => {
  const index = await VectorStoreIndex.fromDocuments(asDocuments);
  const retriever = index.asRetriever({ similarityTopK: documents.length });
  const unused = /** @type {any} */ ({});
  const engine = new RetrieverQueryEngine(retriever, unused, [new RockpoolReranker({ llm: reranker, topN: 2 })]);
  const found = await engine.retrieve(query);
  const best = (await reranker.rerank(query, documents, { topN: 2 })).map(({ document }) => document);
  assert.deepEqual(
    found.map(({ node }) => node.getContent(MetadataMode.NONE)),
    best,
  );
});
