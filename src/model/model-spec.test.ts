import { describe, expect, test } from 'vitest';
import type { LogEntry, PoolerConfig } from '../types.ts';
import { architecturePooling } from './architecture-pooling.ts';
import type { ConfigFiles } from './config-files.ts';
import { checkDimensions } from './matryoshka.ts';
import { checkEmbeds, resolveSpec, type ModelSpec } from './model-spec.ts';
import { parseModules } from './sentence-modules.ts';

const modulesOf = (...types: string[]) =>
  parseModules(
    Buffer.from(JSON.stringify(types.map((type, idx) => ({ idx, name: String(idx), path: idx ? `${idx}_X` : '', type })))),
    'modules.json (here)',
  );
const st = (kind: string) => `sentence_transformers.models.${kind}`;
const bert = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: 384,
  vocab_size: 30522,
  max_position_embeddings: 512,
  pad_token_id: 0,
};
const mean = { word_embedding_dimension: 384, pooling_mode_cls_token: false, pooling_mode_mean_tokens: true, include_prompt: true };

interface Given {
  config?: Record<string, unknown>;
  files?: Partial<ConfigFiles>;
  override?: PoolerConfig | Record<string, unknown>;
  hf?: Record<string, unknown>;
  maxModelLen?: number | null;
}

let logged: LogEntry[] = [];
function resolve({ config = bert, files = {}, override = {}, hf = {}, maxModelLen = null }: Given = {}): ModelSpec {
  logged = [];
  const all: ConfigFiles = { config, tokenizer: {}, tokenizerConfig: {}, modules: null, pooling: null, sentence: null, ...files };
  const request = { name: 'my-model', hfOverrides: hf, overridePoolerConfig: override as PoolerConfig, maxModelLen };
  return resolveSpec(all, request, (entry) => logged.push(entry));
}
const sentence = (pooling: Record<string, unknown> = mean, kinds = ['Transformer', 'Pooling', 'Normalize']): Given => ({
  files: { modules: modulesOf(...kinds.map(st)), pooling },
});
const pooler = (given: Given) => {
  const { pooling_type, normalize, source } = resolve(given).pooler;
  return [pooling_type, normalize, source];
};

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

