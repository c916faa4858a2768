/** A vector that a caller brings -> one that may stand among the model's, or an error that says what is wrong with it. */
import { PoolingError, shown } from '../errors.ts';
import { isUnit, l2Normalize } from '../math.ts';

/**
 * A copy. `canary`: any vector of the model's; of as many values it must be, and is of unit length if that is. `what`: for messages. Throws
 * `invalid-input`.
 */
export function givenVector(given: unknown, canary: Float32Array, what: string): Float32Array {
  const list = (typeof given === 'object' && given !== null ? given : []) as ArrayLike<unknown>;
  const { length: size } = canary;
  if (list.length !== size) throw invalid(`${what} must have ${size} values, as the model's vectors, got ${shown(list.length)}.`);
  const vector = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    // A text of digits and a BigInt are none.
    vector[i] = typeof list[i] === 'number' ? (list[i] as number) : NaN;
    if (!Number.isFinite(vector[i])) throw invalid(`${what} has a value that is not a finite number.`);
  }
  if (!isUnit(canary)) return vector;
  l2Normalize(vector);
  if (!isUnit(vector)) throw invalid(`${what} has no direction: all of its values are 0.`);
  return vector;
}

/** The caller's own may change while a search waits. What is no list of values stays what it is, and is refused where it is read. */
export function copyOfVector<T>(given: T): T {
  const isList = Array.isArray(given) || (ArrayBuffer.isView(given) && !(given instanceof DataView));
  return isList ? ((given as unknown as Float32Array).slice() as T) : given;
}

const invalid = (message: string) => new PoolingError('invalid-input', message);
