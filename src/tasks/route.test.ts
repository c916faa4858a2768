import { describe, expect, test } from 'vitest';
import { bert, denseFiles, mean, modules, sentence, st } from '../model/spec-for-tests.ts';
import type { PoolerConfig } from '../types.ts';
import { labelled, logits, pooled, served, states, yesOrNo } from './tasks-for-tests.ts';

const routes = (...given: Parameters<typeof served>) => served(...given).routes;

describe('an embedding model', () => {
  test('pools its states for embed, and gives them for encode and token_embed', () => {
    const all = routes(sentence(), { states });
    expect(Object.keys(all).sort()).toEqual(['embed', 'encode', 'token_embed']);
    expect(all.embed).toMatchObject({ output: states, types: ['MEAN'], head: [], width: 384, normalize: true, activation: null });
    expect(all.encode).toMatchObject({ output: states, types: ['ALL'], width: 384, normalize: false, activation: null, columns: null });
    expect(all.token_embed).toMatchObject({ output: states, types: ['ALL'], width: 384, normalize: true });
  });

  test('whose graph pools is not pooled again', () => {
    expect(routes(sentence(), { states, pooled }).embed).toMatchObject({ output: pooled, width: 384, head: [], normalize: true });
    expect(routes(sentence(), { pooled })).toEqual({ embed: expect.objectContaining({ output: pooled }) });
  });

  test('whose graph pools keeps what its Dense made: the head of the files is in the graph', () => {
    const given = modules(['Transformer', 'Pooling', 'Dense', 'Normalize'].map(st), { '2_X': denseFiles(384, 64) });
    const small = { ...pooled, width: 64 };
    expect(routes(given, { states, pooled: small }).embed).toMatchObject({ output: small, head: [], width: 64 });
    const { embed } = routes(given, { states });
    expect(embed).toMatchObject({ output: states, types: ['MEAN'], width: 64, normalize: true });
    expect(embed!.head).toHaveLength(1);
  });

  test('is pooled from its states if the caller names a way, and by its graph if it gives none', () => {
    const given = { ...sentence(), override: { pooling_type: 'CLS' as const } };
    expect(routes(given, { states, pooled }).embed).toMatchObject({ output: states, types: ['CLS'] });
    expect(routes(given, { pooled }).embed).toMatchObject({ output: pooled });
  });

  test('with several poolings has their widths side by side', () => {
    const given = sentence({ ...sentencePooling, pooling_mode_cls_token: true });
    expect(routes(given, { states }).embed).toMatchObject({ types: ['CLS', 'MEAN'], width: 768 });
  });

  test('is not normalised where the files have no Normalize', () => {
    expect(routes(sentence(undefined, ['Transformer', 'Pooling']), { states }).embed).toMatchObject({ normalize: false });
  });

  test('may be a language model that the caller converts', () => {
    const config = { ...bert, architectures: ['Qwen3ForCausalLM'] };
    expect(routes({ config, override: { task: 'embed' } }, { states }).embed).toMatchObject({ types: ['LAST'], normalize: true });
    // Those of its next word are no embedding and no verdict.
    expect(routes({ config }, { logits: logits(30522, 'token') })).toEqual({});
  });
});

const sentencePooling = { word_embedding_dimension: 384, pooling_mode_mean_tokens: true, include_prompt: true };

