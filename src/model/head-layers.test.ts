import { describe, expect, test } from 'vitest';
import type { HeadLayer } from '../shapes.ts';
import { denseFiles, identity, mean, modules, pooler, resolve, st } from './spec-for-tests.ts';
import type { ModuleFiles } from './module-files.ts';

const kindsOf = (head: readonly HeadLayer[]) => head.map((layer) => (layer.kind === 'dense' ? `dense ${layer.outputs}` : layer.kind));
const norm = (width: number): ModuleFiles => ({
  config: { dimension: width },
  tensors: new Map([
    ['norm.weight', { shape: [width], data: new Float32Array(width).fill(1) }],
    ['norm.bias', { shape: [width], data: new Float32Array(width) }],
  ]),
});
const dense = (files: ModuleFiles, type = st('Dense')) => modules([st('Transformer'), st('Pooling'), type], { '2_X': files });
const head = (files: ModuleFiles, type?: string) => resolve(dense(files, type)).head;

describe('layers after pooling', () => {
  test('are the head, in their order, and the last Normalize is the pooler’s', () => {
    const gemma = modules(['Transformer', 'Pooling', 'Dense', 'Dense', 'Normalize'].map(st), {
      '2_X': denseFiles(384, 1024, { bias: false }),
      '3_X': denseFiles(1024, 256, { activation_function: 'torch.nn.modules.activation.Tanh' }),
    });
    const spec = resolve({ ...gemma, hf: { is_matryoshka: true }, override: { dimensions: 256 } });
    expect(spec).toMatchObject({ hiddenSize: 384, embeddingSize: 256, pooler: { normalize: true }, lateInteraction: false });
    expect(spec.head).toMatchObject([
      { kind: 'dense', inputs: 384, outputs: 1024, bias: null, activation: 'identity' },
      { kind: 'dense', inputs: 1024, outputs: 256, bias: Float32Array.from({ length: 256 }, (_, i) => i + 1), activation: 'tanh' },
    ]);
    expect(() => resolve({ ...gemma, hf: { is_matryoshka: true }, override: { dimensions: 384 } })).toThrow('in range [1, 256], got 384');
  });

  test('may normalise in between', () => {
    const files = { '3_X': denseFiles(384, 8), '4_X': norm(8) };
    const spec = resolve(modules(['Transformer', 'Pooling', 'Normalize', 'Dense', 'LayerNorm'].map(st), files));
    expect(kindsOf(spec.head)).toEqual(['normalize', 'dense 8', 'layer-norm']);
    expect(spec.head[2]).toMatchObject({ width: 8, eps: 1e-5 });
    expect(spec.pooler.normalize).toBe(false);
  });

  test('take all that several poolers join', () => {
    const joined = modules(['Transformer', 'Pooling', 'Dense'].map(st), {
      '1_X': { config: { pooling_mode: ['cls', 'mean'] } },
      '2_X': denseFiles(768, 16),
    });
    expect(resolve(joined)).toMatchObject({ poolingTypes: ['CLS', 'MEAN'], embeddingSize: 16 });
    expect(() => resolve({ ...joined, override: { pooling_type: 'CLS' } })).toThrow(
      '2_X/config.json cannot be used: it takes rows of 768 values, and what comes before it gives 384.',
    );
  });

  test.each([[['linear.weight', 'linear.bias']], [['weight', 'bias']], [['dense.weight', 'dense.bias']]])(
    'have their weights as %j',
    ([weight, bias]) => {
      const { config, tensors } = denseFiles(384, 2);
      const renamed = new Map([
        [weight!, tensors!.get('linear.weight')!],
        [bias!, tensors!.get('linear.bias')!],
      ]);
      expect(head({ config, tensors: renamed })).toEqual(head({ config, tensors }));
    },
  );

  test.each<[string, string, unknown, string]>([
    ['Tanh, Sentence-Transformers’ default', st('Dense'), undefined, 'tanh'],
    ['Identity, PyLate’s', 'pylate.models.Dense.Dense', undefined, 'identity'],
    ['nothing', st('Dense'), null, 'identity'],
    ['GELU', st('Dense'), 'torch.nn.modules.activation.GELU', 'gelu'],
    ['ReLU', 'sentence_transformers.base.modules.dense.Dense', 'torch.nn.modules.activation.ReLU', 'relu'],
  ])('are activated by %s', (_, type, path, activation) => {
    const { config, tensors } = denseFiles(384, 2);
    expect(head({ config: { ...config, activation_function: path }, tensors }, type)[0]).toMatchObject({ activation });
  });

  const { config, tensors } = denseFiles(384, 2);
  test.each<[string, ModuleFiles, string, string]>([
    [
      'code of its own',
      { config: { ...config, activation_function: 'my.Swish' }, tensors },
      'unsupported-model',
      'Loading of activation functions is restricted to torch.nn.modules for security reasons; activation_function in 2_X/config.json is "my.Swish".',
    ],
    [
      'an activation that is not known',
      { config: { ...config, activation_function: 'torch.nn.modules.activation.ELU' }, tensors },
      'unsupported-model',
      'torch.nn.modules.activation.ELU (activation_function in 2_X/config.json) is not supported. Supported: Identity,',
    ],
    ['a residual', { config: { ...config, use_residual: true }, tensors }, 'unsupported-model', 'use_residual (2_X/config.json)'],
    [
      'tokens as its input',
      { config: { ...config, module_input_name: 'token_embeddings' }, tensors },
      'unsupported-model',
      'goes from token_embeddings to token_embeddings (2_X/config.json)',
    ],
    [
      'another output',
      { config: { ...config, module_output_name: 'other' }, tensors },
      'unsupported-model',
      'goes from sentence_embedding to other',
    ],
    [
      'no sizes',
      { config: { ...config, in_features: undefined }, tensors },
      'model-file-invalid',
      '2_X/config.json cannot be used: in_features is undefined',
    ],
    ['other inputs', denseFiles(100, 2), 'model-file-invalid', 'it takes rows of 100 values, and what comes before it gives 384'],
    [
      'weights of another shape',
      { config: { ...config, out_features: 3 }, tensors },
      'model-file-invalid',
      '2_X/model.safetensors cannot be used: tensor linear.weight is [2, 384], not [3, 384]',
    ],
    [
      'no bias where there should be one',
      { config, tensors: new Map([...tensors!].slice(0, 1)) },
      'model-file-invalid',
      'it has none of linear.bias, bias, dense.bias; it has linear.weight',
    ],
    [
      'no tensors',
      { config, tensors: new Map() },
      'model-file-invalid',
      'it has none of linear.weight, weight, dense.weight; it has nothing',
    ],
  ])('with %s are refused', (_, files, code, message) => {
    expect(() => head(files)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

describe('layers before pooling', () => {
  const before = (type: string, activation: string, pooling: Record<string, unknown> = mean) =>
    modules([st('Transformer'), type, st('Pooling')], {
      '1_X': denseFiles(384, 8, { activation_function: activation, module_input_name: 'token_embeddings' }),
      '2_X': { config: pooling },
    });
  const tanh = 'torch.nn.modules.activation.Tanh';
  test.each<[string, Record<string, unknown>]>([
    [tanh, { pooling_mode: 'cls' }],
    [tanh, { pooling_mode: 'lasttoken' }],
    [identity, mean],
    [identity, { pooling_mode: 'weightedmean' }],
  ])('%s may as well come after %j', (activation, pooling) => {
    const spec = resolve(before(st('Dense'), activation, pooling));
    expect(kindsOf(spec.head)).toEqual(['dense 8']);
    expect(spec).toMatchObject({ embeddingSize: 8, lateInteraction: false });
  });
  test.each<[string, Record<string, unknown>, string]>([
    [tanh, mean, 'MEAN'],
    [identity, { pooling_mode: 'max' }, 'MAX'],
    [identity, { pooling_mode: 'mean_sqrt_len_tokens' }, 'MEAN_SQRT_LEN'],
    [identity, { pooling_mode: ['cls', 'mean'] }, 'CLS + MEAN'],
  ])('%s may not change places with %j', (activation, pooling, types) => {
    expect(() => resolve(before(st('Dense'), activation, pooling))).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringContaining(`modules.json has ${st('Dense')} before ${types} pooling`),
      }),
    );
  });
});

describe('late interaction', () => {
  const colbert = { '1_X': denseFiles(384, 96, { bias: false }) };
  test('is a Transformer and a Dense of PyLate, which normalises by itself', () => {
    const given = modules([st('Transformer'), 'pylate.models.Dense.Dense'], colbert);
    const spec = resolve({ files: { ...given.files, sentenceModel: { model_type: 'ColBERT', query_prefix: '[Q] ' } } });
    expect(spec).toMatchObject({
      kind: 'embed',
      lateInteraction: true,
      embeddingSize: 96,
      poolingTypes: ['ALL'],
      pooler: { pooling_type: 'ALL', normalize: true, source: 'modules.json' },
      prompts: { query: '[Q] ' },
    });
    expect(kindsOf(spec.head)).toEqual(['dense 96']);
  });

  test('says whether it normalises, in Sentence-Transformers 6', () => {
    const base = 'sentence_transformers.base.modules';
    const types = [`${base}.transformer.Transformer`, `${base}.dense.Dense`, `${base}.normalize.Normalize`, 'a.MultiVectorMask'];
    const mask = { config: { skiplist_words: ['.', ','], skiplist_tasks: ['document'], keep_only_token_ids: null } };
    expect(resolve(modules(types, { ...colbert, '3_X': mask }))).toMatchObject({
      lateInteraction: true,
      pooler: { normalize: true },
    });
    expect(resolve(modules(types.slice(0, 2), colbert))).toMatchObject({ pooler: { normalize: false } });
    expect(() => resolve(modules(types, { ...colbert, '3_X': { config: { keep_only_token_ids: [1] } } }))).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining('keep_only_token_ids (3_X/config.json)') }),
    );
  });

  test('is a class with ColBERT in its name, whose graph has the head', () => {
    expect(pooler({ hf: { architectures: ['HF_ColBERT'] } })).toEqual(['ALL', true, 'architecture']);
    expect(resolve({ hf: { architectures: ['HF_ColBERT'] } })).toMatchObject({ lateInteraction: true, head: [], embeddingSize: 384 });
  });

  test('is not pooled', () => {
    const given = { hf: { architectures: ['HF_ColBERT'] } };
    expect(pooler({ ...given, override: { pooling_type: 'ALL', normalize: false } })).toEqual(['ALL', false, 'override']);
    expect(() => resolve({ ...given, override: { pooling_type: 'MEAN' } })).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining('and MEAN would pool them') }),
    );
  });
});
