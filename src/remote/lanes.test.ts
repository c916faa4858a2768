/** So many requests at a time. */
import { describe, expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

const never = new AbortController().signal;
describe('lanes', () => {
  const groups = Array.from({ length: 12 }, (_, i) => [i]);
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

  test('are so many and no more, for all calls together', async () => {
    const lanes = new Lanes(3);
    let [open, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++open);
      await rest();
      open--;
    };
    await Promise.all([lanes.all(groups, never, work), lanes.all(groups, never, work)]);
    expect(most).toBe(3);
  });

  test('a call of one request waits for a few of a long call, not for all', async () => {
    const lanes = new Lanes(2);
    const done: string[] = [];
    const long = lanes.all(groups, never, async ([i]) => (await rest(), void done.push(`long ${i}`)));
    await lanes.all([[0]], never, async () => void done.push('short'));
    await long;
    expect(done.indexOf('short')).toBeLessThanOrEqual(4);
    expect(done).toHaveLength(13);
  });

  test('parts that are left are done before the rest, by any lane', async () => {
    const done: string[] = [];
    let [open, most] = [0, 0];
    await new Lanes(2).all(['abcd', 'e', 'f'], never, async (letters) => {
      most = Math.max(most, ++open);
      await rest();
      open--;
      if (letters.length > 1) return [...letters];
      done.push(letters);
      return [];
    });
    expect(done.indexOf('f')).toBe(5);
    expect([...done].sort().join('')).toBe('abcdef');
    expect(most).toBe(2);
  });

  test('the first failure ends the others, and the lanes are free again', async () => {
    const lanes = new Lanes(2);
    const begun: number[] = [];
    const failing = lanes.all(groups, never, async ([i], signal) => {
      begun.push(i!);
      if (i === 1) throw new Error('no');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
    });
    await expect(failing).rejects.toThrow('no');
    expect(begun).toEqual([0, 1]);
    let answered = 0;
    await lanes.all(groups, never, async () => void answered++);
    expect(answered).toBe(12);
  });

  test('a failure is told when nothing of its call is under way any more', async () => {
    let open = 0;
    const failing = new Lanes(3).all(['a', 'b', 'c'], never, async (letter, signal) => {
      open++;
      if (letter === 'b') await rest();
      else await new Promise<void>((resolve) => signal.addEventListener('abort', () => void rest().then(() => resolve())));
      open--;
      if (letter === 'b') throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(open).toBe(0);
  });

  test('an abort ends the wait for a lane, and leaves it to the next', async () => {
    const lanes = new Lanes(1);
    let release = () => {};
    const holding = lanes.all([[0]], never, () => new Promise<void>((resolve) => (release = resolve)));
    const controller = new AbortController();
    const waiting = lanes.all([[0]], controller.signal, async () => {});
    const next = lanes.all([[0]], never, async () => {});
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    release();
    await Promise.all([holding, next]);
  });

  test.each(Array.from({ length: 12 }, (_, i) => i))('an abort %i moments after the lane is handed on leaves it free', async (moments) => {
    const lanes = new Lanes(1);
    let release = () => {};
    const holding = lanes.all([[0]], never, () => new Promise<void>((resolve) => (release = resolve)));
    const controller = new AbortController();
    const waiting = lanes.all([[0]], controller.signal, async (_, signal) => {
      await rest();
      signal.throwIfAborted();
    });
    const outcome = expect(waiting).rejects.toThrow();
    await rest();
    release();
    for (let i = 0; i < moments; i++) await Promise.resolve();
    controller.abort();
    await outcome;
    await holding;
    let answered = false;
    await lanes.all([[0]], never, async () => void (answered = true));
    expect(answered).toBe(true);
  });

  test('give each request a signal of its own, so that none has many listeners', async () => {
    const signals = new Set<AbortSignal>();
    await new Lanes(16).all(groups, never, async (_, signal) => void signals.add(signal));
    expect(signals.size).toBe(12);
  });
});
