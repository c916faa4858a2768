/**
 * `input_type` of Cohere's embeddings in front of other servers: the server that answers is asked as it can be asked, and what it cannot
 * know is refused.
 */
import { describe, expect, test } from 'vitest';
import { LLM, withFallback, type PoolingLLM } from 'rockpool/remote';
import { createHandler } from 'rockpool/server';
import { keep } from './remote-connections.ts';
import { Machine } from './remote-machines.ts';
import { embeddingList, fakeServer, tei, textsIn, vectorOf, vllm, type Answering, type FakeServer } from './remote-server.ts';
import { load } from './tiny-model.ts';

async function embed(llm: PoolingLLM, body: object = {}) {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ texts: ['Paris'], ...body }) };
  const response = await createHandler(llm)(new Request('http://gateway/v2/embed', init));
  const { embeddings, message, param } = (await response.json()) as { embeddings?: { float: number[][] }; message: string; param: string };
  return { status: response.status, vector: embeddings?.float[0], message, param };
}

const open = ({ url }: FakeServer) => LLM.connect(url, { maxRetries: 0, onLog: () => {} });

/** Down when a test says so. */
class Switched {
  isUp = true;
  server!: FakeServer;

  /** The caller's text, and no canary. */
  asked() {
    return this.server.asked.filter(({ body }) => ((body['inputs'] ?? body['input']) as unknown[])?.includes('Paris'));
  }
}

async function switched(answer: Answering): Promise<Switched> {
  const one = new Switched();
  one.server = keep(await fakeServer((asked, count) => (asked.method === 'POST' && !one.isUp ? 'drop' : answer(asked, count))));
  return one;
}

/** As this model was made: a default prompt that is written before a text that names none. */
const defaults: Readonly<Record<string, Answering>> = {
  tei: tei({ embedding: { pooling: 'mean' } }, ({ path, body }) =>
    path === '/embed'
      ? { body: (body['inputs'] as string[]).map((text) => vectorOf((body['prompt_name'] ? '' : 'default: ') + text)) }
      : undefined,
  ),
  rockpool: vllm(({ path, body }) => {
    const model = { id: 'm', owned_by: 'rockpool', max_model_len: 256, prompts: { all: 'default: ' }, default_prompt_name: 'all' };
    if (path === '/v1/models') return { body: { data: [model] } };
    if (path !== '/v1/embeddings') return undefined;
    return { body: embeddingList(textsIn(body).map((text) => (body['prompt_name'] === '' ? text : `default: ${text}`))) };
  }),
};

const teiServer = () => switched(tei({ embedding: { pooling: 'mean' } }));
const vllmServer = () => switched(vllm(({ path }) => (path === '/v1/models' ? { body: vllmOf256 } : undefined)));
const vllmOf256 = { data: [{ id: 'org/model', owned_by: 'vllm', max_model_len: 256 }] };

const either = async (...servers: Switched[]) =>
  keep(await withFallback(servers.map(({ server }) => () => open(server)), { coolDown: 0, onFallback: () => {} })); // prettier-ignore

describe('One server', () => {
  test('of rockpool is asked by the name of the prompt, and knows those that there are', async () => {
    const local = keep(await load('tiny-bert-dense'));
    const llm = keep(await new Machine(local).connect());
    const [expected] = await local.embed('Paris', { promptName: 'query' });
    expect((await embed(llm, { input_type: 'query' })).vector).toEqual([...expected!.outputs.embedding]);
    const { status, message } = await embed(llm, { input_type: 'search_document' });
    expect([status, message]).toEqual([400, "Unsupported input_type 'search_document'. Supported values: passage, query"]);
  });

  test('of TEI is asked by that name, which it alone can know', async () => {
    const one = await teiServer();
    const llm = keep(await open(one.server));
    expect((await embed(llm, { input_type: 'query' })).status).toBe(200);
    expect(one.asked().at(-1)!.body).toMatchObject({ inputs: ['Paris'], prompt_name: 'query' });
    const { status, param } = await embed(llm, { input_type: 'query', truncate: 'NONE', max_tokens: 5 });
    expect([status, param, one.asked().length]).toEqual([400, 'max_tokens', 1]);
  });

  test('of vLLM cannot be asked by a name, and gets no text without its prompt', async () => {
    const one = await vllmServer();
    const { status, param, message } = await embed(keep(await open(one.server)), { input_type: 'query' });
    expect([status, param, one.asked()]).toEqual([400, 'input_type', []]);
    expect(message).toMatch(/^Unsupported input_type 'query'. The server behind this one does not say what prompts/);
  });
});

describe('Of several servers', () => {
  test('the one that answers is asked as it can be, whichever answered before', async () => {
    const [first, second] = [await teiServer(), await vllmServer()];
    const llm = await either(first, second);
    expect((await embed(llm)).status).toBe(200);
    first.isUp = false;
    expect((await embed(llm)).status).toBe(200);
    first.isUp = true;
    expect((await embed(llm)).status).toBe(200);
    expect([first.asked().length, second.asked().length]).toEqual([3, 1]);
  });

  test('one that cannot be asked for a kind is left out, and is well for the rest', async () => {
    const [first, second] = [await vllmServer(), await teiServer()];
    const llm = await either(first, second);
    expect((await embed(llm, { input_type: 'query' })).status).toBe(200);
    expect([first.asked().length, second.asked().length]).toEqual([0, 1]);
    expect((await embed(llm)).status).toBe(200);
    expect(first.asked()).toHaveLength(1);
    second.isUp = false;
    const { status, vector } = await embed(llm, { input_type: 'query' });
    expect([status, vector, first.asked().length]).toEqual([503, undefined, 1]);
  });

  test('none can be asked: that is the client’s', async () => {
    const llm = await either(await vllmServer(), await vllmServer());
    const { status, param } = await embed(llm, { input_type: 'query' });
    expect([status, param]).toEqual([400, 'input_type']);
  });

  test('two that agree on texts as they are do not answer for each other where one cannot leave its prompt out', async () => {
    const [first, second] = [await switched(defaults['rockpool']!), await switched(defaults['tei']!)];
    const llm = await either(first, second);
    const [plain] = await llm.embed('Paris');
    expect((await embed(llm)).vector).toEqual(vectorOf('Paris'));
    first.isUp = false;
    expect([...(await llm.embed('Paris'))[0]!.outputs.embedding]).toEqual([...plain!.outputs.embedding]);
    expect((await embed(llm)).status).toBe(503);
  });
});
