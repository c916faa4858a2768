/** Requests to a server that is a program of its own, and what it says of itself. */
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { start, type Program, type RuntimeName } from './cli-process.ts';

/** A request of seconds on tiny-bert, for a server that has room for it. */
export const long = Array.from({ length: 800 }, (_, i) => `text number ${i} of very many and `.repeat(30));
export const ROOM = ['--max-tokens', '10M', '--max-body-bytes', '64M', '--max-inputs', '10k'];

export async function ask(
  url: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(url + path, {
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

/** A value of /metrics; 0 of one that was not counted yet. */
export async function metric(url: string, name: string): Promise<number> {
  const { body } = await ask(url, '/metrics');
  return Number(new RegExp(`^rockpool:${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(body as string)?.[1] ?? 0);
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A request that can be cut off, and what came of it. */
export function send(url: string, body: object): { sent: ClientRequest; answer: Promise<{ status: number; text: string }> } {
  const sent = httpRequest(`${url}/v1/embeddings`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, agent: false });
  sent.end(JSON.stringify(body));
  const answer = once(sent, 'response').then(async ([response]) => {
    let text = '';
    for await (const piece of response) text += piece;
    return { status: response.statusCode as number, text };
  });
  return { sent, answer };
}

/** Ready on a port of its own. */
export async function serve(runtime: RuntimeName, model: string, ...flags: string[]): Promise<Program & { url: string }> {
  const program = start(['serve', model, '--port', '0', '--device', 'wasm', ...flags], { runtime });
  return { ...program, url: await program.printed(/Ready on (http:\S+)/) };
}
