import { describe, expect, test } from 'vitest';
import type { PoolingParams, Task } from '../types.ts';
import { paramsOfEach } from './pooling-params.ts';

describe('pooling parameters', () => {
  test.each<[Task, unknown, string]>([
    [
      'embed',
      { dimensions: 2, activation: true },
      "Task embed only supports ['dimensions', 'normalize'] parameters, does not support ['activation'] parameters",
    ],
    ['classify', { normalize: true }, "Task classify only supports ['activation'] parameters, does not support ['normalize'] parameters"],
    ['embed', [{}, {}], 'The lengths of prompts and params must be the same.'],
    ['embed', { normalize: 'yes' }, 'normalize must be true or false or null, got "yes".'],
    ['embed', { dimensions: '8' }, 'dimensions must be a number or null, got "8".'],
    ['embed', 5, 'poolingParams must be an object or a list of them, got 5.'],
    ['embed', { dimensions: 8n }, 'dimensions must be a number or null, got 8n.'],
    [
      'classify',
      { activation: false, use_activation: true },
      'use_activation is true, and its older name says false. They are two names of one switch: set one.',
    ],
    ['encode', { step_tag_id: -1 }, 'step_tag_id must be a token id or null, got -1.'],
    ['encode', { returned_token_ids: [] }, 'returned_token_ids must be a list of token ids or null, got [].'],
  ])('%s refuses %o', (task, params, message) => {
    expect(() => paramsOfEach(params as PoolingParams, 1, task)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
  });

  test('one for all is one object, so that prompts share a plan; a list is taken one by one', () => {
    const [first, second] = paramsOfEach({ dimensions: 8 }, 2, 'embed');
    expect(first).toBe(second);
    expect(paramsOfEach([{ dimensions: 8 }, {}], 2, 'embed')).toEqual([{ dimensions: 8 }, {}]);
  });

  test('the newer name of every switch is taken by every task', () => {
    for (const task of ['embed', 'encode', 'token_embed', 'classify', 'token_classify', 'reward', 'score'] as const) {
      expect(paramsOfEach({ use_activation: false }, 1, task)).toEqual([{ use_activation: false }]);
    }
  });
});
