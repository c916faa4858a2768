import { describe, expect, test } from 'vitest';
import { bert, denseFiles, modules, sentence, st } from '../model/spec-for-tests.ts';
import { deviceRows, finishedRows, planOf } from './plan.ts';
import { labelled, logits, plan, pooled, served, states, yesOrNo } from './tasks-for-tests.ts';

const embedder = (more: Record<string, unknown> = {}) => served({ ...sentence(), config: { ...bert, ...more } }, { states });
const matryoshka = embedder({ matryoshka_dimensions: [256, 128] });
const classifier = served(labelled('BertForSequenceClassification', 3), { logits: logits(3) });
const prm = served(labelled('Qwen2ForProcessRewardModel', 2), { logits: logits(2, 'token') });
const refused = (message: string) => expect.objectContaining({ code: 'invalid-option', message });

describe('switches', () => {
  test('the request wins over the configuration, which wins over the task', () => {
    const off = served({ ...sentence(), override: { normalize: false } }, { states });
    expect(plan('embed', embedder()).normalize).toBe(true);
    expect(plan('embed', off).normalize).toBe(false);
    expect(plan('embed', off, { normalize: true }).normalize).toBe(true);
    expect(plan('embed', embedder(), { normalize: false }).normalize).toBe(false);
    expect(plan('embed', embedder(), { normalize: null }).normalize).toBe(true);
    const logitsOnly = served({ ...labelled('BertForSequenceClassification', 3), override: { activation: false } }, { logits: logits(3) });
    expect(plan('classify', classifier).finish?.activation).toBe('softmax');
    expect(plan('classify', logitsOnly).finish).toBeNull();
    expect(plan('classify', logitsOnly, { activation: true }).finish?.activation).toBe('softmax');
    expect(plan('classify', classifier, { activation: false }).finish).toBeNull();
  });

  test('use_activation is each task’s own switch by its newer name', () => {
    expect(plan('embed', embedder(), { use_activation: false }).normalize).toBe(false);
    expect(plan('token_embed', embedder(), { use_activation: false }).normalize).toBe(false);
    expect(plan('classify', classifier, { use_activation: false }).finish).toBeNull();
    expect(plan('reward', prm, { use_activation: false }).finish).toBeNull();
    // Rows as the model gives them: those of states can be normalised, those of logits activated.
    expect(plan('encode', embedder()).normalize).toBe(false);
    expect(plan('encode', embedder(), { use_activation: true }).normalize).toBe(true);
    expect(plan('encode', prm, { use_activation: true })).toMatchObject({ normalize: false, finish: { activation: 'softmax' } });
  });

  test('the older name wins over use_activation', () => {
    expect(plan('embed', embedder(), { normalize: true, use_activation: false }).normalize).toBe(true);
    expect(plan('classify', classifier, { activation: true, use_activation: false }).finish?.activation).toBe('softmax');
    expect(plan('reward', prm, { softmax: true, use_activation: false }).finish?.activation).toBe('softmax');
  });

  test('softmax is the switch of encode and reward', () => {
    expect(plan('reward', prm).finish?.activation).toBe('softmax');
    expect(plan('reward', prm, { softmax: false }).finish).toBeNull();
    const math = served(labelled('Qwen2ForRewardModel', 1), { logits: logits(1, 'token') });
    expect(plan('reward', math).finish).toBeNull();
    expect(plan('reward', math, { softmax: true }).finish?.activation).toBe('sigmoid');
    expect(plan('encode', embedder(), { softmax: true }).finish?.activation).toBe('softmax');
    for (const params of [{}, { softmax: false }, { use_activation: true }]) expect(plan('encode', embedder(), params).finish).toBeNull();
  });

  test('a reward of one value for the text is the logit unless it is asked for otherwise', () => {
    const reranker = served(labelled('BertForSequenceClassification', 1), { logits: logits(1) });
    expect(plan('reward', reranker).finish).toBeNull();
    expect(plan('reward', reranker, { softmax: true }).finish?.activation).toBe('sigmoid');
  });
});

describe('columns and steps', () => {
  test('the request’s win over the model’s', () => {
    expect(plan('reward', prm, { step_tag_id: 5 }).pool).toMatchObject({ types: ['STEP'], stepTagId: 5 });
    expect(plan('reward', prm).pool).toMatchObject({ stepTagId: 151651, columns: null });
    expect(plan('reward', prm, { returned_token_ids: [1, 0] })).toMatchObject({ width: 2, pool: { columns: [1, 0], dimensions: 2 } });
  });

  test('a softmax over one column that is left is a sigmoid', () => {
    const { width, finish } = plan('reward', prm, { returned_token_ids: [1] });
    expect([width, finish]).toEqual([1, { head: [], dimensions: 1, normalize: false, activation: 'sigmoid' }]);
  });

  test('columns that the rows do not have are refused', () => {
    const message = "returned_token_ids names column 2, and the model's rows have 2.";
    expect(() => plan('reward', prm, { returned_token_ids: [0, 2] })).toThrow(refused(message));
  });

  test('a step is refused where nothing is pooled by steps', () => {
    const message = 'step_tag_id is for models that are pooled by STEP, and "my-model" is not: set overridePoolerConfig.pooling_type.';
    expect(() => plan('encode', embedder(), { step_tag_id: 5 })).toThrow(refused(message));
    expect(plan('encode', embedder(), { step_tag_id: null }).pool.stepTagId).toBeNull();
  });

  test('a yes/no head reads two columns and gives one value', () => {
    const reranker = served(yesOrNo(), { logits: logits(30522, 'token') });
    const { pool, width, finish } = plan('classify', reranker);
    expect(pool).toMatchObject({ types: ['LAST'], columns: [2, 3], dimensions: 2 });
    expect([width, finish?.activation, finish?.head.length]).toEqual([1, 'sigmoid', 1]);
    // Without the sigmoid the difference is still to be made.
    expect(plan('classify', reranker, { activation: false }).finish).toMatchObject({ activation: null, dimensions: 1 });
  });
});

