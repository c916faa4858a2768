import { describe, expect, test } from 'vitest';
import { readPoolerOverride } from './pooler-override.ts';
import { logged, resolve } from './spec-for-tests.ts';

describe('overridePoolerConfig', () => {
  test.each<[Record<string, unknown>, string]>([
    [
      { pooling_type: 'SUM' },
      'Unknown pooling_type "SUM". Known, in capitals: CLS, LAST, MEAN, MAX, MEAN_SQRT_LEN, WEIGHTEDMEAN, ALL, STEP.',
    ],
    [{ pooling_type: 'mean' }, 'Unknown pooling_type "mean"'],
    [{ pooling_type: 7 }, 'Unknown pooling_type 7'],
    [{ seq_pooling_type: 'ALL' }, 'Unknown seq_pooling_type "ALL". Known, in capitals: CLS, LAST, MEAN, MAX, MEAN_SQRT_LEN, WEIGHTEDMEAN.'],
    [{ tok_pooling_type: 'CLS' }, 'Unknown tok_pooling_type "CLS". Known, in capitals: ALL, STEP.'],
    [{ pooling_type: 'CLS', seq_pooling_type: 'CLS' }, 'Cannot set both `pooling_type` and `seq_pooling_type`'],
    [{ pooling_type: 'CLS', tok_pooling_type: 'ALL' }, 'Cannot set both `pooling_type` and `tok_pooling_type`'],
    [{ seq_pooling_type: 'CLS', tok_pooling_type: 'ALL' }, 'Cannot set both `seq_pooling_type` and `tok_pooling_type`'],
    [{ normalize: true, use_activation: false }, 'normalize is true and use_activation is false. They are two names of one switch'],
    [{ activation: false, use_activation: true }, 'activation is false and use_activation is true'],
    [{ softmax: false, use_activation: true }, 'softmax is false and use_activation is true'],
    [
      { task: 'generate' },
      'overridePoolerConfig.task has to be one of embed, classify, score, reward, encode, token_embed, token_classify, not "generate"',
    ],
    [{ step_tag_id: -1 }, 'step_tag_id has to be a token id, not -1'],
    [{ returned_token_ids: [1, 2.5] }, 'returned_token_ids has to be a list of columns, not [1,2.5]'],
    [{ returned_token_ids: 3 }, 'returned_token_ids has to be a list'],
    [{ logit_mean: 'a' }, 'logit_mean has to be a number, not "a"'],
    [{ logit_sigma: 0 }, 'logit_sigma cannot be 0 (division by zero)'],
    [{ enable_flash_late_interaction: 1 }, 'enable_flash_late_interaction has to be true or false'],
    [{ normalize: 1 }, 'overridePoolerConfig.normalize has to be true or false, not 1'],
    [{ enable_chunked_processing: 'yes' }, 'enable_chunked_processing has to be true or false'],
    [{ max_embed_len: 0 }, 'max_embed_len has to be a whole number above 0, not 0'],
    [{ max_embed_len: 1.5 }, 'max_embed_len has to be a whole number above 0, not 1.5'],
    [{ max_embed_len: '100' }, 'max_embed_len has to be'],
    [{ poolingType: 'CLS' }, 'overridePoolerConfig has no key "poolingType". Known: task, pooling_type,'],
    [{ dimensions: 32 }, 'Model "my-model" does not support matryoshka representation'],
    [{ dimensions: '32' }, 'dimensions has to be a whole number'],
  ])('%j is refused', (override, message) => {
    expect(() => resolve({ override })).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
    );
  });

  test.each(['task', 'pooling_type', 'normalize', 'step_tag_id', 'logit_mean', 'max_embed_len'])(
    '%s is refused where it is a BigInt, which has no JSON',
    (key) => {
      expect(() => resolve({ override: { [key]: 1n } })).toThrow(
        expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(/\b1n\b/) }),
      );
    },
  );

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

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ use_activation: false }, { normalize: false, activation: false, softmax: false }],
    [{ normalize: false }, { normalize: false, activation: null, softmax: null }],
    [
      { activation: true, softmax: false },
      { normalize: null, activation: true, softmax: false },
    ],
    [
      { tok_pooling_type: 'STEP', step_tag_id: 123, returned_token_ids: [456, 789] },
      { poolingType: 'STEP', stepTagId: 123, returnedTokenIds: [456, 789] },
    ],
    [{ seq_pooling_type: 'MAX' }, { poolingType: 'MAX' }],
    [
      { logit_mean: 0, logit_sigma: 5, task: 'score' },
      { logitMean: 0, logitSigma: 5, task: 'score' },
    ],
    [
      { enable_flash_late_interaction: true, task: null, step_tag_id: 0 },
      { task: null, stepTagId: 0 },
    ],
  ])('%j is read', (override, expected) => {
    expect(readPoolerOverride(override)).toMatchObject(expected);
  });
});
