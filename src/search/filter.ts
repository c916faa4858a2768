/** A filter -> whether the metadata of a document passes. */
import { PoolingError } from '../errors.ts';
import type { Condition, Filter, Metadata } from './search-types.ts';

type Value = Metadata[string] | undefined;

export function passes(filter: Filter): (metadata: Metadata) => boolean {
  const tests = Object.entries(filter).map(([field, condition]) => [field, testOf(condition, field)] as const);
  return (metadata) => tests.every(([field, test]) => test(Object.hasOwn(metadata, field) ? metadata[field] : undefined));
}

const RANGES: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
};

function testOf(condition: Condition, field: string): (value: Value) => boolean {
  if (Array.isArray(condition)) return (value) => condition.some((one) => isOf(value, one as never));
  if (typeof condition !== 'object' || condition === null) return (value) => isOf(value, condition as never);
  const tests = Object.entries(condition).map(([name, bound]): ((value: Value) => boolean) => {
    if (name === 'not') return (value) => !isOf(value, bound as never);
    const compare = RANGES[name];
    if (!compare)
      throw new PoolingError(
        'invalid-option',
        `The filter of "${field}" has no "${name}". It takes: ${[...Object.keys(RANGES), 'not'].join(', ')}.`,
      );
    // A text is not more than a number, whatever JavaScript says.
    return (value) => typeof value === typeof bound && compare(value as number, bound as number);
  });
  return (value) => tests.every((test) => test(value));
}

function isOf(value: Value, wanted: string | number | boolean | null): boolean {
  return Array.isArray(value) ? value.includes(wanted as never) : (value ?? null) === wanted;
}
