/** `pipeline()` of rockpool against that of transformers.js itself: same model, same calls, same answers. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { pipeline } from 'rockpool/transformers';
import { given, load, near, vectorsOf } from './common.js';

const { pipeline: original, env } = await import(given.transformers);
Object.assign(env, { allowRemoteModels: false, localModelPath: `${given.models}/` });
const { texts, query, documents } = given;
const sentences = [...texts, 'The capital of France is Paris, and Sarah lives in London.', 'Größere Städte wie Köln und München'];
/** @typedef {import('rockpool/transformers').FoundToken} FoundToken */
/** @type {(() => Promise<void>)[]} */
const ends = [];
after(() => Promise.all(ends.map((end) => end())));

/**
 * Ours and theirs, of one model.
 *
 * @template {'feature-extraction' | 'text-classification' | 'token-classification'} T
 * @param {T} task
 * @param {string} model
 * @returns {Promise<[any, any]>}
 */
async function both(task, model) {
  const ours = await pipeline(task, join(given.models, model), { device: 'cpu', dtype: 'fp32', onLog: () => {} });
  const theirs = await original(task, model, { device: 'cpu', dtype: 'fp32' });
  ends.push(
    () => ours.dispose(),
    () => /** @type {any} */ (theirs).dispose(),
  );
  return [ours, theirs];
}

/** Same shape and words; numbers near. */
function same(/** @type {any} */ ours, /** @type {any} */ theirs, most = 1e-5) {
  if (typeof theirs === 'number') return assert.ok(Math.abs(ours - theirs) <= most, `${ours} instead of ${theirs}`);
  if (typeof theirs !== 'object' || theirs === null) return assert.equal(ours, theirs);
  assert.equal(Array.isArray(ours), Array.isArray(theirs));
  if (Array.isArray(theirs)) assert.equal(ours.length, theirs.length, JSON.stringify([ours, theirs]));
  for (const key of Object.keys(theirs)) same(ours[key], theirs[key], most);
}

describe('feature-extraction', async () => {
  const [ours, theirs] = await both('feature-extraction', 'tiny-bert-poolings');

  for (const pooling of ['mean', 'cls', 'first_token', 'last_token', 'eos']) {
    test(`pooled by ${pooling}, normalised or not`, async () => {
      for (const normalize of [true, false]) {
        // One by one: theirs takes the last place of the batch for the last token, whatever stands there.
        for (const text of sentences) {
          const [a, b] = [await ours(text, { pooling, normalize }), await theirs(text, { pooling, normalize })];
          assert.deepEqual([a.type, a.dims, a.size], [b.type, b.dims, b.size]);
          near(a.tolist(), b.tolist());
        }
      }
    });
  }

  test('of several texts, as an array, by index and by iteration', async () => {
    const options = { pooling: 'mean', normalize: true };
    const [a, b] = [await ours(sentences, options), await theirs(sentences, options)];
    near(a.tolist(), b.tolist());
    near([...a.data], [...b.data]);
    near(a[1].tolist(), b[1].tolist());
    assert.deepEqual(a[1].dims, b[1].dims);
    near(
      [...a].map((row) => [...row.data]),
      [...b].map((row) => [...row.data]),
    );
    assert.deepEqual((await ours([], options)).tolist(), []);
  });

  test('not pooled: a row for each token', async () => {
    for (const normalize of [true, false]) {
      const [a, b] = [await ours(sentences[0], { normalize }), await theirs(sentences[0], { normalize })];
      assert.deepEqual(a.dims, b.dims);
      near(a.tolist(), b.tolist(), 1e-4);
    }
    const all = await ours(sentences);
    const alone = await ours(sentences[0]);
    const [, tokens, hidden] = alone.dims;
    near(all.tolist()[0].slice(0, tokens), alone.tolist()[0]);
    assert.deepEqual(all.tolist()[0].slice(tokens), Array(all.dims[1] - tokens).fill(Array(hidden).fill(0)));
  });

  test('quantized to bits', async () => {
    for (const precision of ['binary', 'ubinary']) {
      const options = { pooling: 'mean', normalize: true, quantize: true, precision };
      const [a, b] = [await ours(sentences, options), await theirs(sentences, options)];
      assert.deepEqual([a.type, a.dims, a.tolist()], [b.type, b.dims, b.tolist()]);
    }
  });

  test('options that do not exist, or do not go together, are errors', async () => {
    for (const options of [
      { pool: 'mean' },
      { pooling: 'median' },
      { quantize: true },
      { pooling: 'mean', quantize: true, precision: 'int4' },
    ])
      await assert.rejects(ours('a', options), { code: 'invalid-option' });
    await assert.rejects(ours('a', { pooling: 'mean', signal: AbortSignal.abort() }), { code: 'aborted' });
  });

  test('of a model with Dense layers: its own vector if it is pooled as the model is, else its states, as theirs are', async () => {
    const [dense, bare] = await both('feature-extraction', 'tiny-bert-dense');
    near((await dense(sentences, { pooling: 'cls', normalize: true })).tolist(), await vectorsOf(dense.model, sentences));
    for (const normalize of [true, false]) {
      const options = { pooling: 'mean', normalize };
      near((await dense(sentences, options)).tolist(), (await bare(sentences, options)).tolist());
    }
  });

  test('has no prompt before a text but one that is asked for', async () => {
    const { data } = await ours(sentences[0], { pooling: 'mean', promptName: 'query' });
    near(
      [...data],
      (await vectorsOf(ours.model, [sentences[0] ?? ''], { promptName: 'query', poolingParams: { normalize: false } })).flat(),
    );
  });

  test('a long text is cut, where an LLM would refuse it', async () => {
    const { dims } = await ours('word '.repeat(2000));
    assert.equal(dims[1], ours.model.info.max_model_len);
  });
});