describe('the maximum length', () => {
  const roberta = { ...bert, architectures: ['RobertaModel'], model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 1 };
  const qwen = { ...bert, architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', max_position_embeddings: 32768 };
  const bare = { architectures: ['X'], hidden_size: 8, vocab_size: 9 };
  test.each<[string, Given, number]>([
    ['is max_position_embeddings', {}, 512],
    ['is that of the tokenizer if smaller, for learned positions', { files: { tokenizerConfig: { model_max_length: 128 } } }, 128],
    ['is not that of the tokenizer if larger', { files: { tokenizerConfig: { model_max_length: 1e30 } } }, 512],
    ['is not that of the tokenizer for computed positions', { config: qwen, files: { tokenizerConfig: { model_max_length: 100 } } }, 32768],
    [
      'is that of the tokenizer if Sentence-Transformers 6 keeps it there',
      { config: qwen, files: { ...sentence().files, sentence: {}, tokenizerConfig: { model_max_length: 100 } } },
      100,
    ],
    ['is max_seq_length if smaller', { files: { sentence: { max_seq_length: 256, do_lower_case: false } } }, 256],
    ['is max_seq_length even if larger', { config: qwen, files: { sentence: { max_seq_length: 40_000 } } }, 40_000],
    [
      'is max_seq_length, not the tokenizer’s',
      { files: { sentence: { max_seq_length: 256 }, tokenizerConfig: { model_max_length: 128 } } },
      256,
    ],
    ['is the table’s where max_seq_length exceeds it', { files: { sentence: { max_seq_length: 1024 } } }, 512],
    ['ignores max_seq_length null', { files: { sentence: { max_seq_length: null } } }, 512],
    ['is 512 for RoBERTa’s 514', { config: roberta }, 512],
    [
      'is all of 8194 for rotary XLM-RoBERTa',
      { config: { ...roberta, model_type: 'xlm-roberta', position_embedding_type: 'rotary', max_position_embeddings: 8194 } },
      8194,
    ],
    ['is the smallest of the keys', { config: { ...qwen, seq_length: 1000, n_positions: 2000 } }, 1000],
    ['is read from text_config', { config: { ...bare, text_config: { max_position_embeddings: 77 } } }, 77],
    ['ignores -1', { config: { ...bare, max_position_embeddings: -1, seq_len: 300 } }, 300],
    ['is 2048 if nothing says', { config: bare }, 2048],
    ['is the caller’s if nothing says', { config: bare, maxModelLen: 4000 }, 4000],
    ['is the caller’s if smaller', { maxModelLen: 100 }, 100],
    ['follows hfOverrides', { hf: { max_position_embeddings: 64 } }, 64],
  ])('%s', (_, given, length) => {
    expect(resolve(given).maxModelLen).toBe(length);
  });

  test('above the derived one is vLLM’s error', () => {
    const files = { sentence: { max_seq_length: 256 } };
    expect(() => resolve({ files, maxModelLen: 512 })).toThrow(
      "User-specified max_model_len (512) is greater than the derived max_model_len (max_position_embeddings=256 or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1",
    );
    expect(resolve({ files, maxModelLen: 256 }).maxModelLen).toBe(256);
  });

  test.each([0, -1, 1.5, NaN])('%d is refused', (maxModelLen) => {
    expect(() => resolve({ maxModelLen })).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('the rest of the files', () => {
  test('lower case, padding side and padding id', () => {
    expect(resolve()).toMatchObject({
      doLowerCase: false,
      paddingSide: 'right',
      padTokenId: 0,
      name: 'my-model',
      hiddenSize: 384,
      vocabSize: 30522,
    });
    const tokenizer = { added_tokens: [{ id: 7, content: '<pad>' }] };
    const files = {
      sentence: { do_lower_case: true },
      tokenizerConfig: { padding_side: 'left', pad_token: { content: '<pad>' } },
      tokenizer,
    };
    const config = { ...bert, pad_token_id: null };
    expect(resolve({ config, files })).toMatchObject({ doLowerCase: true, paddingSide: 'left', padTokenId: 7 });
    expect(resolve({ config: { ...bert, pad_token_id: -1 } }).padTokenId).toBe(0);
  });

  test.each([
    ['hidden_size', { n_embd: 768 }, 768],
    ['hidden_size', { dim: 64 }, 64],
    ['hidden_size', { text_config: { hidden_size: 32 } }, 32],
  ])('%s is found in %j', (key, more, size) => {
    expect(resolve({ config: { ...bert, [key]: undefined, ...more } }).hiddenSize).toBe(size);
  });

  test.each(['architectures', 'hidden_size', 'vocab_size'])('a config.json without %s is refused, with the remedy', (key) => {
    expect(() => resolve({ config: { ...bert, [key]: undefined } })).toThrow(
      expect.objectContaining({
        code: 'model-file-invalid',
        message: expect.stringMatching(new RegExp(`config\\.json.*${key}.*hfOverrides`)),
      }),
    );
  });
});

describe('Matryoshka', () => {
  const any = () => resolve({ hf: { is_matryoshka: true } });
  const listed = () => resolve({ config: { ...bert, matryoshka_dimensions: [256, 128] } });
  const refuse = (spec: ModelSpec, dimensions: number, message: string) =>
    expect(() => checkDimensions(spec, dimensions)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));

  test('is declared by a list, or by a flag for any size', () => {
    expect(resolve()).toMatchObject({ isMatryoshka: false, matryoshkaDimensions: null });
    expect(any()).toMatchObject({ isMatryoshka: true, matryoshkaDimensions: null });
    expect(listed()).toMatchObject({ isMatryoshka: true, matryoshkaDimensions: [256, 128] });
    expect(resolve({ hf: { matryoshka_dimensions: [] } }).isMatryoshka).toBe(false);
    expect(() => resolve({ hf: { matryoshka_dimensions: [1.5] } })).toThrow(/matryoshka_dimensions/);
  });

  test('texts are vLLM’s', () => {
    for (const spec of [resolve(), any(), listed()]) {
      expect(() => checkDimensions(spec, null)).not.toThrow();
      expect(() => checkDimensions(spec, undefined)).not.toThrow();
    }
    refuse(
      resolve(),
      128,
      'Model "my-model" does not support matryoshka representation, changing output dimensions will lead to poor results.',
    );
    refuse(
      listed(),
      64,
      'Model "my-model" only supports [256, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
    );
    refuse(
      listed(),
      0,
      'Model "my-model" only supports [256, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
    );
    refuse(any(), 0, 'Dimensions must be greater than 0');
    refuse(any(), 385, "Model 'my-model' only supports dimensions in range [1, 384], got 385.");
    refuse(any(), 1.5, 'dimensions has to be a whole number, not 1.5.');
    refuse(any(), NaN, 'dimensions has to be a whole number, not NaN.');
    for (const dimensions of [1, 200, 384]) checkDimensions(any(), dimensions);
    checkDimensions(listed(), 128);
  });

  test('a default size is checked at load', () => {
    const hf = { is_matryoshka: true };
    expect(resolve({ hf, override: { dimensions: 32 } }).defaultDimensions).toBe(32);
    expect(() => resolve({ hf, override: { dimensions: 999 } })).toThrow('range [1, 384]');
  });
});
