import { describe, expect, test } from 'vitest';
import { parseModules } from './sentence-modules.ts';
import { mean, modules, pooler, resolve, sentence, st } from './spec-for-tests.ts';

describe('Sentence-Transformers files', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['cls, as a boolean', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'CLS'],
    ['mean, as a boolean', mean, 'MEAN'],
    ['last token, as a boolean', { pooling_mode_lasttoken: true, include_prompt: true }, 'LAST'],
    ['cls, by name', { embedding_dimension: 384, pooling_mode: 'cls', include_prompt: true }, 'CLS'],
    ['mean, by name', { pooling_mode: 'mean' }, 'MEAN'],
    ['last token, in a list', { pooling_mode: ['lasttoken'] }, 'LAST'],
    ['nothing set, which is mean', { pooling_mode_cls_token: false }, 'MEAN'],
    ['max, as a boolean', { pooling_mode_max_tokens: true }, 'MAX'],
    ['mean over the root of the length, by name', { pooling_mode: 'mean_sqrt_len_tokens' }, 'MEAN_SQRT_LEN'],
    ['weighted mean, as a boolean', { pooling_mode_weightedmean_tokens: true }, 'WEIGHTEDMEAN'],
  ])('may say %s', (_, pooling, type) => {
    expect(pooler(sentence(pooling))).toEqual([type, true, 'modules.json']);
    expect(resolve(sentence(pooling)).poolingTypes).toEqual([type]);
  });

  test('several modes are joined: booleans in the order of Sentence-Transformers, names in their own', () => {
    const flags = {
      pooling_mode_lasttoken: true,
      pooling_mode_weightedmean_tokens: true,
      pooling_mode_mean_tokens: true,
      pooling_mode_mean_sqrt_len_tokens: true,
      pooling_mode_max_tokens: true,
      pooling_mode_cls_token: true,
    };
    const all = resolve(sentence(flags));
    expect(all.poolingTypes).toEqual(['CLS', 'MAX', 'MEAN', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN', 'LAST']);
    expect(all.embeddingSize).toBe(6 * 384);
    expect(all.pooler.pooling_type).toBe('CLS');
    const named = resolve({ ...sentence({ pooling_mode: ['mean', 'cls'] }), hf: { is_matryoshka: true }, override: { dimensions: 700 } });
    expect(named).toMatchObject({ poolingTypes: ['MEAN', 'CLS'], embeddingSize: 768, defaultDimensions: 700 });
  });

  test('a prompt may be left out of pooling', () => {
    expect(resolve(sentence({ pooling_mode: 'mean', include_prompt: false })).includePrompt).toBe(false);
    expect(resolve(sentence({ pooling_mode: 'mean' })).includePrompt).toBe(true);
    expect(resolve().includePrompt).toBe(true);
  });

  test.each<[string, Record<string, unknown>]>([
    ['SUM', { pooling_mode: 'sum' }],
    ['SUM', { pooling_mode_sum_tokens: true, pooling_mode_mean_tokens: true }],
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
    expect(pooler(modules(types))).toEqual(['MEAN', true, 'modules.json']);
  });

  test.each([
    ['WordWeights', ['Transformer', 'WordWeights', 'Pooling']],
    ['LSTM', ['Transformer', 'LSTM', 'Pooling']],
    ['Router', ['Router', 'Pooling']],
    ['Asym', ['Transformer', 'Pooling', 'Asym']],
    ['BoW', ['BoW', 'Dense']],
    ['SpladePooling', ['MLMTransformer', 'SpladePooling']],
    ['LogitScore', ['Transformer', 'Pooling', 'LogitScore']],
    ['MultiVectorMask', ['Transformer', 'Pooling', 'MultiVectorMask']],
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

describe('config_sentence_transformers.json', () => {
  const read = (sentenceModel: Record<string, unknown> | null) => resolve({ files: { sentenceModel } });

  test('has the prompts, and the default one', () => {
    expect(read(null)).toMatchObject({ prompts: {}, defaultPromptName: null });
    const file = { prompts: { query: 'query: ', document: null }, default_prompt_name: 'query' };
    expect(read(file)).toMatchObject({ prompts: { query: 'query: ', document: '' }, defaultPromptName: 'query' });
    expect(read({ __version__: {}, prompts: {}, default_prompt_name: null })).toMatchObject({ prompts: {}, defaultPromptName: null });
  });

  test('may have PyLate’s markers, which come before the prompt', () => {
    expect(read({ query_prefix: '[Q] ', document_prefix: '[D] ', prompts: { query: '[Q] q: ', document: 'd: ' } }).prompts).toEqual({
      query: '[Q] q: ',
      document: '[D] d: ',
    });
    expect(read({ query_prefix: '[Q] ' }).prompts).toEqual({ query: '[Q] ' });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ prompts: ['a'] }, 'prompts is ["a"], not an object of texts'],
    [{ prompts: { query: 3 } }, 'prompts is {"query":3}, not an object of texts'],
    [{ prompts: { query: 'q' }, default_prompt_name: 'passage' }, 'default_prompt_name is "passage", and prompts has query'],
    [{ default_prompt_name: 'toString' }, 'default_prompt_name is "toString", and prompts has none'],
    [{ default_prompt_name: 3 }, 'default_prompt_name is 3, not a text'],
    [{ query_prefix: 1 }, 'query_prefix is 1, not a text'],
  ])('%j is refused', (file, message) => {
    expect(() => read(file)).toThrow(
      expect.objectContaining({
        code: 'model-file-invalid',
        message: `config_sentence_transformers.json cannot be used: ${message}.`,
      }),
    );
  });
});
