/** Options as given -> options in our spelling, every key known. A misspelt option that is silently ignored costs somebody an afternoon. */
import { PoolingError } from '../errors.ts';

/** `truncatePromptTokens` and vLLM's `truncate_prompt_tokens` are the same option. */
export type EitherSpelling<T> = T | { [K in keyof T as Snake<K & string>]: T[K] };
type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? '' : '_'}${Lowercase<Head>}${Snake<Tail>}`
  : S;

/** `known` lists the camelCase names. Undefined values are left out, so that they mean "default". */
export function readOptions<T extends object>(
  given: EitherSpelling<T> | undefined,
  known: readonly (keyof T & string)[],
  of: string,
): Partial<T> {
  if (typeof (given ?? {}) !== 'object')
    throw new PoolingError('invalid-option', `The options of ${of} must be an object, got ${typeof given}.`);
  const options: Partial<T> = {};
  for (const [key, value] of Object.entries(given ?? {})) {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof T & string;
    if (!known.includes(name)) {
      throw new PoolingError('invalid-option', `${of} has no option "${key}". It takes: ${known.join(', ')}.`);
    }
    if (value === undefined) continue;
    check(name, value, of);
    options[name] = value as T[typeof name];
  }
  return options;
}

type Kind = readonly [what: string, is: (value: unknown) => boolean, options: readonly string[]];

/** What an option must be, whatever method takes it. Ranges and contents are checked where the option is used. */
const KINDS: readonly Kind[] = [
  ['an AbortSignal', (value) => value instanceof AbortSignal, ['signal']],
  ['a function', (value) => typeof value === 'function', ['onProgress', 'onLog', 'worker']],
  [
    'a string',
    (value) => typeof value === 'string',
    ['servedModelName', 'wasmPath', 'promptName', 'prompt', 'head', 'queryPromptName', 'documentPromptName', 'instruction', 'chatTemplate'],
  ],
  [
    'true or false',
    (value) => typeof value === 'boolean',
    ['cache', 'selfCheck', 'addSpecialTokens', 'returnOffsets', 'addGenerationPrompt', 'continueFinalMessage'],
  ],
  ['a plain object', isPlain, ['headers', 'integrity', 'hub', 'heads', 'hfOverrides', 'overridePoolerConfig', 'chatTemplateKwargs']],
  ['a list', Array.isArray, ['tools']],
  ['an integer', Number.isInteger, ['priority', 'maxTotalTokens']],
  ['a number of milliseconds above 0', (value) => typeof value === 'number' && value > 0, ['workerTimeout']],
];

/** `{ … }`: neither a list nor a Date, a Map, a function. */
export function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as never);
}

function check(name: string, value: unknown, of: string): void {
  const [what, is] = KINDS.find(([, , options]) => options.includes(name)) ?? [];
  if (!is || is(value)) return;
  // A number may be of the right kind and out of range; of other values the kind says enough.
  const got = typeof value === 'number' ? value : typeof value;
  throw new PoolingError('invalid-option', `The option ${name} of ${of} must be ${what}, got ${got}.`);
}
