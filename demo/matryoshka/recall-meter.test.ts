/** Recall of forms of vectors whose neighbours are known. */
import { expect, it } from 'vitest';
import { createRecallMeter } from './recall-meter.ts';

const size = 32;
const count = 120;
const data = Float32Array.from({ length: count * size }, (_, i) => Math.sin(i * i * 0.71));
const signal = new AbortController().signal;

it('is 1 for the full vectors, and less the less is kept', async () => {
  const meter = createRecallMeter({ data, count, size });
  expect(meter.queries).toBe(100);
  expect(await meter.measure(size, 'fp32', signal)).toBe(1);
  const half = await meter.measure(16, 'fp32', signal);
  const bits = await meter.measure(16, 'binary', signal);
  expect(half).toBeLessThan(1);
  expect(half).toBeGreaterThan(bits!);
  expect(bits).toBeGreaterThan(0);
});

it('is 1 if only the kept values differ from 0, for ten neighbours or fewer', async () => {
  const few = new Float32Array(8 * size).map((_, i) => (i % size < 4 ? Math.cos(i * 3) : 0));
  expect(await createRecallMeter({ data: few, count: 8, size }).measure(4, 'fp32', signal)).toBe(1);
});
