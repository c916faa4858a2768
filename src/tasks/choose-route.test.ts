import { describe, expect, test } from 'vitest';
import type { LinearHead } from '../model/linear-head.ts';
import { bert, sentence } from '../model/spec-for-tests.ts';
import type { ChosenOutputs } from '../onnx/graph-outputs.ts';
import type { PoolTask, Task } from '../types.ts';
import { checkAllowed, checkTask, routeFor, tasksOf, unserved, type LoadedRoutes } from './choose-route.ts';
import { labelled, logits, served, states, yesOrNo } from './tasks-for-tests.ts';

const embedder = served(sentence(), { states });
const classifier = served(labelled('BertForSequenceClassification', 2), { logits: logits(2) });
const adapted = served({ ...sentence(), config: { ...bert, lora_adaptations: ['retrieval.query', 'text-matching'] } }, { states });
const head: LinearHead = {
  labels: ['a', 'b'],
  activation: 'softmax',
  normalize: true,
  dimensions: null,
  layers: [{ kind: 'dense', inputs: 384, outputs: 2, weight: new Float32Array(768), bias: null, activation: 'identity' }],
  model: null,
};
const withHeads = (heads: Record<string, LinearHead>, model: LoadedRoutes = embedder): LoadedRoutes => ({ ...model, heads });
const ask = (task: PoolTask, model: LoadedRoutes, more: { head?: string; promptName?: string } = {}) =>
  routeFor({ task, head: more.head ?? null, promptName: more.promptName ?? null }, model);
const refused = (code: string, message: unknown) => expect.objectContaining({ code, message });

describe('what a model can be asked for', () => {
  test.each<[string, LoadedRoutes, string]>([
    ['an embedding model', embedder, 'embed,encode,score,token_embed'],
    ['a classifier with two labels', classifier, 'classify'],
    ['a cross-encoder', served(labelled('BertForSequenceClassification', 1), { logits: logits(1) }), 'classify,reward,score'],
    ['a reranker of words', served(yesOrNo(), { logits: logits(30522, 'token') }), 'classify,score'],
    ['a token classifier', served(labelled('BertForTokenClassification', 3), { logits: logits(3, 'token') }), 'encode,token_classify'],
    ['a reward model', served(labelled('Qwen2ForRewardModel', 1), { logits: logits(1, 'token') }), 'encode,reward'],
    ['an embedding model with a head', withHeads({ topic: head }), 'classify,embed,encode,score,token_embed'],
    ['one that is pooled by ALL', served({ ...sentence(), override: { pooling_type: 'ALL' } }, { states }), 'encode,token_embed'],
    ['one that is to embed', served({ ...sentence(), override: { task: 'embed' } }, { states }), 'embed,score'],
    ['a language model', served({ config: { ...bert, architectures: ['Qwen3ForCausalLM'] } }, { logits: logits(30522, 'token') }), ''],
  ])('is what the files and the graph of %s allow', (_, model, tasks) => expect(tasksOf(model).sort().join()).toBe(tasks));
});

describe('a task that the model does not serve', () => {
  test.each<[PoolTask, LoadedRoutes, string]>([
    [
      'embed',
      classifier,
      'Embedding API is not supported by this model. Try converting the model using `--convert embed`. Model "my-model" (BertForSequenceClassification) serves: classify.',
    ],
    [
      'classify',
      embedder,
      'Classification API is not supported by this model. Try converting the model using `--convert classify`. Model "my-model" (BertModel) serves: encode, token_embed, embed, score.',
    ],
    [
      'reward',
      embedder,
      "Unsupported task: 'reward' Supported tasks: ('encode', 'token_embed', 'embed', 'score'). Model \"my-model\" (BertModel) serves: encode, token_embed, embed, score.",
    ],
    [
      'token_classify',
      classifier,
      "Unsupported task: 'token_classify' Supported tasks: ('classify'). Model \"my-model\" (BertForSequenceClassification) serves: classify.",
    ],
  ])('%s is refused, with what it serves', (task, model, message) =>
    expect(() => ask(task, model)).toThrow(refused('unsupported-task', message)),
  );

  test('score is refused with both ways to convert it, and a model may serve nothing', () => {
    const rewards = served(labelled('Qwen2ForRewardModel', 1), { logits: logits(1, 'token') });
    expect(unserved('score', rewards).message).toBe(
      'Score API is not supported by this model. Try converting the model using `--convert embed` or `--convert classify`. Model "my-model" (Qwen2ForRewardModel) serves: reward, encode.',
    );
    const nothing = served({ config: { ...bert, architectures: ['Qwen3ForCausalLM'] } }, { logits: logits(30522, 'token') });
    expect(unserved('embed', nothing).message).toContain('serves: nothing.');
  });

  test('embed of a model that is pooled by ALL says what to do, and so does a head over it', () => {
    const all = served({ ...sentence(), override: { pooling_type: 'ALL' } }, { states });
    const message =
      'Model "my-model" is pooled by ALL, which gives a row for each token, and embed needs one for the text. Call encode, or set overridePoolerConfig.pooling_type to CLS, LAST or MEAN.';
    expect(() => ask('embed', all)).toThrow(refused('unsupported-task', message));
    expect(() => ask('classify', withHeads({ topic: head }, all))).toThrow(refused('unsupported-task', message));
  });
});

