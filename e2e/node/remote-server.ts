/** Small servers on loopback for the tests of rockpool/remote, written from the dialects' specifications: what they are asked, and what they answer. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A text goes as it is. */
  body?: unknown;
  /** More is promised, and never comes. */
  endless?: boolean;
}

/** `hang`: no answer, ever. `drop`: the connection is closed without one. Undefined: 404, as FastAPI has it. */
export type Answering = (asked: Asked, count: number) => Reply | 'hang' | 'drop' | undefined | Promise<Reply | 'hang' | 'drop' | undefined>;

export interface FakeServer extends AsyncDisposable {
  url: string;
  asked: Asked[];
  /** Those to a path. */
  to(path: string): Asked[];
  /** Requests whose client has gone before the answer. */
  left: number;
  /** Requests under way: now, and the most there ever were. */
  open: number;
  most: number;
}

/** `count`: how many requests came to this path before. */
export async function fakeServer(answer: Answering): Promise<FakeServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    const asked: Asked = { method, path, headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
    const count = fake.to(path).length;
    fake.asked.push(asked);
    fake.most = Math.max(fake.most, ++fake.open);
    response.on('close', () => {
      fake.open--;
      if (!response.writableFinished) fake.left++;
    });
    const reply = await answer(asked, count);
    if (reply === 'hang') return;
    if (reply === 'drop') return void request.socket.destroy();
    const { status = 200, headers: own = {}, body, endless = false }: Reply = reply ?? { status: 404, body: { detail: 'Not Found' } };
    response.writeHead(status, { 'Content-Type': 'application/json', ...own });
    response.write(typeof body === 'string' ? body : JSON.stringify(body ?? null));
    if (!endless) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    to: (path) => fake.asked.filter((one) => one.path === path),
    left: 0,
    open: 0,
    most: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

/** A vector that says which text it is of: no two of a test's are alike. */
export function vectorOf(text: string): number[] {
  const seed = [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_007, 7);
  return [0, 1, 2, 3].map((i) => Math.fround(Math.sin(seed + i)));
}

export function base64Of(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

type Body = Record<string, unknown>;
export const textsIn = ({ input }: Body) => input as string[];

/** In any order: clients go by the index. */
export function embeddingList(texts: readonly unknown[], embed: (text: string) => unknown = (text) => base64Of(vectorOf(text))) {
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: embed(String(text)) })).reverse();
  return { object: 'list', data, model: 'm', usage: { prompt_tokens: 3 * texts.length, total_tokens: 3 * texts.length } };
}

/** vLLM's: its model, its version, and embeddings. `more` goes first. */
export function vllm(more: Answering = () => undefined, version = '0.33.1'): Answering {
  return async (asked, count) => {
    const reply = await more(asked, count);
    if (reply !== undefined) return reply;
    if (asked.path === '/v1/models') return { body: { object: 'list', data: [{ id: 'org/model', owned_by: 'vllm', max_model_len: 512 }] } };
    if (asked.path === '/version') return { body: { version } };
    if (asked.path === '/v1/embeddings') return { body: embeddingList(textsIn(asked.body)) };
    return undefined;
  };
}

/** TEI's: `type` as its /info says it. */
export function tei(type: Body, more: Answering = () => undefined): Answering {
  return async (asked, count) => {
    const reply = await more(asked, count);
    if (reply !== undefined) return reply;
    const inputs = (asked.body['inputs'] ?? asked.body['texts']) as string[];
    if (inputs?.length > 4)
      return { status: 422, body: { error: `batch size ${inputs.length} > maximum allowed batch size 4`, error_type: 'Validation' } };
    if (asked.path === '/info') {
      return {
        body: {
          model_id: 'org/tei',
          model_dtype: 'float16',
          model_type: type,
          max_input_length: 256,
          max_client_batch_size: 4,
          version: '1.8.2',
        },
      };
    }
    if (asked.path === '/embed') return { body: inputs.map(vectorOf) };
    return undefined;
  };
}

/** Infinity's, below its prefix. */
export function infinity(prefix: string, capabilities: readonly string[], more: Answering = () => undefined): Answering {
  return async (asked, count) => {
    const reply = await more(asked, count);
    if (reply !== undefined) return reply;
    if (asked.path === `${prefix}/models`) return { body: { data: [{ id: 'org/infinity', owned_by: 'infinity', capabilities }] } };
    if (asked.path === `${prefix}/embeddings`) return { body: embeddingList(textsIn(asked.body)) };
    return undefined;
  };
}

/** `ok`, or the code and the text of its error. By its name: each entry has a copy of the class. */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: { name?: string; code?: string; message?: string }) =>
      error?.name === 'PoolingError' ? `${error.code}: ${error.message}` : `not a PoolingError: ${String(error)}`,
  );
}