describe('a classifier', () => {
  test('has its logits activated, one row a text', () => {
    const { classify, reward } = routes(labelled('BertForSequenceClassification', 3), { logits: logits(3) });
    expect(classify).toMatchObject({ output: logits(3), width: 3, activation: 'softmax', activated: true, head: [] });
    expect(classify!.labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    expect(reward).toBeUndefined();
  });

  test('with one label scores pairs, and is a reward model whose reward is the logit', () => {
    const { classify, reward } = routes(labelled('BertForSequenceClassification', 1), { logits: logits(1) });
    expect(classify).toMatchObject({ width: 1, activation: 'sigmoid', activated: true });
    expect(reward).toMatchObject({ width: 1, activation: 'sigmoid', activated: false });
  });

  test('whose labels do not exclude each other has a sigmoid for each', () => {
    const given = labelled('DistilBertForSequenceClassification', 5, { problem_type: 'multi_label_classification' });
    expect(routes(given, { logits: logits(5) }).classify).toMatchObject({ width: 5, activation: 'sigmoid' });
  });

  test('has its logits calibrated before the activation', () => {
    const given = labelled('BertForSequenceClassification', 2, { logit_mean: 3, logit_sigma: 2 });
    const [layer] = routes(given, { logits: logits(2) }).classify!.head;
    expect(layer).toMatchObject({ kind: 'dense', inputs: 2, outputs: 2, activation: 'identity' });
    expect(layer).toMatchObject({ weight: Float32Array.of(0.5, 0, 0, 0.5), bias: Float32Array.of(-1.5, -1.5) });
  });

  test('of tokens gives a row for each, by either name', () => {
    const { token_classify, encode } = routes(labelled('BertForTokenClassification', 4), { logits: logits(4, 'token') });
    expect(token_classify).toMatchObject({ types: ['ALL'], width: 4, activation: 'softmax', activated: true });
    expect(encode).toEqual(token_classify);
  });

  test('of Sentence-Transformers’ modules has its logits made by the last Dense, and no embedding', () => {
    const scores = denseFiles(384, 1, { module_input_name: 'sentence_embedding', module_output_name: 'scores' });
    const given = modules(['Transformer', 'Pooling', 'Dense'].map(st), { '2_X': scores });
    const all = routes(given, { states });
    expect(Object.keys(all).sort()).toEqual(['classify', 'encode', 'reward', 'token_embed']);
    expect(all.classify).toMatchObject({ output: states, types: ['MEAN'], width: 1, activation: 'sigmoid', activated: true });
    expect(all.classify!.head).toHaveLength(1);
    expect(all.reward).toMatchObject({ width: 1, activated: false });
    expect(routes(given, { states, logits: logits(1) }).embed).toBeUndefined();
    expect(routes(given, { states, logits: logits(1) }).classify).toMatchObject({ output: logits(1), head: [] });
  });
});

describe('a reward model', () => {
  test('gives a row for each token, not activated where its class is trained so', () => {
    const { reward, encode } = routes(labelled('Qwen2ForRewardModel', 1), { logits: logits(1, 'token') });
    expect(reward).toMatchObject({ types: ['ALL'], width: 1, activated: false, stepTagId: null });
    expect(encode).toEqual(reward);
  });

  test('of processes gives a row for each step', () => {
    const { reward } = routes(labelled('Qwen2ForProcessRewardModel', 2), { logits: logits(2, 'token') });
    expect(reward).toMatchObject({ types: ['STEP'], stepTagId: 151651, width: 2, activation: 'softmax', activated: true });
  });

  test('may be a language model of which the caller names the steps and the words', () => {
    const given = {
      config: { ...bert, architectures: ['LlamaForCausalLM'] },
      override: { pooling_type: 'STEP', step_tag_id: 123, returned_token_ids: [456, 789] } as const,
    };
    const { reward } = routes(given, { logits: logits(30522, 'token') });
    expect(reward).toMatchObject({ types: ['STEP'], stepTagId: 123, columns: [456, 789], width: 2, activation: 'softmax' });
  });
});

describe('a language model that says yes or no', () => {
  const words = logits(30522, 'token');

  test('is read at its last token, in two columns, and classifies by their difference', () => {
    const { classify } = routes(yesOrNo(), { logits: words });
    expect(classify).toMatchObject({ types: ['LAST'], columns: [2, 3], width: 1, activation: 'sigmoid', labels: null });
    expect(classify!.head).toEqual([
      { kind: 'dense', inputs: 2, outputs: 1, weight: Float32Array.of(-1, 1), bias: null, activation: 'identity' },
    ]);
  });

  test('is calibrated after the difference', () => {
    const { classify } = routes(yesOrNo({ logit_sigma: 5 }), { logits: words });
    expect(classify!.head).toHaveLength(2);
    expect(classify!.head[1]).toMatchObject({ inputs: 1, outputs: 1 });
  });

  test('may have a label for each word', () => {
    const { classify } = routes(yesOrNo({ method: 'no_post_processing' }), { logits: words });
    expect(classify).toMatchObject({ columns: [2, 3], width: 2, head: [], activation: 'softmax' });
  });
});

describe('late interaction', () => {
  test('has a vector for each token and no embedding', () => {
    const given = modules(['Transformer', 'Dense'].map(st), { '1_X': denseFiles(384, 128, { bias: false }) });
    const all = routes(given, { states });
    expect(Object.keys(all).sort()).toEqual(['encode', 'token_embed']);
    // No Normalize module, and not PyLate's, which does it itself and says nothing.
    expect(all.token_embed).toMatchObject({ types: ['ALL'], width: 128, normalize: false });
    expect(all.token_embed!.head).toHaveLength(1);
    expect(all.encode).toMatchObject({ width: 384, head: [] });
  });

  test('is of unit length where the files or the caller say so', () => {
    const normalized = (override: PoolerConfig, ...kinds: string[]) =>
      routes({ ...modules(kinds.map(st), { '1_X': denseFiles(384, 128, { bias: false }) }), override }, { states }).token_embed!.normalize;
    expect(normalized({}, 'Transformer', 'Dense', 'Normalize')).toBe(true);
    expect(normalized({ normalize: true }, 'Transformer', 'Dense')).toBe(true);
    expect(normalized({ use_activation: false }, 'Transformer', 'Dense', 'Normalize')).toBe(false);
    expect(routes(sentence(mean, ['Transformer', 'Pooling']), { states }).token_embed!.normalize).toBe(true);
  });
});

test('a graph that pools is not asked where a prompt is left out of pooling, if it gives states too', () => {
  const given = sentence({ ...mean, include_prompt: false });
  expect(routes(given, { states, pooled }).embed).toMatchObject({ output: states });
  expect(routes(sentence(), { states, pooled }).embed).toMatchObject({ output: pooled });
});
