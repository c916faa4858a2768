import { describe, expect, test } from 'vitest';
import { OPTIONS_OF, poolRequest } from './pool-request.ts';

test('every default is filled in', () => {
  expect(poolRequest('embed', 'a', undefined).request).toEqual({
    task: 'embed',
    prompts: ['a'],
    params: {},
    truncatePromptTokens: null,
    truncationSide: 'right',
    promptName: null,
    prompt: null,
    head: null,
    addSpecialTokens: true,
    priority: 0,
    maxTotalTokens: null,
    offsets: false,
  });
});

test('tokens that are classified come with their places, unless the caller has no use for them', () => {
  expect(poolRequest('token_classify', 'a', undefined).request.offsets).toBe(true);
  expect(poolRequest('token_classify', 'a', { returnOffsets: false } as never).request.offsets).toBe(false);
  expect(poolRequest('token_embed', 'a', { return_offsets: true } as never).request.offsets).toBe(true);
});

test('an empty list of prompts is a request for nothing', () => {
  expect(poolRequest('classify', [], undefined).request.prompts).toEqual([]);
});

test('params go as they are: the engine, which knows the model, checks them', () => {
  const params = [{ dimensions: NaN }, { activation: true }];
  expect(poolRequest('embed', 'a', { poolingParams: params }).request.params).toBe(params);
});

describe('each task takes its own options', () => {
  test.each([
    ['embed', { head: 'x' }, 'head'],
    ['embed', { returnOffsets: true }, 'returnOffsets'],
    ['reward', { promptName: 'x' }, 'promptName'],
    ['reward', { prompt: 'x' }, 'prompt'],
    ['classify', { return_offsets: true }, 'return_offsets'],
    ['token_embed', { poolingTask: 'embed' }, 'poolingTask'],
  ] as const)('%s has no %j', (task, options, key) => {
    const message = `${task} has no option "${key}". It takes: ${OPTIONS_OF[task].join(', ')}.`;
    expect(() => poolRequest(task, 'a', options as never)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
  });
});
