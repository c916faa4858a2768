/** LangChain's metadata, objects in objects, and an index's, which is flat: `{ loc: { page: 3 } }` is `{ 'loc.page': 3 }`, so that it can be filtered by. */
import { PoolingError, shown } from '../../errors.ts';
import { isPlain } from '../../facade/options.ts';
import type { Metadata } from '../../search/search-types.ts';

type Value = Metadata[string];

/** The last step of a path to an object that holds nothing. A key's own backslash is always doubled, so no key is written like this. */
const NOTHING = '\\';

/** Throws `invalid-input` for what cannot be kept: functions, dates, lists of objects. */
export function flat(metadata: object, before = ''): Record<string, Value> {
  const entries = Object.entries(metadata).flatMap(([key, value]: [string, unknown]): [string, Value][] => {
    const path = before + key.replaceAll(/[\\.]/g, '\\$&');
    if (value === undefined) return [];
    if (isPlain(value)) {
      const inner = Object.entries(flat(value, `${path}.`));
      return inner.length > 0 ? inner : [[`${path}.${NOTHING}`, null]];
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) throw kept(path, value);
    return [[path, value as Value]];
  });
  return Object.fromEntries(entries);
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
  const isEmpty = value === null && steps.length > 1 && steps.at(-1) === NOTHING;
  const keys = (isEmpty ? steps.slice(0, -1) : steps).map((step) => step.replaceAll(/\\([\\.])/g, '$1'));
  return { keys, value: isEmpty ? {} : value };
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

function kept(path: string, value: object): PoolingError {
  return new PoolingError(
    'invalid-input',
    `"${path}" in the metadata is ${shown(value)}, and an index keeps texts, numbers, true, false, null, and lists of those but null.`,
  );
}
