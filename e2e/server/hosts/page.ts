/**
 * In a page: the servers under test, and the models' own `fetch`; and a way to send requests to either, or to the network, which a service
 * worker may be.
 */
import { receivedOf, requestOf, type Received, type Sent } from '../run-cases.ts';
import { loadModels, serversOf, SERVER_HEADER, type ModelName } from '../servers.ts';

type Index = typeof import('../../../src/index.ts');
type Server = typeof import('../../../src/server.ts');

/** Names a model whose own `fetch` is to answer. */
const MODEL_HEADER = 'X-Test-Model';

const { LLM } = (await import('/dist/index.js' as string)) as Index;
const { createHandler } = (await import('/dist/server.js' as string)) as Server;
const loaded = await loadModels((folder, options) => LLM.load(`/e2e/models/${folder}`, { ...options, threads: 1 }));
const servers = serversOf(loaded, createHandler);

/** What a service worker hands on comes here, too. */
export const answer = (request: Request): Promise<Response> => {
  const model = request.headers.get(MODEL_HEADER) as ModelName | null;
  return model === null ? servers(request) : loaded[model].fetch(request);
};

/** `ownFetch`: of the model, whose server has one model and no options. `through`: this page itself, or the network. */
export async function send(sent: Sent, ownFetch: boolean, through: 'page' | 'network'): Promise<Received> {
  const request = requestOf(sent, location.href);
  request.headers.set(ownFetch ? MODEL_HEADER : SERVER_HEADER, ownFetch ? sent.model : sent.on);
  return receivedOf(await (through === 'page' ? answer(request) : fetch(request)));
}

Object.assign(globalThis, { conformance: { answer, send } });
