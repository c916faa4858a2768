/** A model without an engine, for tests of what is around it: it answers at once, or as a test says. */
import { PoolingError } from '../errors.ts';
import type { EmbeddingRequestOutput, ModelInfo, Prompt } from '../types.ts';
import type { PoolingModel } from './served-models.ts';

export function fakeModel(own: Partial<PoolingModel> & { tasks?: ModelInfo['tasks']; name?: string; heads?: string[] } = {}): PoolingModel {
  const { tasks = ['embed', 'score'], name = 'fake', heads = [], ...methods } = own;
  const no = () => Promise.reject(new PoolingError('unsupported-task', 'not asked for'));
  const info = { model: name, tasks, heads, max_model_len: 16, max_embed_len: 16, prompts: {}, device: 'wasm' } as unknown as ModelInfo;
  return {
    info,
    embed: (prompts) => Promise.resolve((prompts as Prompt[]).map((_, i) => embeddingOf(i))),
    encode: no,
    tokenEmbed: no,
    classify: no,
    tokenClassify: no,
    reward: no,
    score: no,
    tokenize: no,
    detokenize: no,
    applyChatTemplate: no,
    ...methods,
  };
}

/** What cannot become a text. */
export const UNPRINTABLE: readonly object[] = [
  Object.create(null) as object,
  {
    toString() {
      throw new Error('its own');
    },
    toJSON() {
      throw new Error('its own');
    },
  },
  { toString: 1, valueOf: 2 },
];

export function embeddingOf(value: number): EmbeddingRequestOutput {
  return {
    request_id: String(value),
    outputs: { embedding: Float32Array.of(value, 0.5), hidden_size: 2 },
    prompt_token_ids: Int32Array.of(1, 2, 3),
    finished: true,
  };
}

export function post(path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Request {
  return new Request(`http://server${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  });
}

export interface ErrorBody {
  message: string;
  type: string;
  param: string | null;
  code: number;
  error: unknown;
}

export async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

export function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`http://server${path}`, { headers });
}

export function embed(body: object = {}, headers?: Record<string, string>, signal?: AbortSignal): Request {
  return post('/v1/embeddings', { input: ['a'], ...body }, headers, signal);
}
