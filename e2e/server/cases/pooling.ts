/** POST /pooling and /classify: every task that a model can have, in its shape. */
import { badRequest, head, invalid, usage, type Case } from '../case.ts';
import type { Expected } from '../match.ts';
import { bert, close, near, reference } from '../oracle.ts';
import type { ModelName } from '../servers.ts';

const pooled = (rows: readonly Expected[], tokens: number, model: ModelName): Expected => ({
  ...head('pool', model),
  data: rows.map((data, index) => ({ index, object: 'pooling', data })),
  usage: usage(tokens),
});

const states = bert('all/sentence');
const hidden = Array.from({ length: 12 }, (_, i) => near(states.vector.subarray(i * 32, (i + 1) * 32)));
const unit = (row: Float32Array) => row.map((value) => value / Math.hypot(...row));
const sentence = bert('plain/sentence');
const classes = reference('classifier', 'batch');
const tags = reference('tagger', 'batch');
const rewards = reference('rewarder', 'reward/batch');
const activated = reference('rewarder', 'reward/sigmoid');
const late = reference('colbert', 'rows/batch');
const probabilities = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(close));

export const poolingCases: Case[] = [
  {
    name: 'the states of each token, where no task is named',
    path: '/pooling',
    body: { input: states.text },
    gives: pooled([hidden], 12, 'embedder'),
  },
  {
    name: 'the task encode',
    path: '/pooling',
    body: { input: [states.text], task: 'encode' },
    gives: pooled([hidden], 12, 'embedder'),
  },
  {
    name: 'the task embed: one row, and no list around it',
    path: '/pooling',
    body: { input: [sentence.text, sentence.ids].slice(0, 1), task: 'embed' },
    gives: pooled([near(sentence.vector)], 12, 'embedder'),
  },
  {
    name: 'the task token_embed',
    path: '/pooling',
    body: { model: 'colbert', input: late.args[0], task: 'token_embed' },
    gives: pooled(
      late.expected.rows!.map((rows) => rows.map(near)),
      late.tokens,
      'colbert',
    ),
  },
  {
    name: 'the task classify',
    path: '/pooling',
    body: { model: 'classifier', input: classes.args[0], task: 'classify' },
    gives: pooled(probabilities(classes.expected.probs as number[][]), classes.tokens, 'classifier'),
  },
  {
    name: 'what a classifier gives where no task is named',
    path: '/pooling',
    body: { model: 'classifier', input: classes.args[0] },
    gives: pooled(probabilities(classes.expected.probs as number[][]), classes.tokens, 'classifier'),
  },
  {
    name: 'the task token_classify',
    path: '/pooling',
    body: { model: 'tagger', input: tags.args[0], task: 'token_classify' },
    gives: pooled((tags.expected.probs as number[][][]).map(probabilities), tags.tokens, 'tagger'),
  },
  {
    name: 'the task reward',
    path: '/pooling',
    body: { model: 'rewarder', input: rewards.args[0], task: 'reward' },
    gives: pooled(rewards.expected.rows!.map(probabilities), rewards.tokens, 'rewarder'),
  },
  {
    name: 'rewards with their activation',
    path: '/pooling',
    body: { model: 'rewarder', input: activated.args[0], task: 'reward', softmax: true },
    gives: pooled(activated.expected.rows!.map(probabilities), activated.tokens, 'rewarder'),
  },
  {
    name: 'normalised states',
    path: '/pooling',
    body: { input: states.text, normalize: true },
    gives: pooled([hidden.map((_, i) => near(unit(states.vector.subarray(i * 32, (i + 1) * 32))))], 12, 'embedder'),
  },
  {
    name: 'a task that the model does not have',
    path: '/pooling',
    body: { model: 'embedder', input: 'a', task: 'classify' },
    ...badRequest(/^The model does not support Classification API.*embed/),
  },
  {
    name: 'a task that there is not',
    path: '/pooling',
    body: { input: 'a', task: 'translate' },
    ...invalid(
      'task',
      "{'type': 'literal_error', 'loc': ('body', 'task'), 'msg': \"Input should be 'encode', 'embed', 'token_embed', 'classify', 'token_classify' or 'reward'\", 'input': 'translate'}",
    ),
  },
  {
    name: 'dimensions',
    path: '/pooling',
    body: { model: 'matryoshka', input: 'a', dimensions: 8 },
    ...badRequest('dimensions is currently not supported', 'dimensions'),
  },
  {
    name: "another task's switch",
    path: '/pooling',
    body: { input: 'a', task: 'embed', softmax: true },
    ...badRequest("Task embed only supports ['dimensions', 'normalize'] parameters, does not support ['softmax'] parameters"),
  },
  { name: 'no input', path: '/pooling', body: {}, ...badRequest('please provide at least one prompt', 'input') },
];

const labelled = (id: string): Pick<Case, 'gives'> => {
  const { expected, tokens } = reference('classifier', id);
  const data = (expected.probs as number[][]).map((probs, index) => ({
    index,
    label: expected.labels![index] as string,
    probs: probs.map(close),
    num_classes: 4,
  }));
  return { gives: { ...head('classify', 'classifier'), data, usage: usage(tokens) } };
};
const inputOf = (id: string) => ({ model: 'classifier', input: reference('classifier', id).args[0] as string[] });

export const classifyCases: Case[] = [
  {
    name: 'one text',
    path: '/classify',
    body: { ...inputOf('plain/capital'), input: inputOf('plain/capital').input[0] },
    ...labelled('plain/capital'),
  },
  { name: 'many texts, in their order', path: '/classify', body: inputOf('batch'), ...labelled('batch') },
  {
    name: 'token ids',
    path: '/classify',
    body: { model: 'classifier', input: reference('classifier', 'batch').expected.ids },
    ...labelled('batch'),
  },
  {
    name: 'without the activation, in the older name',
    path: '/classify',
    body: { ...inputOf('raw'), activation: false },
    ...labelled('raw'),
  },
  {
    name: 'without the activation, in the newer name',
    path: '/classify',
    body: { ...inputOf('raw'), use_activation: false },
    ...labelled('raw'),
  },
  ...(['truncate-12-right', 'truncate-12-left'] as const).map((id): Case => ({
    name: id,
    path: '/classify',
    body: { ...inputOf(id), truncate_prompt_tokens: 12, truncation_side: id.slice(12) },
    ...labelled(id),
  })),
  {
    name: 'an empty text',
    path: '/classify',
    body: { model: 'classifier', input: '' },
    ...badRequest('Input cannot be empty for classification', 'input'),
  },
  {
    name: 'an empty list',
    path: '/classify',
    body: { model: 'classifier', input: [] },
    gives: { ...head('classify', 'classifier'), data: [], usage: usage(0) },
  },
  {
    name: 'a model without classes',
    path: '/classify',
    body: { model: 'embedder', input: 'a' },
    ...badRequest(/^The model does not support Classification API/),
  },
  {
    name: 'a head that was not loaded',
    path: '/classify',
    body: { model: 'classifier', input: 'a', head: 'mine' },
    ...badRequest(/^There is no head "mine"/, 'head'),
  },
  {
    name: 'more tokens than the model takes',
    path: '/classify',
    body: { model: 'classifier', input: 'word '.repeat(600) },
    ...badRequest(
      /^This model's maximum context length is 512 tokens\. However, you requested \d+ tokens in the input.* Please reduce the length of the input\.$/,
      'input_tokens',
    ),
  },
];
