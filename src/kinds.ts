/** What options must be, as tables: in words for a message, and as a test. */
import { PoolingError, shown } from './errors.ts';

export type Kind = readonly [what: string, is: (value: unknown) => boolean];
export type Kinds<T extends object> = { readonly [Name in keyof T]?: Kind };

export const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1;
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
export const isListOf = (value: unknown, is: (one: unknown) => boolean) => Array.isArray(value) && value.length > 0 && value.every(is);

export const COUNT: Kind = ['an integer of at least 1', isCount];
export const FLAG: Kind = ['true or false', (value) => typeof value === 'boolean'];
export const FUNCTION: Kind = ['a function', (value) => typeof value === 'function'];

/** `"a", "b" or "c"`. */
export function oneOf(words: readonly string[]): Kind {
  const quoted = words.map((word) => `"${word}"`);
  return [`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`, (value) => words.includes(value as string)];
}

/** Throws `invalid-option`. `name`: as the message has it. */
export function checkKind(name: string, value: unknown, [what, is]: Kind): void {
  if (!is(value)) throw new PoolingError('invalid-option', `${name} must be ${what}, got ${shown(value)}.`);
}

/** Undefined values pass: they mean the default. `before`, `after`: what a message has around the name. */
export function checkKinds<T extends object>(options: T, kinds: Kinds<T>, { before = '', after = '' } = {}): void {
  for (const name of Object.keys(kinds) as (keyof T & string)[]) {
    if (options[name] !== undefined) checkKind(before + name + after, options[name], kinds[name]!);
  }
}
