/** A filter -> whether the metadata of a document passes. */
import { PoolingError, shown } from '../errors.ts';
import { isPlain } from '../facade/options.ts';
import type { Filter, Metadata } from './search-types.ts';

type Value = Metadata[string] | undefined;
type Scalar = string | number | boolean | null;
type Test = (value: Value) => boolean;

/** Throws `invalid-option` for what is no filter: a condition that is not understood must not let everything pass. */
export function passes(filter: Filter): (metadata: Metadata) => boolean {
  if (!isPlain(filter)) throw invalid(`The filter must be an object of conditions, { field: condition }, got ${named(filter)}.`);
  const tests = Object.entries(filter).map(([field, condition]) => [field, testOf(condition, field)] as const);
  return (metadata) => tests.every(([field, test]) => test(Object.hasOwn(metadata, field) ? metadata[field] : undefined));
}

const RANGES = new Map<string, (a: number | string, b: number | string) => boolean>([
  ['gt', (a, b) => a > b],
  ['gte', (a, b) => a >= b],
  ['lt', (a, b) => a < b],
  ['lte', (a, b) => a <= b],
]);
const TAKES = [...RANGES.keys(), 'not'].join(', ');

function testOf(condition: unknown, field: string): Test {
  if (isScalar(condition)) return isOf(condition);
  if (Array.isArray(condition) && condition.every(isScalar)) {
    const tests = condition.map(isOf);
    return (value) => tests.some((test) => test(value));
  }
  if (!isPlain(condition) || Object.keys(condition).length === 0)
    throw invalid(`The filter of "${field}" must be a value, a list of values, or an object of ${TAKES}; got ${named(condition)}.`);
  const tests = Object.entries(condition).map(([name, bound]) => testBy(name, bound, field));
  return (value) => tests.every((test) => test(value));
}

function testBy(name: string, bound: unknown, field: string): Test {
  const compare = RANGES.get(name);
  if (name !== 'not' && !compare) throw invalid(`The filter of "${field}" has no "${name}". It takes: ${TAKES}.`);
  if (name === 'not' && isScalar(bound)) {
    const test = isOf(bound);
    return (value) => !test(value);
  }
  // A text is not more than a number, whatever JavaScript says.
  if (compare && isOrdered(bound)) return (value) => isOrdered(value) && typeof value === typeof bound && compare(value, bound);
  throw invalid(`"${name}" in the filter of "${field}" must be ${compare ? 'a number or a text' : 'a value'}, got ${named(bound)}.`);
}

/** Of a list one member is enough. */
function isOf(wanted: Scalar): Test {
  return (value) => (Array.isArray(value) ? value.some((one) => one === wanted) : (value ?? null) === wanted);
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value === 'boolean' || isOrdered(value);

/** NaN is equal to nothing. */
const isOrdered = (value: unknown): value is number | string =>
  typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value));

/** A Date and a function would be shown as a text. */
const named = (value: unknown) =>
  value instanceof Date || typeof value === 'function' ? Object.prototype.toString.call(value) : shown(value);
const invalid = (message: string) => new PoolingError('invalid-option', message);
