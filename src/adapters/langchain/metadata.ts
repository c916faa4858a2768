/**
 * LangChain's metadata, which may hold anything, and an index's, which is flat: `{ loc: { page: 3 } }` is `{ 'loc.page': 3 }`, so that it can be
 * filtered by.
 */
import { asPoolingError, PoolingError, shown } from '../../errors.ts';
import { isPlain } from '../../facade/options.ts';
import type { Metadata } from '../../search/search-types.ts';

type Value = Metadata[string];

/**
 * The last step of a path to what cannot be flat: null stands there for an object that holds nothing, a text for a list as JSON. A key's own backslash
 * is always doubled, so no key is written like this.
 */
const UNFLAT = '\\';

/**
 * What JSON keeps of it, since loaders put in dates and objects of their own: a date is its ISO text, a function is left out. `what`: for messages.
 * Throws `invalid-input` for what JSON cannot hold.
 */
export function flat(metadata: unknown, what: string): Record<string, Value> {
  try {
    const kept: unknown = JSON.parse(JSON.stringify(metadata, digits) ?? 'null');
    if (isPlain(kept)) return Object.fromEntries(values(kept, ''));
  } catch (error) {
    throw asPoolingError(error, 'invalid-input', `${what} is kept as JSON. Leave out, or make a text of, what JSON cannot hold`);
  }
  throw new PoolingError('invalid-input', `${what} must be an object, got ${shown(metadata)}.`);
}

const digits = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

function values(object: object, before: string): [path: string, Value][] {
  return Object.entries(object).flatMap(([key, value]: [string, unknown]): [string, Value][] => {
    const path = before + key.replaceAll(/[\\.]/g, '\\$&');
    if (Array.isArray(value) && value.some((one) => typeof one === 'object')) return [[`${path}.${UNFLAT}`, JSON.stringify(value)]];
    if (!isPlain(value)) return [[path, value as Value]];
    const inner = values(value, `${path}.`);
    return inner.length > 0 ? inner : [[`${path}.${UNFLAT}`, null]];
  });
}

/** What becomes an object again: a Map, for which `__proto__` is a key like any other. */
type Tree = Map<string, unknown>;

/** The way back. Metadata of someone else's may have both `a` and `a.b`: the longer path stays as it is then. */
export function nested(metadata: Metadata): Record<string, unknown> {
  const values = Object.entries(metadata).map(([path, value]) => ({ path, ...placed(path, value) }));
  const taken = new Set(values.map(({ keys }) => JSON.stringify(keys)));
  const whole: Tree = new Map();
  for (const { path, keys, value } of values) {
    const isBlocked = keys.some((_, i) => taken.has(JSON.stringify(keys.slice(0, i))));
    put(whole, isBlocked ? [path] : keys, value);
  }
  return asObject(whole);
}

function placed(path: string, value: Value): { keys: string[]; value: unknown } {
  // At each dot that is not escaped: that has an even number of backslashes before it.
  const steps = path.split(/(?<=(?<!\\)(?:\\\\)*)\./);
  const whole = steps.length > 1 && steps.at(-1) === UNFLAT ? unflat(value) : undefined;
  const keys = (whole ? steps.slice(0, -1) : steps).map((step) => step.replaceAll(/\\([\\.])/g, '$1'));
  return { keys, value: whole ?? value };
}

/** What a value at such a path stands for. Undefined: it is someone else's, and stands for itself. */
function unflat(value: Value): object | undefined {
  if (value === null) return {};
  if (typeof value !== 'string') return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function put(tree: Tree, [key = '', ...after]: readonly string[], value: unknown): void {
  if (after.length === 0) {
    tree.set(key, value);
    return;
  }
  if (!tree.has(key)) tree.set(key, new Map());
  put(tree.get(key) as Tree, after, value);
}

function asObject(tree: Tree): Record<string, unknown> {
  return Object.fromEntries([...tree].map(([key, value]) => [key, value instanceof Map ? asObject(value) : value]));
}
