import { expect, test } from 'vitest';
import { denseFiles, modules, sentence, st } from '../model/spec-for-tests.ts';
import { scoreKind } from './score-kind.ts';
import { labelled, logits, pooled, served, states, yesOrNo } from './tasks-for-tests.ts';

const kind = (...given: Parameters<typeof served>) => {
  const { routes, spec } = served(...given);
  return scoreKind(routes, spec);
};

test('a classifier with one label reads the pair', () => {
  expect(kind(labelled('BertForSequenceClassification', 1), { logits: logits(1) })).toBe('cross-encoder');
  expect(kind(yesOrNo(), { logits: logits(30522, 'token') })).toBe('cross-encoder');
});

test('one with several has no score, even if its states could be embedded', () => {
  expect(kind(labelled('BertForSequenceClassification', 2), { logits: logits(2), states })).toBeNull();
});

test('embeddings are compared by their cosine, whoever pooled them', () => {
  expect(kind(sentence(), { states })).toBe('cosine');
  expect(kind(sentence(), { pooled })).toBe('cosine');
});

test('rows of tokens are not, unless the model is made for late interaction', () => {
  expect(kind({ ...sentence(), override: { pooling_type: 'ALL' } }, { states })).toBeNull();
  const colbert = modules(['Transformer', 'Dense'].map(st), { '1_X': denseFiles(384, 128) });
  expect(kind(colbert, { states })).toBe('late-interaction');
});

test('neither tokens’ classes nor rewards of tokens are a score', () => {
  expect(kind(labelled('BertForTokenClassification', 1), { logits: logits(1, 'token') })).toBeNull();
  expect(kind(labelled('Qwen2ForRewardModel', 1), { logits: logits(1, 'token') })).toBeNull();
});
