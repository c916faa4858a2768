import { describe, expect, test } from 'vitest';
import { Admission } from './admission.ts';

const never = new AbortController().signal;

/** Work that ends when it is told to, and what has begun so far. */
function server(maxConcurrentRequests: number, maxQueueLength: number) {
  const admission = new Admission({ maxConcurrentRequests, maxQueueLength });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const enter = (name: string, priority = 0, signal = never) =>
    admission.run(priority, signal, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { admission, begun, enter, end };
}

describe('admission', () => {
  test('lets in as many as there is room for, then by priority, then in the order in which they came', async () => {
    const { begun, enter, end } = server(2, 10);
    const all = [enter('a'), enter('b'), enter('c'), enter('late', 5), enter('d'), enter('early', -1)];
    await Promise.resolve();
    expect(begun).toEqual(['a', 'b']);
    for (const name of ['a', 'b', 'early', 'c', 'd', 'late']) await end(name);
    await Promise.all(all);
    expect(begun).toEqual(['a', 'b', 'early', 'c', 'd', 'late']);
  });

  test('turns away what the queue has no room for, and says when to come back', async () => {
    const { admission, enter, end } = server(1, 1);
    const inside = [enter('a'), enter('b')];
    await expect(enter('c')).rejects.toMatchObject({ status: 429, headers: { 'Retry-After': '1' }, limit: 'maxQueueLength' });
    expect([admission.running, admission.waiting]).toEqual([1, 1]);
    await end('a');
    await end('b');
    await Promise.all(inside);
    expect([admission.running, admission.waiting]).toEqual([0, 0]);
  });

  test('who gives up while waiting leaves the queue, and the place goes to the next', async () => {
    const { admission, begun, enter, end } = server(1, 5);
    const leaving = new AbortController();
    const first = enter('a');
    const gone = enter('b', 0, leaving.signal);
    const last = enter('c');
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: 'aborted' });
    expect(admission.waiting).toBe(1);
    await end('a');
    await end('c');
    await Promise.all([first, last]);
    expect(begun).toEqual(['a', 'c']);
    expect(admission.running).toBe(0);
  });

  test('who has given up already does not enter, and takes no room', async () => {
    const { admission, enter } = server(1, 5);
    await expect(enter('a', 0, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    expect(admission.running).toBe(0);
  });

  test('work that fails gives its place back', async () => {
    const { admission } = server(1, 0);
    await expect(admission.run(0, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(admission.run(0, never, async () => 'next')).resolves.toBe('next');
  });
});