describe('classify', () => {
  test('goes by the model’s own classes, or by the head that was named', () => {
    const both = withHeads({ topic: head }, served(labelled('BertForSequenceClassification', 2), { logits: logits(2), states }));
    expect(ask('classify', both).route.labels).toEqual(['LABEL_0', 'LABEL_1']);
    expect(ask('classify', both, { head: 'topic' }).route.labels).toEqual(['a', 'b']);
  });

  test('goes by the only head, and asks which of several', () => {
    expect(ask('classify', withHeads({ topic: head })).route.labels).toEqual(['a', 'b']);
    expect(() => ask('classify', withHeads({ topic: head, tone: head }))).toThrow(
      refused('invalid-option', 'Name the head to classify by with the option `head`: topic, tone.'),
    );
  });

  test('refuses a head that is not there', () => {
    const unknown = (given: string, known: string) => refused('invalid-option', `There is no head "${given}". LLM.load got: ${known}.`);
    expect(() => ask('classify', withHeads({ topic: head }), { head: 'tone' })).toThrow(unknown('tone', 'topic'));
    expect(() => ask('classify', classifier, { head: 'toString' })).toThrow(unknown('toString', 'none'));
    expect(() => ask('classify', withHeads({ topic: head }, classifier), { head: 'topic' })).toThrow(
      expect.objectContaining({
        code: 'unsupported-task',
        message: expect.stringContaining('The head "topic" classifies embeddings, and model'),
      }),
    );
  });
});

describe('an adapter', () => {
  test('is the one of the prompt’s name, or else the default', () => {
    expect(adapted.spec.taskAdapters).toEqual(['retrieval.query', 'text-matching']);
    expect(ask('embed', adapted, { promptName: 'text-matching' }).adapter).toBe(1);
    expect(ask('embed', adapted, { promptName: 'retrieval.query' }).adapter).toBe(0);
    expect(ask('embed', adapted).adapter).toBe(adapted.spec.defaultAdapter);
    expect(ask('embed', adapted, { promptName: 'another prompt' }).adapter).toBe(adapted.spec.defaultAdapter);
    expect(ask('embed', embedder, { promptName: 'query' }).adapter).toBeNull();
  });
});

describe('PoolerConfig.task', () => {
  const restricted = (task: Task, model: Partial<ChosenOutputs> = { states }, heads: LoadedRoutes['heads'] = {}): LoadedRoutes => ({
    ...served({ ...sentence(), override: { task } }, model),
    heads,
  });

  test.each<[Task, string]>([
    ['token_embed', 'token_embed'],
    ['embed', 'embed,score'],
    ['score', 'score'],
  ])('%s leaves %s', (task, left) => {
    const model = restricted(task);
    expect(tasksOf(model).join()).toBe(left);
    expect(() => checkAllowed('encode', model)).toThrow(expect.objectContaining({ code: 'unsupported-task' }));
    expect(() => checkTask(model)).not.toThrow();
  });

  test('scores are left to a late-interaction model that gives token vectors', () => {
    const colbert = served({ config: { ...bert, architectures: ['HF_ColBERT'] }, override: { task: 'token_embed' } }, { states });
    expect(tasksOf(colbert).join()).toBe('token_embed,score');
  });

  test('a task that the model does not have is said when it is loaded, unless a head gives it', () => {
    expect(() => checkTask(restricted('classify'))).toThrow(
      'overridePoolerConfig.task is "classify", and "my-model" serves: encode, token_embed, embed, score.',
    );
    expect(tasksOf(restricted('classify', { states }, { topics: {} as never })).join()).toBe('classify');
  });
});

test('an embedding needs one row, which ALL and STEP do not give', () => {
  expect(ask('embed', embedder).route.types).toEqual(['MEAN']);
  for (const [type, row] of [
    ['ALL', 'a row for each token'],
    ['STEP', 'a row for each step'],
  ] as const) {
    const model = served({ ...sentence(), override: { pooling_type: type } }, { states });
    expect(() => ask('embed', model)).toThrow(
      refused('unsupported-task', expect.stringContaining(`pooled by ${type}, which gives ${row}`)),
    );
  }
});
