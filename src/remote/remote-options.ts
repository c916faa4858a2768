/** A server's URL and connect options, as a caller gives them -> the same checked, every default filled in. */
import { PoolingError, shown } from '../errors.ts';
import { logToConsole } from '../facade/listeners.ts';
import { readOptions, type EitherSpelling } from '../facade/options.ts';
import { checkKinds, COUNT, FUNCTION, isCount, isListOf, isText, type Kinds } from '../kinds.ts';
import type { LogEntry, Task } from '../types.ts';

export const DIALECTS = ['vllm', 'tei', 'infinity', 'openai'] as const;
export type DialectName = (typeof DIALECTS)[number];
const TASKS: readonly Task[] = ['embed', 'encode', 'token_embed', 'classify', 'token_classify', 'reward', 'score'];

export interface RemoteOptions {
  /**
   * Whose requests the server answers. Default `auto`: it is asked. `vllm` is rockpool's own server too; `openai` is whoever has `/embeddings`: OpenAI,
   * Ollama, llama.cpp, a gateway.
   */
  dialect?: DialectName | 'auto';
  /**
   * The model's name in requests. Default: the first that the server lists; needed for an OpenAI-style server that lists several. Answers that name
   * another model are told by a warning, since many servers have aliases; answers that name another one than before are `server-error`.
   */
  model?: string;
  /**
   * Most tokens that the model takes, where the server does not say it (Infinity, OpenAI-style): the caller's word. Without it
   * `withFallback` cannot know whether such a server and another model cut a text alike.
   */
  maxModelLen?: number;
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string;
  /** Sent with every request. They win over ours. */
  headers?: Readonly<Record<string, string>>;
  /** Default: the realm's own. */
  fetch?: typeof fetch;
  /**
   * Most prompts, or documents, in one request. Default: what a TEI server says of itself (32, unless it was told otherwise), else 256: servers batch
   * across requests by themselves, and small ones are spread over replicas, lose little to a retry and give progress. A request that the
   * server refuses as too large goes again in parts, and later ones have no more than it takes.
   */
  maxInputsPerRequest?: number;
  /** Most requests under way, those of all calls together. Default 4. */
  concurrency?: number;
  /** How often a request is sent again that failed in passing: the network, 408, 409, 429, 500 and above. Default 3; 0: never. */
  maxRetries?: number;
  /** Milliseconds that one request may take. One that took longer is sent again once at most. Default 120,000. Infinity waits for ever. */
  timeout?: number;
  /** What the model is asked for; other tasks are `unsupported-task` without asking. Default: what the server says, or all that it has routes for. */
  tasks?: readonly Task[];
  /** Names of the classes in the model's own order, for servers that sort them (Infinity). */
  labels?: readonly string[];
  /** Rejects the connect with `aborted`. */
  signal?: AbortSignal;
  /** Default: console.info and console.warn. */
  onLog?: (entry: LogEntry) => void;
}

export interface ResolvedRemote extends Required<
  Omit<RemoteOptions, 'model' | 'maxModelLen' | 'maxInputsPerRequest' | 'tasks' | 'labels' | 'signal' | 'apiKey' | 'headers'>
> {
  /** Its path ends without a slash; its query goes with every request. */
  base: URL;
  headers: Headers;
  model: string | null;
  maxModelLen: number | null;
  maxInputsPerRequest: number | null;
  tasks: readonly Task[] | null;
  labels: readonly string[] | null;
  signal: AbortSignal | undefined;
}

const KINDS: Kinds<RemoteOptions> = {
  dialect: [`"auto" or one of ${DIALECTS.join(', ')}`, (value) => value === 'auto' || DIALECTS.includes(value as DialectName)],
  model: ['the name of a model', isText],
  maxModelLen: COUNT,
  fetch: FUNCTION,
  maxInputsPerRequest: COUNT,
  concurrency: COUNT,
  maxRetries: ['an integer of at least 0', (value) => value === 0 || isCount(value)],
  timeout: ['a number of milliseconds above 0', (value) => typeof value === 'number' && value > 0],
  tasks: [`a list of ${TASKS.join(', ')}`, (value) => isListOf(value, (task) => TASKS.includes(task as Task))],
  labels: ['a list of names', (value) => isListOf(value, isText)],
};
const KNOWN = [...Object.keys(KINDS), 'apiKey', 'headers', 'signal', 'onLog'] as (keyof RemoteOptions)[];

export function readRemoteOptions(url: string | URL, given: EitherSpelling<RemoteOptions> | undefined): ResolvedRemote {
  const options = readOptions<RemoteOptions>(given, KNOWN, 'LLM.connect');
  checkKinds(options, KINDS, { after: ' of LLM.connect' });
  const { fetch: own, signal, onLog = logToConsole } = options;
  return {
    base: readBase(url),
    dialect: options.dialect ?? 'auto',
    model: options.model ?? null,
    maxModelLen: options.maxModelLen ?? null,
    headers: readHeaders(options),
    // Called as a plain function: a browser's own refuses to be a method of something else.
    fetch: (input, init) => (own ?? globalThis.fetch)(input, init),
    maxInputsPerRequest: options.maxInputsPerRequest ?? null,
    concurrency: options.concurrency ?? 4,
    maxRetries: options.maxRetries ?? 3,
    timeout: options.timeout ?? 120_000,
    tasks: options.tasks ?? null,
    labels: options.labels ?? null,
    signal,
    onLog,
  };
}

function readBase(url: string | URL): URL {
  const here = (globalThis.location as Location | undefined)?.href;
  const base = (typeof url === 'string' || url instanceof URL) && URL.canParse(url, here) ? new URL(url, here) : null;
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new PoolingError(
      'invalid-option',
      `LLM.connect takes the http(s) URL of a server, got ${typeof url === 'string' ? shown(url) : typeof url}.`,
    );
  }
  if (base.username || base.password)
    throw new PoolingError('invalid-option', 'A URL with a password is not taken: use `apiKey` or `headers`.');
  base.pathname = base.pathname.replace(/\/+$/, '');
  base.hash = '';
  return base;
}

function readHeaders({ apiKey, headers: given }: Partial<RemoteOptions>): Headers {
  // Without its value: a key is no text for a message.
  if (apiKey !== undefined && !isText(apiKey))
    throw new PoolingError('invalid-option', `apiKey of LLM.connect must be a key, got ${typeof apiKey}.`);
  const headers = new Headers({ Accept: 'application/json' });
  const all = { ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }), ...given };
  for (const [name, value] of Object.entries(all)) {
    try {
      headers.set(name, value);
    } catch {
      // Without the runtime's own text, which has the value in it.
      throw new PoolingError('invalid-option', `The header ${shown(name)} has a name or a value that HTTP cannot carry.`);
    }
  }
  return headers;
}
