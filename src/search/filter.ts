/** A filter -> whether the metadata of a document passes. */
import { PoolingError, shown } from '../errors.ts';
import { isPlain } from '../facade/options.ts';
import type { Filter, Metadata } from './search-types.ts';

type Value = Metadata[string] | undefined;
type Scalar = string | number | boolean | null;
type Test = (value: Value) => boolean;
type Fits = (one: Scalar) => boolean;

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
  if (isScalar(condition)) return someFits((one) => one === condition);
  if (Array.isArray(condition) && condition.every(isScalar)) {
    const wanted = new Set<Scalar>(condition);
    return someFits((one) => wanted.has(one));
  }
  if (!isPlain(condition) || Object.keys(condition).length === 0)
    throw invalid(`The filter of "${field}" must be a value, a list of values, or an object of ${TAKES}; got ${named(condition)}.`);
  const { not, bounds } = read(condition, field);
  // One member is within all bounds, but none may be what is excluded.
  const isWithin = someFits((one) => bounds.every((fits) => fits(one)));
  return (value) => !not(value) && (bounds.length === 0 || isWithin(value));
}

function read(condition: object, field: string): { not: Test; bounds: Fits[] } {
  const bounds: Fits[] = [];
  let not: Test = () => false;
  for (const [name, bound] of Object.entries(condition)) {
    const compare = RANGES.get(name);
    if (name !== 'not' && !compare) throw invalid(`The filter of "${field}" has no "${name}". It takes: ${TAKES}.`);
    // A text is not more than a number, whatever JavaScript says.
    if (compare && isOrdered(bound)) bounds.push((one) => isOrdered(one) && typeof one === typeof bound && compare(one, bound));
    else if (!compare && isScalar(bound)) not = someFits((one) => one === bound);
    else throw invalid(`"${name}" in the filter of "${field}" must be ${compare ? 'a number or a text' : 'a value'}, got ${named(bound)}.`);
  }
  return { not, bounds };
}

/** Of a list one member is enough. What is missing is null. */
function someFits(fits: Fits): Test {
  return (value) => (Array.isArray(value) ? value.some(fits) : fits((value ?? null) as Scalar));
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value === 'boolean' || isOrdered(value);

/** NaN is equal to nothing. */
const isOrdered = (value: unknown): value is number | string =>
  typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value));

/** A Date and a function would be shown as a text. */
const named = (value: unknown) =>
  value instanceof Date || typeof value === 'function' ? Object.prototype.toString.call(value) : shown(value);
const invalid = (message: string) => new PoolingError('invalid-option', message);
