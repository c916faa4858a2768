/** `embed`, `embedMany`, `rerank`, registries and middleware of `ai`. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as ai from 'ai';
import { createRockpool, embeddingModel, rerankingModel } from 'rockpool/ai-sdk';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { fault, given, load, near, vectorsOf, watched } from './common.js';

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
const { embed, embedMany, rerank } = ai;
const { texts, expected, query, documents } = given;
const isSeven = given.newest;
const value = texts[0] ?? '';
const llm = await load('tiny-bert', { hfOverrides: { is_matryoshka: true } });
const prompted = await load('tiny-bert-poolings');
const reranker = await load('tiny-bert-reranker');
const model = embeddingModel(llm);
const rockpool = createRockpool({ models: { embedder: llm, reranker } });
after(() => Promise.all([llm, prompted, reranker].map((one) => one.dispose())));

test('embedMany gives the vectors of Sentence-Transformers in the order of the texts, as plain arrays', async () => {
  const { embeddings, usage } = await embedMany({ model, values: texts });
  near(embeddings, expected);
  assert.ok(embeddings.every(Array.isArray));
  const outputs = await llm.embed(texts);
  assert.equal(
    usage.tokens,
    outputs.reduce((sum, { prompt_token_ids: ids }) => sum + ids.length, 0),
  );
});

test('embed gives the vector that embedMany gives', async () => {
  const { embedding, usage, warnings } = await embed({ model, value });
  near(embedding, expected[0] ?? []);
  assert.ok(usage.tokens > 0);
  assert.deepEqual(warnings, []);
  assert.deepEqual([model.provider, model.modelId], ['rockpool', llm.info.model]);
});

test('a model on a server is embedded with as one that is here, but its tokens are not counted', async () => {
  const remote = await RemoteLLM.connect('http://local', { fetch: llm.fetch, onLog: () => {} });
  const { embeddings, usage } = await embedMany({ model: embeddingModel(remote), values: texts });
  near(embeddings, expected);
  assert.ok(Number.isNaN(usage.tokens));
  await remote.dispose();
});

test('no texts: no vectors, no tokens', async () => {
  const { embeddings, usage } = await embedMany({ model, values: [] });
  assert.deepEqual([embeddings, usage.tokens], [[], 0]);
});

test('maxEmbeddingsPerCall parts the texts', async () => {
  const { calls, llm: counted } = watched(llm, 'embed');
  const parted = embeddingModel(counted, { modelId: 'parted', maxEmbeddingsPerCall: 2 });
  near((await embedMany({ model: parted, values: texts })).embeddings, expected);
  assert.deepEqual(calls, [2, 2, 1]);
  assert.equal(parted.modelId, 'parted');
});

test('dimensions: of the call in ai 7, of providerOptions in both, of the settings', async () => {
  const wanted = await vectorsOf(llm, [value], { poolingParams: { dimensions: 8 } });
  const dimensions = 8;
  near([(await embed({ model, value, providerOptions: { rockpool: { dimensions } } })).embedding], wanted);
  near([(await embed({ model: embeddingModel(llm, { dimensions }), value })).embedding], wanted);
  const call = { model: embeddingModel(llm, { dimensions: 4 }), value, dimensions };
  assert.equal((await embed(call)).embedding.length, isSeven ? 8 : 4);
});

test('providerOptions are the options of LLM.embed, and go before the settings', async () => {
  const settled = embeddingModel(prompted, { promptName: 'document', poolingParams: { normalize: true } });
  const { embedding } = await embed({ model: settled, value, providerOptions: { rockpool: { promptName: 'query' } } });
  near([embedding], await vectorsOf(prompted, [value], { promptName: 'query', poolingParams: { normalize: true } }));
  assert.notDeepEqual(embedding, (await embed({ model: settled, value })).embedding);
  const withText = embeddingModel(prompted, { prompt: 'A prompt: ', poolingParams: { normalize: true } });
  near((await embed({ model: withText, value, providerOptions: { rockpool: { promptName: 'query' } } })).embedding, embedding);
});

test('an option that does not exist is an error, whoever sets it', async () => {
  const providerOptions = { rockpool: { promtName: 'query' } };
  await assert.rejects(embed({ model, value, providerOptions }), {
    code: 'invalid-option',
    message: /providerOptions\.rockpool has no option "promtName"/,
  });
  const settings = /** @type {{}} */ ({ maxEmbeddings: 2 });
  assert.throws(() => embeddingModel(llm, settings), { code: 'invalid-option', message: /embeddingModel has no option "maxEmbeddings"/ });
  assert.throws(() => rerankingModel(reranker, settings), { code: 'invalid-option' });
  assert.throws(() => embeddingModel(/** @type {any} */ (Promise.resolve(llm))), { code: 'invalid-option', message: /loaded/ });
});

test('what passes is tried again: the worker that died is there for the second try', async () => {
  const { calls, llm: flaky } = watched(llm, 'embed', { error: fault('worker-crashed'), failures: 1 });
  near([(await embed({ model: embeddingModel(flaky), value, maxRetries: 1 })).embedding], expected.slice(0, 1));
  assert.equal(calls.length, 2);
});

test('what does not pass in time is an APICallError with our code', async () => {
  const { llm: dead } = watched(llm, 'embed', { error: fault('device-lost') });
  const call = embed({ model: embeddingModel(dead), value, maxRetries: 0 });
  await assert.rejects(call, (error) => {
    assert.ok(ai.APICallError.isInstance(error) && error.isRetryable);
    assert.equal(/** @type {{ code?: string }} */ (error.cause).code, 'device-lost');
    return true;
  });
});

