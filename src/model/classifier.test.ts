import { describe, expect, test } from 'vitest';
import { architectureKind } from './architecture-kind.ts';
import { bert, denseFiles, modules, pooler, resolve, sentence, st } from './spec-for-tests.ts';

describe('what a model gives', () => {
  test.each([
    ['BertModel', 'embed'],
    ['Gemma3TextModel', 'embed'],
    ['T5ForTextEncoding', 'embed'],
    ['BertForMaskedLM', 'embed'],
    ['HF_ColBERT', 'embed'],
    ['Qwen3ForCausalLM', 'causal_lm'],
    ['Qwen2_5_VLForConditionalGeneration', 'causal_lm'],
    ['GPT2LMHeadModel', 'causal_lm'],
    ['QWenChatModel', 'causal_lm'],
    ['XLMRobertaForSequenceClassification', 'classify'],
    ['GPT2ClassificationModel', 'classify'],
    ['JinaVLForRanking', 'classify'],
    ['ModernBertForTokenClassification', 'token_classify'],
    ['Qwen2ForRewardModel', 'reward'],
    ['Qwen2ForProcessRewardModel', 'reward'],
    ['LlamaForRewardModeling', 'reward'],
  ])('%s: %s', (architecture, kind) => {
    expect(architectureKind(architecture)).toBe(kind);
    expect(resolve({ config: { ...bert, architectures: [architecture] } }).kind).toBe(kind);
  });

  test('is an embedding if it has a Pooling module, or if the caller converts it', () => {
    const hf = { architectures: ['Qwen3ForCausalLM'] };
    expect(resolve({ ...sentence(), hf }).kind).toBe('embed');
    expect(resolve({ hf, override: { pooling_type: 'LAST' } }).kind).toBe('embed');
    expect(resolve({ hf, override: { task: 'embed' } })).toMatchObject({ kind: 'embed', task: 'embed' });
    expect(resolve({ hf, override: { task: 'classify' } })).toMatchObject({ kind: 'causal_lm', task: 'classify' });
  });

  test('is a reward where the logits of a language model are taken at the end of each step', () => {
    const override = { pooling_type: 'STEP', step_tag_id: 123, returned_token_ids: [456, 789] };
    expect(resolve({ hf: { architectures: ['LlamaForCausalLM'] }, override })).toMatchObject({
      kind: 'reward',
      poolingTypes: ['STEP'],
      stepTagId: 123,
      returnedTokenIds: [456, 789],
      numLabels: 2,
      classifierActivation: 'softmax',
      useActivation: true,
    });
  });
});

describe('rewards', () => {
  test.each([
    ['Qwen2ForRewardModel', ['ALL', 1, 'sigmoid', false, null]],
    ['Qwen2ForProcessRewardModel', ['STEP', 2, 'softmax', true, 151651]],
    ['InternLM2ForRewardModel', ['ALL', 1, 'sigmoid', true, null]],
  ])('%s has its class’s defaults', (architecture, expected) => {
    const given = { config: { ...bert, architectures: [architecture] } };
    const { poolingTypes, numLabels, classifierActivation, useActivation, stepTagId } = resolve(given);
    expect([poolingTypes[0], numLabels, classifierActivation, useActivation, stepTagId]).toEqual(expected);
    expect(resolve({ ...given, override: { softmax: false } }).useActivation).toBe(false);
    expect(resolve({ ...given, override: { use_activation: true } }).useActivation).toBe(true);
  });

  test('the override wins, and an empty list of columns is none', () => {
    const config = { ...bert, architectures: ['Qwen2ForProcessRewardModel'] };
    expect(resolve({ config, override: { step_tag_id: 7, returned_token_ids: [1] } })).toMatchObject({
      stepTagId: 7,
      returnedTokenIds: [1],
      classifierActivation: 'sigmoid',
      useActivation: true,
    });
    expect(resolve({ config, override: { returned_token_ids: [] } }).returnedTokenIds).toBeNull();
  });
});

const seqCls = { ...bert, architectures: ['BertForSequenceClassification'] };
const three = { 0: 'a', 1: 'b', 2: 'c' };

describe('labels', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ['are those of id2label', { id2label: three, num_labels: 5 }, {}, ['a', 'b', 'c']],
    ['are numbers as texts', { id2label: { 0: 5, 1: 6 } }, {}, ['5', '6']],
    ['have transformers’ names if they are only counted', { num_labels: 1 }, {}, ['LABEL_0']],
    ['are two if nothing says', {}, {}, ['LABEL_0', 'LABEL_1']],
    ['are as many as the caller says', { id2label: three }, { num_labels: 1 }, ['LABEL_0']],
    ['keep their names if the caller says as many', { id2label: three }, { num_labels: 3 }, ['a', 'b', 'c']],
  ])('%s', (_, more, hf, labels) => {
    expect(resolve({ config: { ...seqCls, ...more }, hf })).toMatchObject({ labels, numLabels: labels.length });
  });

  test.each([[['a', 'b']], [{ 0: 'a', 2: 'b' }], [{ 0: 'a', 1: null }]])('id2label %j is refused', (id2label) => {
    expect(() => resolve({ config: { ...seqCls, id2label } })).toThrow(
      expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining('id2label') }),
    );
  });

  test('an embedding has none, whatever transformers wrote down', () => {
    expect(resolve({ config: { ...bert, id2label: three } })).toMatchObject({
      numLabels: 0,
      labels: null,
      classifierActivation: 'identity',
    });
  });
});

