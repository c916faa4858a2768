/** Cases and a way to send a request -> what went wrong. Every target has the same cases; what it cannot be asked, it says why. */
import { answerProblems } from './answer-schemas.ts';
import { modelOf, type Case } from './case.ts';
import { mismatches } from './match.ts';
import type { ModelName, ServerName } from './servers.ts';

/** All of it can be sent to a page. */
export interface Sent {
  on: ServerName;
  /** Which model's own `fetch` it is for, where each has one. */
  model: ModelName;
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body: Uint8Array | null;
  streamed: boolean;
}

export interface Received {
  status: number;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

export interface Target {
  name: string;
  send(request: Sent): Promise<Received>;
  /** Why a case cannot be put to this target; null: it can. */
  lacks?(one: Case): string | null;
}

export interface Outcome {
  /** `case: what is wrong`, one a line. */
  failures: string[];
  passed: number;
  /** How many, by reason. */
  left: Record<string, number>;
}

/** One after the other, in their order: the last ones look at what the server has counted. */
export async function runCases(cases: readonly Case[], target: Target): Promise<Outcome> {
  const outcome: Outcome = { failures: [], passed: 0, left: {} };
  const answers = new Map<string, unknown>();
  for (const one of cases) {
    const reason = target.lacks?.(one) ?? null;
    if (reason !== null) {
      outcome.left[reason] = (outcome.left[reason] ?? 0) + 1;
      continue;
    }
    const wrong = await ask(one, target, answers).catch((error: unknown) => [`not answered: ${String(error)}`]);
    if (wrong.length === 0) outcome.passed++;
    outcome.failures.push(...wrong.map((why) => `${one.path} › ${one.name}: ${why}`));
  }
  return outcome;
}

async function ask(one: Case, target: Target, answers: Map<string, unknown>): Promise<string[]> {
  const sent = sentOf(one);
  const received = await target.send(sent);
  const headers = new Headers(received.headers);
  const value = valueOf(received.body, headers.get('Content-Type') ?? '');
  answers.set(`${one.path} ${one.name}`, value);
  const earlier = (name: string) => {
    if (answers.has(name)) return answers.get(name);
    throw new Error(`There is no earlier case "${name}".`);
  };
  const { status = 200, gives, answers: wanted = {} } = one;
  const wrongStatus =
    received.status === status ? [] : [`status ${received.status} instead of ${status}, ${JSON.stringify(value)?.slice(0, 500)}`];
  if (wrongStatus.length > 0) return wrongStatus;
  const isJson = status === 200 && headers.get('Content-Type')?.startsWith('application/json');
  return [
    ...(isJson ? answerProblems(new URL(one.path, 'http://local').pathname, sent.method, value) : []),
    ...Object.entries(wanted).flatMap(([name, expected]) => mismatches(headers.get(name), expected, earlier, name)),
    ...mismatches(value, gives, earlier),
  ];
}

function sentOf(one: Case): Sent {
  const { body, path, on = 'open', streamed = false } = one;
  const headers = new Headers();
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(one.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const text = typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body;
  return {
    on,
    model: modelOf(one),
    method: one.method ?? (body === undefined ? 'GET' : 'POST'),
    path,
    headers: [...headers],
    body: text === undefined ? null : typeof text === 'string' ? new TextEncoder().encode(text) : text,
    streamed,
  };
}

/** The body of a JSON answer has to be JSON: what it is not, it cannot be read as. */
function valueOf(body: Uint8Array, type: string): unknown {
  if (type.startsWith('application/octet-stream')) return body;
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  return type.startsWith('application/json') ? JSON.parse(text) : text;
}

/** A request for any `fetch`. */
export function requestOf({ method, path, headers, body, streamed }: Sent, base = 'http://local'): Request {
  const whole = streamed && body ? new Blob([body as Uint8Array<ArrayBuffer>]).stream() : (body as Uint8Array<ArrayBuffer> | null);
  return new Request(new URL(path, base), { method, headers, body: whole, ...(streamed && { duplex: 'half' }) } as RequestInit);
}

export async function receivedOf(response: Response): Promise<Received> {
  return { status: response.status, headers: [...response.headers], body: new Uint8Array(await response.arrayBuffer()) };
}