test('a caller’s mistake is not tried again', async () => {
  const { calls, llm: counted } = watched(llm, 'embed');
  const call = embed({ model: embeddingModel(counted), value: 'word '.repeat(1000) });
  await assert.rejects(call, { name: 'PoolingError', code: 'input-too-long' });
  assert.equal(calls.length, 1);
});

test('an abort ends the call at once, with the signal’s reason', async () => {
  const controller = new AbortController();
  const call = embedMany({ model, values: Array(300).fill('word '.repeat(200)), abortSignal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  const started = performance.now();
  await assert.rejects(call, { name: 'AbortError' });
  assert.ok(performance.now() - started < 1000);
  const reason = new Error('Enough.');
  await assert.rejects(embed({ model, value, abortSignal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(rerank({ model: rerankingModel(reranker), query, documents, abortSignal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});

test('rerank gives the documents by the scores of the LLM', async () => {
  const own = await reranker.rerank(query, documents);
  const { ranking, rerankedDocuments } = await rerank({ model: rerankingModel(reranker), query, documents });
  assert.deepEqual(
    ranking.map(({ originalIndex }) => originalIndex),
    own.map(({ index }) => index),
  );
  near(
    ranking.map(({ score }) => score),
    own.map(({ relevance_score: score }) => score),
  );
  assert.deepEqual(
    rerankedDocuments,
    own.map(({ index }) => documents[index]),
  );
  const best = await rerank({ model: rerankingModel(reranker), query, documents, topN: 2 });
  assert.deepEqual(best.ranking, ranking.slice(0, 2));
  assert.deepEqual((await rerank({ model: rerankingModel(reranker), query, documents: [] })).ranking, []);
});

test('rerank takes options of LLM.score, and objects as their JSON or the text that is said', async () => {
  const objects = documents.map((text, id) => ({ id, text }));
  const scores = async (/** @type {string[]} */ list) => (await reranker.rerank(query, list)).map(({ relevance_score: score }) => score);
  const asJson = await rerank({ model: rerankingModel(reranker), query, documents: objects });
  near(
    asJson.ranking.map(({ score }) => score),
    await scores(objects.map((one) => JSON.stringify(one))),
  );
  const texted = rerankingModel(reranker, { documentText: ({ text }) => String(text) });
  const asText = await rerank({ model: texted, query, documents: objects });
  near(
    asText.ranking.map(({ score }) => score),
    await scores(documents),
  );
  assert.deepEqual(asText.ranking[0]?.document, objects[asText.ranking[0]?.originalIndex ?? -1]);
  const providerOptions = { rockpool: { poolingParams: { activation: false } } };
  const raw = await rerank({ model: rerankingModel(reranker), query, documents, providerOptions });
  assert.ok(raw.ranking.some(({ score }) => score < 0 || score > 1));
  await assert.rejects(rerank({ model: texted, query, documents, providerOptions: { rockpool: { topK: 1 } } }), { code: 'invalid-option' });
});

test('a registry finds the models of the provider', async () => {
  // Made in place: the types have to fit the provider of either version that the registry would take.
  const registry = ai.createProviderRegistry({ rockpool: createRockpool({ models: { embedder: llm, reranker } }) });
  near([(await embed({ model: registry.embeddingModel('rockpool:embedder'), value })).embedding], expected.slice(0, 1));
  const { ranking } = await rerank({ model: registry.rerankingModel('rockpool:reranker'), query, documents });
  assert.equal(ranking.length, documents.length);
  assert.equal(rockpool.textEmbeddingModel('embedder').modelId, 'embedder');
  const custom = ai.customProvider({ embeddingModels: { mine: embeddingModel(llm) }, rerankingModels: { best: rerankingModel(reranker) } });
  near([(await embed({ model: custom.embeddingModel('mine'), value })).embedding], expected.slice(0, 1));
  assert.equal((await rerank({ model: custom.rerankingModel('best'), query, documents })).ranking.length, documents.length);
});

test('names that are no models of the task are NoSuchModelErrors', () => {
  /** @type {[() => unknown, string, RegExp][]} */
  const cases = [
    [() => rockpool.embeddingModel('other'), 'embeddingModel', /There are: embedder, reranker\./],
    [() => rockpool.embeddingModel('reranker'), 'embeddingModel', /It serves: .*score/],
    [() => rockpool.rerankingModel('toString'), 'rerankingModel', /No such rerankingModel: toString/],
    [() => rockpool.languageModel('gpt'), 'languageModel', /embedding and reranking/],
    [() => rockpool.imageModel('dall-e'), 'imageModel', /embedding and reranking/],
  ];
  for (const [call, modelType, message] of cases) {
    assert.throws(call, (error) => ai.NoSuchModelError.isInstance(error) && error.modelType === modelType && message.test(error.message));
  }
});

test('middleware wraps a model', async () => {
  const middleware = ai.defaultEmbeddingSettingsMiddleware({ settings: { providerOptions: { rockpool: { dimensions: 4 } } } });
  const { embedding } = await embed({ model: ai.wrapEmbeddingModel({ model, middleware }), value });
  assert.equal(embedding.length, 4);
});

test('a model of specification V4 is for ai 7', async () => {
  const newest = /** @type {any} */ (embeddingModel(llm, { specificationVersion: 'v4' }));
  assert.equal(newest.specificationVersion, 'v4');
  assert.equal(rerankingModel(reranker, { specificationVersion: 'v4' }).specificationVersion, 'v4');
  const call = embed({ model: newest, value });
  if (isSeven) near([(await call).embedding], expected.slice(0, 1));
  else await assert.rejects(call, { name: 'AI_UnsupportedModelVersionError' });
});
