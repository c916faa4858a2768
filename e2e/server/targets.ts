/** Where the cases are sent from Node: to a function, or to a port. */
import { receivedOf, requestOf, type Sent, type Target } from './run-cases.ts';
import { SERVER_HEADER } from './servers.ts';

export function target(name: string, answer: (request: Request) => Promise<Response>, base?: string): Target {
  return { name, send: async (sent: Sent) => receivedOf(await answer(addressed(sent, base))) };
}

export const overHttp = (name: string, base: string): Target => target(name, fetch, base);

function addressed(sent: Sent, base?: string): Request {
  const request = requestOf(sent, base);
  request.headers.set(SERVER_HEADER, sent.on);
  return request;
}
