import { describe, expect, test } from 'vitest';
import { architecturePooling } from './architecture-pooling.ts';
import { checkEmbeds } from './model-spec.ts';
import { parseModules } from './sentence-modules.ts';
import { type Given, bert, logged, mean, modulesOf, pooler, resolve, sentence, st } from './spec-for-tests.ts';

describe('the pooler, field by field', () => {
  test.each<[string, Given, unknown[]]>([
    ['is that of modules.json', sentence(), ['MEAN', true, 'modules.json']],
    [
      'does not normalise if modules.json has Pooling and no Normalize',
      sentence(mean, ['Transformer', 'Pooling']),
      ['MEAN', false, 'modules.json'],
    ],
    ['is the override', { ...sentence(), override: { pooling_type: 'CLS', normalize: false } }, ['CLS', false, 'override']],
    [
      'takes only what the override sets',
      { ...sentence(), override: { pooling_type: null, normalize: false } },
      ['MEAN', false, 'modules.json'],
    ],
    [
      'keeps what the override leaves',
      { ...sentence(mean, ['Transformer', 'Pooling']), override: { seq_pooling_type: 'LAST' } },
      ['LAST', false, 'override'],
    ],
    ['reads use_activation as normalize', { override: { use_activation: false } }, ['CLS', false, 'architecture']],
    ['is the architecture’s, normalised, without modules.json', {}, ['CLS', true, 'architecture']],
    [
      'is the architecture’s if modules.json has no Pooling',
      { files: { modules: modulesOf(st('Transformer')) } },
      ['CLS', true, 'architecture'],
    ],
    ['is LAST for a decoder', { config: { ...bert, architectures: ['Qwen3ForCausalLM'] } }, ['LAST', true, 'architecture']],
    ['may be ALL', { override: { pooling_type: 'ALL' } }, ['ALL', true, 'override']],
    ['follows hfOverrides', { hf: { architectures: ['GPT2Model'] } }, ['LAST', true, 'architecture']],
  ])('%s', (_, given, expected) => {
    expect(pooler(given)).toEqual(expected);
  });

  test.each([
    ['BertModel', 'CLS'],
    ['BertForSequenceClassification', 'CLS'],
    ['XLMRobertaModel', 'CLS'],
    ['ModernBertModel', 'CLS'],
    ['NomicBertModel', 'CLS'],
    ['GteNewModel', 'CLS'],
    ['HF_ColBERT', 'CLS'],
    ['BertForTokenClassification', 'ALL'],
    ['Qwen2ForRewardModel', 'ALL'],
    ['InternLM2ForRewardModel', 'ALL'],
    ['Qwen2ForProcessRewardModel', 'STEP'],
    ['EmbeddingGemma2Model', 'MEAN'],
    ['MistralModel', 'LAST'],
    ['Gemma3TextModel', 'LAST'],
  ])('%s is pooled by %s', (architecture, type) => {
    expect(architecturePooling(architecture)).toBe(type);
  });

  test('a guess by architecture is told', () => {
    resolve();
    expect(logged).toEqual([{ level: 'warning', message: expect.stringContaining('Pooling by CLS, the default of BertModel') }]);
    resolve(sentence());
    expect(logged).toEqual([]);
  });
});

describe('Sentence-Transformers files', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['cls, as a boolean', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'CLS'],
    ['mean, as a boolean', mean, 'MEAN'],
    ['last token, as a boolean', { pooling_mode_lasttoken: true, include_prompt: true }, 'LAST'],
    ['cls, by name', { embedding_dimension: 384, pooling_mode: 'cls', include_prompt: true }, 'CLS'],
    ['mean, by name', { pooling_mode: 'mean' }, 'MEAN'],
    ['last token, in a list', { pooling_mode: ['lasttoken'] }, 'LAST'],
    ['nothing set, which is mean', { pooling_mode_cls_token: false }, 'MEAN'],
  ])('%s', (_, pooling, type) => {
    expect(pooler(sentence(pooling))[0]).toBe(type);
  });

  test.each<[string, Record<string, unknown>]>([
    ['MAX', { pooling_mode_max_tokens: true }],
    ['MAX', { pooling_mode: 'max' }],
    ['MEAN_SQRT_LEN', { pooling_mode_mean_sqrt_len_tokens: true }],
    ['MEAN_SQRT_LEN', { pooling_mode: 'mean_sqrt_len_tokens' }],
    ['WEIGHTEDMEAN', { pooling_mode_weightedmean_tokens: true }],
    ['CLS + MEAN', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }],
    ['CLS + MAX', { pooling_mode: ['cls', 'max'] }],
    ['CONSTRUCTOR', { pooling_mode: 'constructor' }],
  ])('%s is refused, with what to do', (name, pooling) => {
    const message = `Pooling type ${name} not supported (1_X/config.json)`;
    expect(() => resolve(sentence(pooling))).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining(message) }),
    );
    expect(pooler({ ...sentence(pooling), override: { pooling_type: 'MEAN' } })[0]).toBe('MEAN');
  });

  test.each([[{ pooling_mode: 3 }], [{ pooling_mode: [] }], [{ pooling_mode: ['cls', null] }]])('%j is no pooling config', (pooling) => {
    expect(() => resolve(sentence(pooling))).toThrow(expect.objectContaining({ code: 'model-file-invalid' }));
  });

  test.each([
    ['2.x', [st('Transformer'), st('Pooling'), st('Normalize')]],
    [
      '6.x',
      ['base.modules.transformer.Transformer', 'sentence_transformer.modules.pooling.Pooling', 'base.modules.normalize.Normalize'].map(
        (path) => `sentence_transformers.${path}`,
      ),
    ],
    ['its own classes', ['custom_st.Transformer', 'x.Pooling', 'y.Normalize']],
    ['Dropout, which does nothing', [st('Transformer'), st('Pooling'), st('Dropout'), st('Normalize')]],
  ])('modules of %s are known', (_, types) => {
    expect(pooler({ files: { modules: modulesOf(...types), pooling: mean } })).toEqual(['MEAN', true, 'modules.json']);
  });

  test.each([
    ['Dense', ['Transformer', 'Pooling', 'Dense', 'Normalize']],
    ['LayerNorm', ['Transformer', 'Pooling', 'LayerNorm']],
    ['CNN', ['Transformer', 'CNN', 'Pooling']],
    ['StaticEmbedding', ['StaticEmbedding', 'Normalize']],
    ['Pooling', ['Transformer', 'Pooling', 'Pooling']],
    ['Normalize', ['Transformer', 'Normalize', 'Pooling']],
    ['Transformer', ['Transformer', 'Transformer', 'Pooling']],
  ])('%s where it cannot be computed is refused, override or not', (name, kinds) => {
    for (const override of [{}, { pooling_type: 'MEAN' }]) {
      expect(() => resolve({ ...sentence(mean, kinds), override })).toThrow(
        expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining(st(name)) }),
      );
    }
  });

  test.each(['{}', '[1]', '[{"type":"a.Pooling"}]', '[{"type":3,"path":""}]', '[{"type":"a.Pooling","path":"../x"}]', '<html>'])(
    'modules.json %s is refused',
    (text) => {
      expect(() => parseModules(Buffer.from(text), 'modules.json (here)')).toThrow(
        expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining('modules.json') }),
      );
    },
  );
});