for (const model of ['tiny-bert-classifier', 'tiny-distilbert-multilabel']) {
  test(`text-classification, ${model}`, async () => {
    const [ours, theirs] = await both('text-classification', model);
    for (const options of [{}, { top_k: 1 }, { top_k: 2 }, { top_k: null }]) {
      same(await ours(sentences, options), await theirs(sentences, options));
      same(await ours(sentences[0], options), await theirs(sentences[0], options));
    }
    assert.deepEqual(await ours([]), []);
    await assert.rejects(ours('a', { topk: 3 }), { code: 'invalid-option' });
    await assert.rejects(ours('a', { top_k: 0 }), { code: 'invalid-option' });
  });
}

for (const model of ['tiny-bert-token-classifier', 'tiny-roberta-token-classifier']) {
  test(`token-classification, ${model}`, async () => {
    const [ours, theirs] = await both('token-classification', model);
    // Theirs leaves out what the vocabulary does not have.
    const known = (/** @type {FoundToken[]} */ found) => found.filter(({ word }) => word !== '[UNK]');
    for (const options of [{}, { ignore_labels: [] }, { ignore_labels: ['B-PER', 'O'] }, { aggregation_strategy: 'none' }]) {
      for (const text of sentences) same(known(await ours(text, options)), await theirs(text, options));
    }
    /** @type {FoundToken[][]} */
    const all = await ours(sentences, { ignore_labels: [] });
    same(all.map(known), await theirs(sentences, { ignore_labels: [] }));
    assert.equal(
      all.flat().some(({ word }) => word === '[UNK]'),
      model === 'tiny-bert-token-classifier',
    );
    // A character of several bytes is several tokens of RoBERTa's.
    if (model === 'tiny-bert-token-classifier')
      for (const [i, text] of sentences.entries())
        assert.equal(all[i]?.map(({ start, end }) => text.slice(start, end)).join(''), text.replace(/\s/g, ''));
    await assert.rejects(ours('a', { aggregation_strategy: 'first' }), { code: 'invalid-option' });
  });
}

test('token-classification of a model on a server, which does not tell its tokens, is an error', async () => {
  const llm = await load('tiny-bert-token-classifier');
  const remote = await RemoteLLM.connect('http://local', { fetch: llm.fetch, onLog: () => {} });
  await assert.rejects((await pipeline('token-classification', remote))('Paris'), { code: 'unsupported-task' });
  await Promise.all([remote, llm].map((one) => one.dispose()));
});