describe('Matryoshka', () => {
  test('the request’s dimensions win over the configuration’s, and the device cuts', () => {
    const given = { ...sentence(), config: { ...bert, matryoshka_dimensions: [256, 128] } };
    const small = served({ ...given, override: { dimensions: 128 } }, { states });
    expect(plan('embed', matryoshka)).toMatchObject({ width: 384, finish: null });
    expect(plan('embed', matryoshka, { dimensions: 256 })).toMatchObject({ width: 256, finish: null, pool: { dimensions: 256 } });
    expect(plan('embed', small).width).toBe(128);
    expect(plan('embed', small, { dimensions: 256 }).width).toBe(256);
    // The configuration's is for embeddings.
    expect(plan('token_embed', small).width).toBe(384);
    expect(plan('token_embed', matryoshka, { dimensions: 128 }).width).toBe(128);
  });

  test.each([
    [
      'none',
      embedder(),
      8,
      'Model "my-model" does not support matryoshka representation, changing output dimensions will lead to poor results.',
    ],
    [
      'some',
      matryoshka,
      8,
      'Model "my-model" only supports [256, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
    ],
    ['any', embedder({ is_matryoshka: true }), 0, 'Dimensions must be greater than 0'],
    ['any', embedder({ is_matryoshka: true }), 385, "Model 'my-model' only supports dimensions in range [1, 384], got 385."],
    ['any', embedder({ is_matryoshka: true }), NaN, 'dimensions has to be a whole number, not NaN.'],
    ['any', embedder({ is_matryoshka: true }), 1.5, 'dimensions has to be a whole number, not 1.5.'],
  ])('a model that allows %s refuses %#', (_, model, dimensions, message) => {
    expect(() => plan('embed', model, { dimensions })).toThrow(refused(message));
  });

  test('counts what comes out of the head, and the cut is after it', () => {
    const dense = modules(['Transformer', 'Pooling', 'Dense', 'Normalize'].map(st), { '2_X': denseFiles(384, 64) });
    const model = served({ ...dense, config: { ...bert, is_matryoshka: true } }, { states });
    expect(plan('embed', model, { dimensions: 32 })).toMatchObject({
      width: 32,
      pool: { dimensions: 384, normalize: false },
      finish: { dimensions: 32, normalize: true, activation: null },
    });
    expect(() => plan('embed', model, { dimensions: 65 })).toThrow('range [1, 64], got 65');
  });
});

describe('the key', () => {
  const key = (...given: Parameters<typeof plan>) => plan(...given).key;

  test('is the same for what the device does the same way', () => {
    expect(key('classify', classifier)).toBe(key('classify', classifier, { activation: false }));
    expect(key('embed', matryoshka)).toBe(key('embed', matryoshka, { normalize: true }));
    // vLLM's newer task of tokens and the rows of an encode that normalises.
    expect(key('token_embed', matryoshka)).toBe(key('encode', matryoshka, { normalize: true }));
  });

  test('differs wherever the device does something else', () => {
    const keys = [
      key('embed', matryoshka),
      key('embed', matryoshka, { dimensions: 128 }),
      key('embed', matryoshka, { normalize: false }),
      key('encode', matryoshka),
      key('token_embed', matryoshka),
      key('reward', prm),
      key('reward', prm, { step_tag_id: 5 }),
      key('reward', prm, { returned_token_ids: [1] }),
      key('reward', prm, { returned_token_ids: [1, 0] }),
      key('classify', classifier),
      key('embed', served(sentence(), { states, pooled })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('holds the adapter', () => {
    const { routes, spec } = matryoshka;
    const withAdapter = (adapter: number | null) => planOf('embed', routes.embed!, {}, spec, adapter).key;
    expect(new Set([withAdapter(null), withAdapter(0), withAdapter(1)]).size).toBe(3);
    expect(withAdapter(1)).toBe(withAdapter(1));
  });
});

describe('rows of a window', () => {
  const ids = Int32Array.of(7, 151651, 8, 151651, 9);
  test('one for each token, step, or text', () => {
    expect(deviceRows({ ids }, plan('encode', embedder()).pool)).toBe(5);
    expect(deviceRows({ ids }, plan('reward', prm).pool)).toBe(2);
    expect(deviceRows({ ids }, plan('reward', prm, { step_tag_id: 1 }).pool)).toBe(0);
    expect(deviceRows({ ids }, plan('embed', embedder()).pool)).toBe(1);
    expect(deviceRows({ ids }, plan('embed', served(sentence(), { pooled })).pool)).toBe(1);
    expect(deviceRows({ ids }, { ...plan('reward', prm).pool, stepTagId: null })).toBe(5);
  });

  test('poolings that are joined come as several and make one', () => {
    const joined = served(sentence({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }), { states });
    const made = plan('embed', joined);
    expect([deviceRows({ ids }, made.pool), finishedRows({ ids }, made)]).toEqual([2, 1]);
    expect(made).toMatchObject({ width: 768, pool: { normalize: false }, finish: { dimensions: 768, normalize: true } });
    expect(finishedRows({ ids }, plan('embed', served(sentence(), { states, pooled })))).toBe(1);
  });
});
