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

const isFunction = (value: unknown) => typeof value === 'function';
const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isPlain = (value: unknown) =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as never);
const isTextRecord = (value: unknown) => isPlain(value) && Object.values(value as object).every(isText);

/** What an option must be, whatever method takes it. Ranges are checked where the option is used. */
const CHECKS: Readonly<Record<string, readonly [what: string, is: (value: unknown) => boolean]>> = {
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  onProgress: ['a function', isFunction],
  onLog: ['a function', isFunction],
  worker: ['a function that makes a Worker', isFunction],
  workerTimeout: ['a number of milliseconds above 0', (value) => typeof value === 'number' && value > 0],
  headers: ['a plain object of strings', isTextRecord],
  integrity: ['a plain object of strings', isTextRecord],
  hub: ['a plain object', isPlain],
  hfOverrides: ['a plain object', isPlain],
  overridePoolerConfig: ['a plain object', isPlain],
  servedModelName: ['a string', isText],
  wasmPath: ['a string', isText],
  cache: ['true or false', isFlag],
  selfCheck: ['true or false', isFlag],
  addSpecialTokens: ['true or false', isFlag],
  returnOffsets: ['true or false', isFlag],
  promptName: ['a string', isText],
  prompt: ['a string', isText],
  head: ['a string', isText],
  heads: [
    'a plain object of URLs',
    (value) => isPlain(value) && Object.values(value as object).every((each) => isText(each) || each instanceof URL),
  ],
  instruction: ['a string', isText],
  chatTemplate: ['a string', isText],
  poolingParams: ['an object or a list of them', (value) => typeof value === 'object' && value !== null],
  truncatePromptTokens: ['a number or null', (value) => value === null || typeof value === 'number'],
};

function check(name: string, value: unknown, of: string): void {
  const [what, is] = CHECKS[name] ?? [];
  if (is && !is(value)) throw new PoolingError('invalid-option', `The option ${name} of ${of} must be ${what}, got ${typeof value}.`);
}
