/** POST /v1/embeddings with vLLM's `late_chunking_params`: a vector for each window of tokens, and where it is. */
import { badRequest, head, invalid, usage, type Case } from '../case.ts';
import { lateChunks, near } from '../oracle.ts';

const path = '/v1/embeddings';

const windows = lateChunks.filter(({ params }) => 'chunk_size' in params);
const [first, , unicode] = windows as [(typeof windows)[0], unknown, (typeof windows)[0]];
const item = ({ vectors, params, ids, code_points }: typeof first, index: number) => {
  const { chunk_size } = params as { chunk_size: number };
  const chunks = code_points.map((char_range, i) => ({
    token_range: [i * chunk_size, Math.min(ids.length, (i + 1) * chunk_size)],
    char_range,
  }));
  const late_chunking = { strategy: 'fixed_tokens', chunk_size, input_tokens: ids.length, chunks };
  return { index, object: 'embedding', embedding: vectors.map(near), late_chunking };
};
const gives = (...some: (typeof first)[]) => ({
  ...head('embd', 'embedder'),
  data: some.map(item),
  usage: usage(some.reduce((sum, { ids }) => sum + ids.length, 0)),
});
const body = { input: first.text, late_chunking_params: first.params };
const refused = (name: string, fields: object, says: RegExp, field: string): Case => ({
  name: `late chunking with ${name}`,
  path,
  body: { ...body, ...fields },
  ...badRequest(says, field),
});

export const lateChunkingCases: Case[] = [
  ...windows.map((one): Case => ({
    name: `late chunking: ${one.name}`,
    path,
    body: { input: one.text, late_chunking_params: one.params },
    gives: gives(one),
  })),
  {
    name: 'late chunking of two texts',
    path,
    body: { input: [unicode.text, unicode.text], late_chunking_params: unicode.params },
    gives: gives(unicode, unicode),
  },
  refused('base64', { encoding_format: 'base64' }, /only with "float"/, 'encoding_format'),
  refused('dimensions', { dimensions: 8 }, /dimensions/, 'dimensions'),
  refused('truncation', { truncate_prompt_tokens: 4 }, /truncate_prompt_tokens/, 'truncate_prompt_tokens'),
  refused('token ids', { input: [101, 102] }, /give the text/, 'input'),
  {
    name: 'late chunking with chunks of nothing',
    path,
    body: { ...body, late_chunking_params: { chunk_size: 0 } },
    ...invalid(
      'late_chunking_params',
      "{'type': 'greater_than_equal', 'loc': ('body', 'late_chunking_params', 'chunk_size'), 'msg': 'Input should be greater than or equal to 1', 'input': 0}",
    ),
  },
];
