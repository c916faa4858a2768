import { expect, test } from 'vitest';
import type { LoadProgress } from '../types.ts';
import { createProgress } from './progress.ts';

function meter() {
  const events: LoadProgress[] = [];
  let time = 0;
  return {
    events,
    progress: createProgress(
      (event) => events.push(event),
      () => time,
    ),
    wait: (ms: number) => (time += ms),
  };
}

test('the first and the last event of each file are always told, the others every 100 ms', () => {
  const { events, progress, wait } = meter();
  for (let i = 0; i <= 100; i++) {
    progress.bytes('a', i * 10, 1000);
    wait(10);
  }
  progress.end('a', 1000, false);
  expect(events.length).toBeGreaterThan(9);
  expect(events.length).toBeLessThan(14);
  expect(events[0]).toMatchObject({ phase: 'download', file: 'a', fileLoaded: 0, fileTotal: 1000 });
  expect(events.at(-1)).toMatchObject({ file: 'a', fileLoaded: 1000, fileTotal: 1000, loaded: 1000, total: 1000, fromCache: false });
});

test('totals cover all files begun, and sizes that become known later', () => {
  const { events, progress, wait } = meter();
  progress.bytes('a', 0, 1000);
  progress.bytes('b', 0, null);
  wait(100);
  progress.bytes('b', 300, null);
  expect(events.at(-1)).toMatchObject({ file: 'b', fileLoaded: 300, fileTotal: 0, loaded: 300, total: 1300 });
  progress.end('b', 400, false);
  expect(events.at(-1)).toMatchObject({ fileLoaded: 400, fileTotal: 400, loaded: 400, total: 1400 });
});

test('speed is that of the last seconds', () => {
  const { events, progress, wait } = meter();
  progress.bytes('a', 0, 1e6);
  for (let i = 1; i <= 50; i++) {
    wait(100);
    progress.bytes('a', i < 10 ? i * 10_000 : 90_000 + i * 100, 1e6);
  }
  expect(events[0]?.bytesPerSecond).toBe(0);
  expect(events[5]?.bytesPerSecond).toBeCloseTo(100_000);
  expect(events.at(-1)?.bytesPerSecond).toBeCloseTo(1000);
});

test('bytes from the cache are no speed', () => {
  const { events, progress, wait } = meter();
  progress.end('kept', 5000, true);
  expect(events.map(({ fileLoaded, fileTotal, fromCache }) => [fileLoaded, fileTotal, fromCache])).toEqual([
    [0, 5000, true],
    [5000, 5000, true],
  ]);
  progress.bytes('half kept', 4000, 6000);
  wait(1000);
  progress.bytes('half kept', 5000, 6000);
  expect(events.at(-1)).toMatchObject({ bytesPerSecond: 1000, loaded: 10_000, total: 11_000 });
});

test('a file that starts again does not count backwards', () => {
  const { events, progress, wait } = meter();
  for (const loaded of [0, 500, 0, 500]) {
    progress.bytes('a', loaded, 1000);
    wait(500);
  }
  expect(events.at(-1)).toMatchObject({ fileLoaded: 500 });
  expect(events.every(({ bytesPerSecond }) => bytesPerSecond >= 0)).toBe(true);
});

test('later phases keep the totals', () => {
  const { events, progress } = meter();
  progress.end('a', 10, true);
  progress.phase('compile');
  expect(events.at(-1)).toEqual({
    phase: 'compile',
    fileLoaded: 0,
    fileTotal: 0,
    loaded: 10,
    total: 10,
    bytesPerSecond: 0,
    fromCache: false,
  });
});
