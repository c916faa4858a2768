/** LLMs of rockpool/remote over small servers, all closed after each test. */
import { afterEach } from 'vitest';
import { LLM, type RemoteOptions } from 'rockpool/remote';
import { embeddingList, fakeServer, textsIn, vllm, type Answering, type FakeServer } from './remote-server.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

export const keep = <T extends AsyncDisposable>(one: T): T => (open.push(one), one);

/** An LLM over a server that answers what a test says. `path`: of the URL. */
export async function connect(answer: Answering, options: RemoteOptions = {}, path = ''): Promise<{ llm: LLM; server: FakeServer }> {
  const server = keep(await fakeServer(answer));
  const llm = keep(await LLM.connect(server.url + path, { maxRetries: 0, onLog: () => {}, ...options }));
  return { llm, server };
}

/** Over a vLLM whose /v1/embeddings does, asked again by default where a failure passes. */
export async function connectEmbeddings(embeddings: Answering, options: RemoteOptions = {}) {
  const answer = vllm((asked, count) => (asked.path === '/v1/embeddings' ? embeddings(asked, count) : undefined));
  const { llm, server } = await connect(answer, { maxRetries: 3, ...options });
  return { llm, server, asked: () => server.to('/v1/embeddings').length };
}

export const good: Answering = ({ body }) => ({ body: embeddingList(textsIn(body)) });

export const embedded = (outputs: readonly { outputs: { embedding: Float32Array } }[]) =>
  outputs.map(({ outputs: { embedding } }) => [...embedding]);

export const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
