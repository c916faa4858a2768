/** What createHandler takes beside the models, and the defaults. */
import { PoolingError, shown } from '../errors.ts';
import { checkKinds, FLAG, FUNCTION, type Kinds } from '../kinds.ts';
import { guarded } from './guarded.ts';
import type { Tracer } from './tracing.ts';

export interface ServerOptions {
  /** Most bytes of a body. More is 413. Default 16 MiB: a text of 3 million tokens. */
  maxBodyBytes?: number;
  /** Most bytes of all bodies that are held at a time. One more is 429. Default 256 MiB. */
  maxHeldBytes?: number;
  /** Most inputs, pairs or documents of a request. More is 422. Default 2,048, as OpenAI's. */
  maxInputs?: number;
  /** Most tokens of a request. More is 400. Default 300,000, as OpenAI's, or one text of the model's own `max_embed_len`, if that is more. */
  maxTokens?: number;
  /**
   * Numbers of an answer: rows of tokens are many, and as text one takes some 20 bytes. More is 400, before anything is computed where the size of the
   * rows is known. Default 8,388,608: 2,048 vectors of 4,096, or the rows of 21,845 tokens of 384.
   */
  maxAnswerNumbers?: number;
  /** Requests in the engine at a time: they share batches. 1: no batching across requests. Default 256. */
  maxConcurrentRequests?: number;
  /** Requests that wait for their turn. One more is 429 with `Retry-After`. 0: none waits. Default 1,024. */
  maxQueueLength?: number;
  /** Milliseconds from the first byte of a request to its answer. Later is 408. Default 300,000. Infinity: no limit. */
  requestTimeout?: number;
  /** Milliseconds for the body alone. Later is 408. Default 30,000. */
  bodyTimeout?: number;
  /** Milliseconds that `drain()` gives requests under way. Later is 503. Default 25,000: Kubernetes kills after 30 s. Infinity: no limit. 0: none. */
  shutdownTimeout?: number;
  /** One of these is asked for as `Authorization: Bearer KEY`, on all routes but /health and /ping. Visible ASCII characters. Default: none is. */
  apiKeys?: readonly string[];
  /** Ask for a key on /metrics too. Default true. Without `apiKeys`: ignored. */
  protectMetrics?: boolean;
  /** Origins whose pages may call, or "*". Default: none, so that no page of another site can. */
  allowedOrigins?: '*' | readonly string[];
  /** Jinja source for requests with `messages`, and for the pairs of a cross-encoder; of all models, or by name. Default: the models' own. */
  chatTemplate?: string | Readonly<Record<string, string>>;
  /** Take `chat_template` from requests. Default false: a template is a program, and can run for ever. */
  trustRequestChatTemplate?: boolean;
  /** Each request, each fault, and ignored fields. What it throws, as what the two below throw, goes to console.error, once. Default: none. */
  onLog?: (record: LogRecord) => void;
  /** OpenTelemetry's, of `trace.getTracer()`: a span for each request. Default: none. */
  tracer?: Tracer;
  /** The parent of a request's span, of `propagation.extract(context.active(), …)`. Default: the active one. */
  traceContext?: (request: Request) => unknown;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** One line of a log, as data. */
export interface LogRecord {
  level: LogLevel;
  message: string;
  request_id?: string;
  [field: string]: unknown;
}

/** Milliseconds. */
export const SHUTDOWN_TIMEOUT = 25_000;

const NUMBERS = {
  maxBodyBytes: [16 * 2 ** 20, 1],
  maxHeldBytes: [256 * 2 ** 20, 1],
  maxInputs: [2_048, 1],
  maxTokens: [null, 1],
  maxAnswerNumbers: [2 ** 23, 1],
  maxConcurrentRequests: [256, 1],
  maxQueueLength: [1_024, 0],
  requestTimeout: [300_000, 1],
  bodyTimeout: [30_000, 1],
  shutdownTimeout: [SHUTDOWN_TIMEOUT, 0],
} as const satisfies Partial<Record<keyof ServerOptions, readonly [byDefault: number | null, least: number]>>;

type NumberName = keyof typeof NUMBERS;
const OTHERS: readonly string[] = [
  'apiKeys',
  'protectMetrics',
  'allowedOrigins',
  'chatTemplate',
  'trustRequestChatTemplate',
  'onLog',
  'tracer',
  'traceContext',
];

/** Of tokens null: what the model's own limits make of it. */
export type Limits = Readonly<Record<Exclude<NumberName, 'maxTokens'>, number> & { maxTokens: number | null }>;

/** All options, those with defaults filled in. */
export interface ResolvedOptions extends ServerOptions {
  limits: Limits;
  apiKeys: readonly string[];
  protectMetrics: boolean;
}

export function resolveOptions(given: ServerOptions = {}): ResolvedOptions {
  if (!isObject(given)) throw new PoolingError('invalid-option', `createHandler takes an object of options, got ${shown(given)}.`);
  for (const key of Object.keys(given)) {
    if (key in NUMBERS || OTHERS.includes(key)) continue;
    throw new PoolingError(
      'invalid-option',
      `createHandler has no option "${key}". It takes: ${[...Object.keys(NUMBERS), ...OTHERS].join(', ')}.`,
    );
  }
  checkKinds(given, KINDS);
  const limits = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, [byDefault, least]]) => [name, numberOf(name, given[name as NumberName] ?? byDefault, least)]),
  ) as Limits;
  const apiKeys = given.apiKeys ?? [];
  if (!Array.isArray(apiKeys) || !apiKeys.every(isApiKey)) {
    throw new PoolingError('invalid-option', `apiKeys must be a list of keys of ${KEY}.`);
  }
  const { onLog, protectMetrics = true } = given;
  return { ...given, ...(onLog && { onLog: guardedLog(onLog) }), limits, apiKeys, protectMetrics };
}

/** What a header carries the same from every client: of other characters some send Latin-1, and some UTF-8. */
export const KEY = 'visible ASCII characters';

export function isApiKey(value: unknown): boolean {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}

function guardedLog(onLog: NonNullable<ServerOptions['onLog']>): NonNullable<ServerOptions['onLog']> {
  const call = guarded('onLog');
  return (record) => call(() => onLog(record));
}

const isTexts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');
const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const KINDS: Kinds<ServerOptions> = {
  protectMetrics: FLAG,
  trustRequestChatTemplate: FLAG,
  allowedOrigins: ['"*" or a list of origins', (value) => value === '*' || isTexts(value)],
  chatTemplate: [
    'a text, or an object of texts by model',
    (value) => typeof value === 'string' || (isObject(value) && isTexts(Object.values(value as object))),
  ],
  onLog: FUNCTION,
  traceContext: FUNCTION,
  tracer: ['a tracer of OpenTelemetry', (value) => isObject(value) && typeof (value as Tracer).startSpan === 'function'],
};

function numberOf(name: string, value: number | null, least: number): number | null {
  if (value === null) return null;
  // A timer of more than 2^31 - 1 ms ends at once.
  const most = name.endsWith('Timeout') ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  if (value === Infinity || (Number.isInteger(value) && value >= least && value <= most)) return value;
  throw new PoolingError('invalid-option', `${name} must be an integer of at least ${least}, or Infinity, got ${shown(value)}.`);
}
