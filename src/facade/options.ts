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
    if (value !== undefined) options[name] = value as T[typeof name];
  }
  return options;
}
