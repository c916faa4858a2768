import { describe, expect, test } from 'vitest';
import type { ScoreRequest } from '../wire/protocol.ts';
import { readPairRequest } from './pair-request.ts';

const request = (queries: number, documents: number, more: Partial<ScoreRequest> = {}): ScoreRequest => ({
  queries: Array.from({ length: queries }, () => 'q'),
  documents: Array.from({ length: documents }, () => 'd'),
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
  ...more,
});

test.each([
  [1, 1],
  [1, 5],
  [3, 3],
])('%i queries and %i documents are taken', (queries, documents) => {
  expect(readPairRequest(request(queries, documents), 512)).toMatchObject({ maxTokensPerQuery: Infinity, maxTokensPerDoc: Infinity });
});

// The lengths are looked at first, as vLLM does.
test.each([
  [2, 3, 'Input lengths must be either 1:1, 1:N or N:N'],
  [3, 1, 'Input lengths must be either 1:1, 1:N or N:N'],
  [2, 0, 'Input lengths must be either 1:1, 1:N or N:N'],
  [0, 2, 'At least one text element must be given'],
  [0, 0, 'At least one text element must be given'],
  [1, 0, 'At least one text_pair element must be given'],
])('%i queries and %i documents are refused', (queries, documents, message) => {
  expect(() => readPairRequest(request(queries, documents), 512)).toThrow(expect.objectContaining({ code: 'invalid-input', message }));
});

describe('options out of their range', () => {
  test.each<[Partial<Record<keyof ScoreRequest, unknown>>, string]>([
    [{ maxTokensPerDoc: -1 }, 'max_tokens_per_doc must be a non-negative integer'],
    [{ maxTokensPerQuery: 1.5 }, 'max_tokens_per_query must be a non-negative integer'],
    [{ maxTokensPerDoc: NaN }, 'max_tokens_per_doc must be a non-negative integer'],
    [{ maxTokensPerDoc: '3' }, 'max_tokens_per_doc must be a non-negative integer'],
    [{ maxTokensPerDoc: 512 }, 'max_tokens_per_doc (512) must be less than max_model_len (512).'],
    [{ longDocuments: 'sum' }, 'longDocuments must be "max" or "mean", got "sum".'],
    [{ params: [{}] }, 'score takes one poolingParams for all pairs.'],
    [
      { params: { softmax: true } },
      "Task score only supports ['activation', 'dimensions', 'normalize'] parameters, does not support ['softmax'] parameters",
    ],
  ])('%j are refused', (more, message) => {
    expect(() => readPairRequest(request(1, 1, more as never), 512)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
    );
  });

  test('0 is no limit', () => {
    expect(readPairRequest(request(1, 1, { maxTokensPerDoc: 0, maxTokensPerQuery: 3 }), 512)).toMatchObject({
      maxTokensPerDoc: Infinity,
      maxTokensPerQuery: 3,
    });
  });
});
