/** What the tests of sessions share: sessions that are released at the end, and a graph that multiplies each id by 1, 10 and 100. */
import { afterAll } from 'vitest';
import { cast, node, open, tensor, value, type Opened } from './onnx-for-tests.ts';

const opened: Opened[] = [];
afterAll(async () => {
  for (const { session } of opened) await session.release();
});
export async function opens(...args: Parameters<typeof open>): Promise<Opened> {
  const one = await open(...args);
  opened.push(one);
  return one;
}

export const tokens = ['batch', 'sequence'];
export const axes = (...values: bigint[]) => tensor('axes', [values.length], BigInt64Array.from(values));
export const weight = tensor('weight', [3], Float32Array.of(1, 10, 100));
export const idsInput = value('input_ids', 'int64', tokens);
/** [batch, tokens, 3]: each id times 1, 10 and 100. */
export const states = [
  cast('input_ids', 'float_ids', 'float32'),
  node('Unsqueeze', ['float_ids', 'axes'], 'column'),
  node('Mul', ['column', 'weight'], 'states'),
];
