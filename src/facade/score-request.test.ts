import { describe, expect, test } from 'vitest';
import { RERANK_OPTIONS, SCORE_OPTIONS } from './pool-request.ts';
import { scoreRequest } from './score-request.ts';

test('texts become lists, and every default is filled in', () => {
  expect(scoreRequest('q', ['a', { prompt: 'b' }, [1, 2]], undefined).request).toEqual({
    queries: ['q'],
    documents: ['a', { prompt: 'b' }, { prompt_token_ids: [1, 2] }],
    params: {},
    truncatePromptTokens: null,
    truncationSide: 'right',
    maxTokensPerQuery: null,
    maxTokensPerDoc: null,
    queryPromptName: null,
    documentPromptName: null,
    instruction: null,
    chatTemplate: null,
    chatTemplateKwargs: {},
    longDocuments: null,
    priority: 0,
    maxTotalTokens: null,
  });
});

test('vLLM’s spelling is the same request', () => {
  const ours = { maxTokensPerQuery: 1, maxTokensPerDoc: 2, chatTemplate: 't', longDocuments: 'mean', truncatePromptTokens: -1 } as const;
  const theirs = { max_tokens_per_query: 1, max_tokens_per_doc: 2, chat_template: 't', long_documents: 'mean', truncate_prompt_tokens: -1 };
  expect(scoreRequest('q', 'd', theirs as never).request).toEqual(scoreRequest('q', 'd', ours).request);
});

test('signal and onProgress stay on this side', () => {
  const { signal } = new AbortController();
  const onProgress = () => {};
  const { request, hooks } = scoreRequest('q', 'd', { signal, onProgress });
  expect(hooks).toEqual({ signal, onProgress });
  expect(Object.keys(request)).not.toContain('signal');
});

describe('refuses', () => {
  test.each([
    [{ topN: 3 }, `score has no option "topN". It takes: ${SCORE_OPTIONS.join(', ')}.`],
    [{ instruction: 5 }, 'The option instruction of score must be a string, got 5.'],
    [{ chatTemplate: {} }, 'The option chatTemplate of score must be a string, got object.'],
    [{ promptName: 'query' }, `score has no option "promptName". It takes: ${SCORE_OPTIONS.join(', ')}.`],
  ])('%j', (options, message) => {
    expect(() => scoreRequest('q', 'd', options as never)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
  });

  test('what is no prompt, on either side', () => {
    const error = expect.objectContaining({
      code: 'invalid-input',
      message: 'prompt must be a string, array of strings, array of tokens, or array of token arrays',
    });
    expect(() => scoreRequest(null as never, 'd', undefined)).toThrow(error);
    expect(() => scoreRequest('q', [{ text: 'd' }] as never, undefined)).toThrow(error);
  });
});

test('rerank takes what score takes, and topN', () => {
  expect(RERANK_OPTIONS).toEqual([...SCORE_OPTIONS, 'topN']);
});