test('token-classification, joined to entities', async () => {
  const [ours, theirs] = await both('token-classification', 'tiny-roberta-token-classifier');
  for (const ignore_labels of [['O'], ['B-PER'], []]) {
    /** @type {import('rockpool/transformers').FoundEntity[][]} */
    const found = await ours(sentences, { aggregation_strategy: 'simple', ignore_labels });
    // Version 3 has no such option.
    if (given.newest) same(found, await theirs(sentences, { aggregation_strategy: 'simple', ignore_labels }));
    assert.ok(found.flat().every(({ entity_group: group, start, end }) => group && (end ?? 0) >= (start ?? 0)));
  }
});

test('text-ranking, which transformers.js does not have, is LLM.rerank', async () => {
  const llm = await load('tiny-bert-reranker');
  const ranker = await pipeline('text-ranking', llm);
  const own = (await llm.rerank(query, documents)).map(({ index, relevance_score: score }) => ({ index, score }));
  assert.deepEqual(await ranker(query, documents), own);
  const best = await ranker(query, documents, { top_k: 2, return_documents: true });
  assert.deepEqual(
    best,
    own.slice(0, 2).map((one) => ({ ...one, text: documents[one.index] })),
  );
  assert.deepEqual(await ranker(query, []), []);
  assert.equal(ranker.model, llm);
  await ranker.dispose();
  await assert.rejects(llm.rerank(query, documents), { code: 'disposed' });
});

test('the other names of tasks, progress, and what is no task, no model, no option', async () => {
  /** @type {import('rockpool/transformers').ProgressInfo[]} */
  const told = [];
  const folder = join(given.models, 'tiny-bert-classifier');
  const options = {
    device: /** @type {const} */ ('cpu'),
    dtype: null,
    onLog: () => {},
    progress_callback: (/** @type {any} */ info) => void told.push(info),
  };
  const classifier = await pipeline('sentiment-analysis', folder, options);
  ends.push(() => classifier.dispose());
  assert.equal(classifier.task, 'text-classification');
  assert.deepEqual(
    new Set(told.map(({ status }) => status)),
    new Set(['initiate', 'download', 'progress', 'progress_total', 'done', 'ready']),
  );
  assert.deepEqual(told.at(-1), { status: 'ready', task: 'text-classification', model: folder });
  const total = told.findLast((info) => info.status === 'progress_total');
  assert.ok(total?.status === 'progress_total' && total.progress === 100 && total.loaded > 0);
  for (const task of ['summarization', 'constructor', '__proto__'])
    await assert.rejects(pipeline(/** @type {any} */ (task), folder), {
      code: 'unsupported-task',
      message: new RegExp(`no pipeline "${task}"`),
    });
  await assert.rejects(pipeline('ner', folder, /** @type {{}} */ ({ quantized: true })), {
    code: 'invalid-option',
    message: /no option "quantized"/,
  });
  await assert.rejects(pipeline('ner', /** @type {any} */ (undefined)), { code: 'invalid-option' });
  await assert.rejects(pipeline('ner', classifier.model, { dtype: 'q8' }), { code: 'invalid-option', message: /dtype/ });
  await assert.rejects((await pipeline('ner', classifier.model))('a'), { code: 'unsupported-task' });
  await assert.rejects(pipeline('ner', classifier.model, { progress_callback: () => {} }), { code: 'invalid-option' });
});

test('what comes back has a type, by the task and its options', async () => {
  const classifier = await pipeline('text-classification', await load('tiny-bert-classifier'));
  const [best] = await classifier('a');
  const [first] = await classifier(['a', 'b'], { top_k: 2 });
  assert.deepEqual(first?.[0], best);
  const ner = await pipeline('ner', await load('tiny-bert-token-classifier'));
  const [[token], [entity]] = await Promise.all([
    ner('Paris', { ignore_labels: [] }),
    ner('Paris', { ignore_labels: [], aggregation_strategy: 'simple' }),
  ]);
  assert.ok(token?.entity.endsWith(entity?.entity_group ?? '-'));
  const extractor = await pipeline('embeddings', await load('tiny-bert', { hfOverrides: { is_matryoshka: true } }));
  const { dims, data } = await extractor('a', { pooling: 'mean', dimensions: 8 });
  assert.deepEqual([dims, data.length], [[1, 8], 8]);
  await Promise.all([classifier, ner, extractor].map((one) => one.dispose()));
});
