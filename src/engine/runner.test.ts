/** A model that is opened and closed at the same time leaves nothing behind. */
import { expect, test } from 'vitest';
import { countingOrt, input, spec, weights } from './doubles-for-tests.ts';
import { Runner, type LoadedWeights } from './runner.ts';

function openRunner(load: () => Promise<void> = () => Promise.resolve()) {
  const { ort, count } = countingOrt();
  const loadWeights = async (): Promise<LoadedWeights> => {
    await load();
    return {
      ...weights(),
      probe: { ids: Int32Array.of(1), padding: { id: 0, side: 'right' }, adapter: null },
      forget: () => Promise.resolve(),
    };
  };
  const runner = new Runner({
    ort,
    device: 'wasm',
    webGpu: false,
    selfCheck: true,
    loadWeights,
    reference: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
    phase: () => {},
    log: () => {},
    changed: () => {},
  });
  return { runner, count };
}

test('a runner that is closed while it opens closes the session that was being made', async () => {
  const { runner, count } = openRunner();
  const opening = expect(runner.open()).rejects.toMatchObject({ code: 'disposed' });
  await runner.close();
  await opening;
  expect(count).toMatchObject({ created: 1, released: 1 });
  await expect(runner.forward(input(), spec)).rejects.toMatchObject({ code: 'disposed' });
  expect(count.created).toBe(1);
});

test('a runner that is open gives its session back once, however often it is closed', async () => {
  const { runner, count } = openRunner();
  await runner.open();
  await runner.forward(input(), spec);
  await Promise.all([runner.close(), runner.close()]);
  expect(count).toMatchObject({ created: 1, released: 1, tensors: 1, disposed: 1 });
});

test('weights that cannot be read leave no session, and the next attempt works', async () => {
  let broken = true;
  const { runner, count } = openRunner(() => (broken ? Promise.reject(new Error('no network')) : Promise.resolve()));
  await expect(runner.open()).rejects.toThrow('no network');
  expect(count.created).toBe(0);
  broken = false;
  expect((await runner.forward(input(), spec)).rows.rows).toBe(2);
});
