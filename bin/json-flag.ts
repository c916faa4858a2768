/** JSON of the command line, whole or key by key -> one object. */
import { messageOf, wrongUse } from './failure.ts';
import type { Json } from './flags.ts';

export function jsonObject(name: string, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = text.startsWith('{') ? ' Shells take double quotes away: put single quotes around it.' : '';
    throw wrongUse(`${name} takes a JSON object, got ${text.slice(0, 200)}: ${messageOf(error)}.${hint}`);
  }
  if (!isObject(value)) throw wrongUse(`${name} takes a JSON object, got ${text.slice(0, 200)}.`);
  return value;
}

/** --x.a.b VALUE: { a: { b: VALUE } }. A value that is not JSON is a text. */
export function nested(keys: readonly string[], text: string): Json {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // CLS, embed and the like.
  }
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Json;
}

/** The later one wins, key by key. */
export function merged(before: Json | undefined, after: Json): Json {
  const all: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(all, key) ? all[key] : undefined;
    // defineProperty: a key may be __proto__.
    const joined = isObject(old) && isObject(value) ? merged(old, value) : value;
    Object.defineProperty(all, key, { value: joined, enumerable: true, configurable: true, writable: true });
  }
  return all;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
