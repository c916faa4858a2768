/** Which refusals are about too much in one request, in the words of those who refuse. */
import { expect, test } from 'vitest';
import { excessOf } from './too-large.ts';

test.each<[number, string | null, number | null]>([
  [422, 'batch size 33 > maximum allowed batch size 32', 32],
  [413, 'input batch size 136 > maximum allowed batch size 64', 64],
  [
    422,
    'body.text.input.list: List should have at most 2048 items after validation, not 2049; body.text.input.str: Input should be a valid string',
    2048,
  ],
  [400, "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length 2049 instead.", 2048],
  [400, "'input' array must have 2048 items or fewer", 2048],
  [400, 'expected an array of at most 2,048 items', 2048],
  [
    400,
    '<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than 10.: input.contents',
    10,
  ],
  [400, '* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch', 100],
  [400, 'invalid request: total number of texts must be at most 96 - received 97', 96],
  [400, 'The batch size limit is 1000. Your batch size is 1001.', 1000],
  [400, 'Too many inputs. The max number of inputs is 16. We hope to increase it soon.', 16],
  [400, 'Too many inputs in request, split into more batches.', null],
  [422, 'batch size 0 > maximum allowed batch size 0', null],
])('%i %s: too many inputs', (status, said, most) => expect(excessOf(status, said)).toEqual({ of: 'inputs', most }));

test.each([
  [413, null],
  [413, 'Failed to buffer the request body: length limit exceeded'],
  [413, 'The body may have 1000 bytes, and this one has more.'],
  [400, 'Requested 312345 tokens, max 300000 tokens per request'],
  [400, 'The max allowed tokens per submitted batch is 120000. Your batch has 137327 tokens after truncation.'],
  [400, 'A request may have 3 tokens, and this one has more.'],
  [400, 'Too many tokens in batch. Max is 16384 got 17063'],
])('%i %s: too much in all', (status, said) => expect(excessOf(status, said)).toEqual({ of: 'size', most: null }));

test.each([
  [400, null],
  [400, 'bad input'],
  [413, '`inputs` must have less than 512 tokens. Given: 600'],
  [400, "This model's maximum context length is 512 tokens. However, you requested 600 tokens in the input."],
  [400, 'The decoder prompt (length 600) is longer than the maximum model length of 512.'],
  [422, 'body.input.3: String should have at most 122880 characters'],
  [400, 'dimensions must be at most 384'],
  [500, 'input is too large to process. increase the physical batch size (current batch size: 512)'],
  [429, 'Too many requests'],
  [503, 'batch size 33 > maximum allowed batch size 32'],
])('%i %s: another fault', (status, said) => expect(excessOf(status, said)).toBeNull());