describe('overridePoolerConfig', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ pooling_type: 'MAX' }, 'Unknown pooling_type "MAX". Known, in capitals: CLS, LAST, MEAN, ALL.'],
    [{ pooling_type: 'mean' }, 'Unknown pooling_type "mean"'],
    [{ pooling_type: 7 }, 'Unknown pooling_type 7'],
    [{ seq_pooling_type: 'ALL' }, 'Unknown seq_pooling_type "ALL". Known, in capitals: CLS, LAST, MEAN.'],
    [{ pooling_type: 'STEP' }, 'pooling_type STEP is not supported yet'],
    [{ pooling_type: 'CLS', seq_pooling_type: 'CLS' }, 'Cannot set both `pooling_type` and `seq_pooling_type`'],
    [{ normalize: true, use_activation: false }, 'two names of one switch'],
    [{ normalize: 1 }, 'overridePoolerConfig.normalize has to be true or false, not 1'],
    [{ enable_chunked_processing: 'yes' }, 'enable_chunked_processing has to be true or false'],
    [{ max_embed_len: 0 }, 'max_embed_len has to be a whole number above 0, not 0'],
    [{ max_embed_len: 1.5 }, 'max_embed_len has to be a whole number above 0, not 1.5'],
    [{ max_embed_len: '100' }, 'max_embed_len has to be'],
    [{ poolingType: 'CLS' }, 'overridePoolerConfig has no key "poolingType". Known: pooling_type,'],
    [{ dimensions: 32 }, 'Model "my-model" does not support matryoshka representation'],
    [{ dimensions: '32' }, 'dimensions has to be a whole number'],
  ])('%j is refused', (override, message) => {
    expect(() => resolve({ override })).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
    );
  });

  test('vLLM’s whole config is taken', () => {
    const override = {
      pooling_type: 'MEAN',
      normalize: true,
      use_activation: true,
      enable_chunked_processing: true,
      max_embed_len: 3_072_000,
    };
    expect(resolve({ override })).toMatchObject({
      enableChunkedProcessing: true,
      maxEmbedLen: 3_072_000,
      pooler: { pooling_type: 'MEAN', normalize: true },
    });
    expect(logged).toEqual([]);
    expect(resolve()).toMatchObject({ enableChunkedProcessing: false, maxEmbedLen: null, defaultDimensions: null });
  });

  test('keys of other tasks are ignored, and that is told once', () => {
    resolve({ ...sentence(), override: { task: 'embed', softmax: false, activation: null, step_tag_id: 3 } });
    expect(logged).toEqual([
      { level: 'info', message: 'overridePoolerConfig: task, softmax, step_tag_id say nothing about embeddings and are ignored.' },
    ]);
  });
});

test('an embedding needs one row, which ALL does not give', () => {
  expect(() => checkEmbeds(resolve())).not.toThrow();
  expect(() => checkEmbeds(resolve({ override: { pooling_type: 'ALL' } }))).toThrow(expect.objectContaining({ code: 'unsupported-task' }));
});

test('a process-reward model says that STEP is not there yet', () => {
  const config = { ...bert, architectures: ['Qwen2ForProcessRewardModel'] };
  expect(() => resolve({ config })).toThrow(
    expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining('STEP') }),
  );
});