describe('the activation of a classifier', () => {
  const torch = (name: string) => `torch.nn.modules.${name}`;
  const identity = torch('linear.Identity');
  test.each<[string, Record<string, unknown>, Record<string, unknown> | null, string]>([
    ['softmax over several labels', { num_labels: 3 }, null, 'softmax'],
    ['sigmoid over one', { num_labels: 1 }, null, 'sigmoid'],
    [
      'none for a regression, first of all',
      { problem_type: 'regression', num_labels: 3, sentence_transformers: { activation_fn: torch('activation.Sigmoid') } },
      null,
      'identity',
    ],
    [
      'softmax for single labels, before the class',
      { problem_type: 'single_label_classification', num_labels: 3, sbert_ce_default_activation_function: identity },
      null,
      'softmax',
    ],
    ['sigmoid for one single label', { problem_type: 'single_label_classification', num_labels: 1 }, null, 'sigmoid'],
    ['sigmoid for labels that do not exclude each other', { problem_type: 'multi_label_classification', num_labels: 3 }, null, 'sigmoid'],
    [
      'what Sentence-Transformers 6 keeps for the whole model',
      { num_labels: 1 },
      { model_type: 'CrossEncoder', activation_fn: identity },
      'identity',
    ],
    [
      'that before config.json',
      { num_labels: 1, sentence_transformers: { activation_fn: torch('activation.Tanh') } },
      { activation_fn: identity },
      'identity',
    ],
    [
      'what Sentence-Transformers 4 keeps in config.json',
      { num_labels: 1, sentence_transformers: { activation_fn: identity, version: '4.1.0' } },
      null,
      'identity',
    ],
    [
      'that before its elder key',
      { num_labels: 1, sentence_transformers: { activation_fn: torch('activation.Tanh') }, sbert_ce_default_activation_function: identity },
      null,
      'tanh',
    ],
    ['the elder key', { num_labels: 1, sbert_ce_default_activation_function: identity }, null, 'identity'],
    [
      'nothing said, by null',
      { num_labels: 1, sbert_ce_default_activation_function: null, sentence_transformers: { version: '5' } },
      {},
      'sigmoid',
    ],
    [
      'softmax for a Sigmoid over several labels, as vLLM',
      { num_labels: 3, sbert_ce_default_activation_function: torch('activation.Sigmoid') },
      null,
      'softmax',
    ],
    [
      'sigmoid for a Softmax over one, as vLLM',
      { num_labels: 1, sbert_ce_default_activation_function: torch('activation.Softmax') },
      null,
      'sigmoid',
    ],
  ])('is %s', (_, more, sentenceModel, activation) => {
    const spec = resolve({ config: { ...seqCls, ...more }, files: { sentenceModel } });
    expect(spec).toMatchObject({ classifierActivation: activation, useActivation: true });
  });

  test('is not code from the repository', () => {
    const config = { ...seqCls, sbert_ce_default_activation_function: 'os.system' };
    expect(() => resolve({ config })).toThrow(
      'Loading of activation functions is restricted to torch.nn.modules for security reasons; sbert_ce_default_activation_function in config.json is "os.system".',
    );
    // What is not applied is not looked at.
    expect(resolve({ config: { ...config, architectures: ['BertModel'] } }).classifierActivation).toBe('identity');
  });

  test('may be off by default', () => {
    expect(resolve({ config: seqCls, override: { activation: false } })).toMatchObject({
      useActivation: false,
      classifierActivation: 'softmax',
    });
    expect(resolve({ config: seqCls, override: { use_activation: false } }).useActivation).toBe(false);
    expect(resolve({ config: seqCls, override: { softmax: false } }).useActivation).toBe(true);
    expect(
      resolve({ config: { ...seqCls, architectures: ['BertForTokenClassification'] }, override: { softmax: false } }).useActivation,
    ).toBe(false);
    const jamba = { ...seqCls, architectures: ['JambaForSequenceClassification'] };
    expect(resolve({ config: jamba }).useActivation).toBe(false);
    expect(resolve({ config: jamba, override: { activation: true } }).useActivation).toBe(true);
  });

  test('comes after calibration', () => {
    expect(resolve({ config: seqCls })).toMatchObject({ logitMean: null, logitSigma: null });
    const config = { ...seqCls, logit_mean: 1, logit_sigma: 5 };
    expect(resolve({ config })).toMatchObject({ logitMean: 1, logitSigma: 5 });
    expect(resolve({ config, override: { logit_mean: 0, logit_sigma: 2 } })).toMatchObject({ logitMean: 0, logitSigma: 2 });
    expect(() => resolve({ config: { ...config, logit_sigma: 0 } })).toThrow('logit_sigma cannot be 0 (division by zero)');
    expect(() => resolve({ config: { ...config, logit_mean: 'x' } })).toThrow('logit_mean is "x", not a number');
  });
});

