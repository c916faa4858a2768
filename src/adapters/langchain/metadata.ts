/** LangChain's metadata, objects in objects, and an index's, which is flat: `{ loc: { page: 3 } }` is `{ 'loc.page': 3 }`, so that it can be filtered by. */
import { PoolingError, shown } from '../../errors.ts';
import type { Metadata } from '../../search/search-types.ts';

type Value = Metadata[string];

/** Throws `invalid-input` for what cannot be kept: functions, dates, lists of objects. */
export function flat(metadata: object, before = ''): Record<string, Value> {
  const entries = Object.entries(metadata).flatMap(([key, value]: [string, unknown]): [string, Value][] => {
    const path = before + key.replaceAll(/[\\.]/g, '\\$&');
    if (value === undefined) return [];
    if (isPlain(value) && Object.keys(value).length > 0) return Object.entries(flat(value, `${path}.`));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) throw kept(path, value);
    return [[path, value as Value]];
  });
  return Object.fromEntries(entries);
}

export function nested(metadata: Metadata): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(metadata)) {
    const keys = path.match(/(?:[^\\.]|\\.)+/g)?.map((key) => key.replaceAll(/\\(.)/g, '$1')) ?? [path];
    let at = whole;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    // A document of someone else's may have both `a` and `a.b`.
    at[keys.at(-1)!] = value;
  }
  return whole;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

function kept(path: string, value: object): PoolingError {
  return new PoolingError(
    'invalid-input',
    `"${path}" in the metadata is ${shown(value)}, and an index keeps texts, numbers, true, false, null, and lists of texts and numbers.`,
  );
}