describe('a language model that answers with a word', () => {
  const bpe = { model: { vocab: { no: 2152, yes: 9693, Yes: 9454 } }, added_tokens: [{ id: 9999, content: '<score>' }] };
  const llm = { ...bert, architectures: ['Qwen3ForSequenceClassification'] };
  const head = (more: Record<string, unknown>, tokenizer: Record<string, unknown> = bpe) =>
    resolve({ config: llm, hf: more, files: { tokenizer } });

  test('is a classifier with one label by two tokens, or one for each token', () => {
    const spec = head({ classifier_from_token: ['no', 'yes'], method: 'from_2_way_softmax' });
    expect(spec).toMatchObject({ kind: 'classify', numLabels: 1, labels: null, classifierActivation: 'sigmoid' });
    expect(spec.tokenHead).toEqual({ method: 'from_2_way_softmax', tokenIds: [2152, 9693] });
    const yes = head({ architectures: ['GemmaForCausalLM'], classifier_from_token: ['Yes'], method: 'no_post_processing' });
    expect(yes).toMatchObject({ kind: 'classify', numLabels: 1, tokenHead: { tokenIds: [9454] } });
    expect(head({ classifier_from_token: ['no', 'yes', '<score>'], method: 'no_post_processing' })).toMatchObject({
      numLabels: 3,
      classifierActivation: 'softmax',
      tokenHead: { tokenIds: [2152, 9693, 9999] },
    });
  });

  test('is Qwen3-Reranker by its flag', () => {
    const expected = { method: 'from_2_way_softmax', tokenIds: [2152, 9693] };
    expect(head({ is_original_qwen3_reranker: true }).tokenHead).toEqual(expected);
    expect(head({ is_original_qwen3_reranker: true, classifier_from_token: ['no', 'yes'] }).tokenHead).toEqual(expected);
    expect(head({ is_original_qwen3_reranker: false }).tokenHead).toBeNull();
  });

  test('finds its tokens in a list of pieces', () => {
    const unigram = {
      model: {
        vocab: [
          ['<s>', 0],
          ['▁no', -3],
          ['▁yes', -4],
        ],
      },
    };
    expect(head({ classifier_from_token: ['▁no', '▁yes'], method: 'from_2_way_softmax' }, unigram).tokenHead?.tokenIds).toEqual([1, 2]);
  });

  test('is told by Sentence-Transformers’ LogitScore', () => {
    const types = [
      'sentence_transformers.base.modules.transformer.Transformer',
      'sentence_transformers.cross_encoder.modules.logit_score.LogitScore',
    ];
    const given = (config: Record<string, unknown>) => ({
      ...modules(types, { '1_X': { config } }),
      hf: { architectures: ['Qwen3ForCausalLM'] },
    });
    expect(resolve(given({ true_token_id: 9693, false_token_id: 2152 }))).toMatchObject({
      kind: 'classify',
      numLabels: 1,
      tokenHead: { method: 'from_2_way_softmax', tokenIds: [2152, 9693] },
    });
    expect(resolve(given({ true_token_id: 5 })).tokenHead).toEqual({ method: 'no_post_processing', tokenIds: [5] });
    expect(() => resolve(given({ false_token_id: 5 }))).toThrow('1_X/config.json cannot be used: true_token_id and false_token_id');
  });

  test.each<[Record<string, unknown>, string]>([
    [{ classifier_from_token: ['no', 'yes'] }, 'method is null, not one of from_2_way_softmax, no_post_processing'],
    [{ method: 'magic', classifier_from_token: ['no'] }, 'method is "magic"'],
    [{ method: 'no_post_processing' }, 'classifier_from_token is null, not a list of tokens'],
    [{ method: 'no_post_processing', classifier_from_token: [3] }, 'classifier_from_token is [3]'],
    [
      { method: 'from_2_way_softmax', classifier_from_token: ['yes'] },
      'from_2_way_softmax takes two tokens, and classifier_from_token has 1',
    ],
    [{ method: 'no_post_processing', classifier_from_token: ['toString'] }, 'names "toString", and tokenizer.json has no such token'],
  ])('%j is refused', (more, message) => {
    expect(() => head(more)).toThrow(expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining(message) }));
  });
});

test('a CrossEncoder may be a Pooling and a Dense that gives the scores', () => {
  const scores = denseFiles(384, 1, { module_input_name: 'sentence_embedding', module_output_name: 'scores' });
  const given = modules(['Transformer', 'Pooling', 'Dense'].map(st), { '2_X': scores });
  const spec = resolve({ files: { ...given.files, sentenceModel: { activation_fn: 'torch.nn.modules.linear.Identity' } } });
  expect(spec).toMatchObject({ kind: 'classify', numLabels: 1, labels: null, embeddingSize: 1, classifierActivation: 'identity' });
  expect(spec.head).toHaveLength(1);
  expect(pooler(given)).toEqual(['MEAN', false, 'modules.json']);
});
