import { describe, expect, test } from 'vitest';
import type { PoolSpec } from '../shapes.ts';
import { Scheduler, type Work } from './scheduler.ts';

const pool: PoolSpec = {
  output: { name: 'last_hidden_state', rows: 'token', width: 1 },
  types: ['MEAN'],
  stepTagId: null,
  columns: null,
  dimensions: 1,
  normalize: false,
  adapter: null,
};
const plan = { pool, key: 'mean' };
const nothing = () => Promise.resolve();

/** A device that answers each window with its own length, and remembers its batches. */
function device(
  options: { tokens?: number; rows?: number; pairs?: number; before?: (windows: readonly Work[]) => Promise<void> | void } = {},
) {
  const batches: number[][] = [];
  const scheduler = new Scheduler(
    async (windows) => {
      await options.before?.(windows);
      batches.push(windows.map(({ ids }) => ids.length));
      return { data: Float32Array.from(windows, ({ ids }) => ids.length), counts: windows.map(() => 1), dimensions: 1, infer: 1, pool: 1 };
    },
    () => ({ tokens: options.tokens ?? 64, rows: options.rows ?? 4, pairs: options.pairs ?? Infinity }),
    nothing,
  );
  const submit = (lengths: number[], signal?: AbortSignal, key = plan.key, priority = 0) => {
    const got: number[] = lengths.map(() => -1);
    const work = lengths.map((length, i): Work => ({
      ids: new Int32Array(length),
      pool,
      key,
      deliver: ([value]) => void (got[i] = value!),
    }));
    return scheduler.submit(work, { signal, priority }, () => {}).then(() => got);
  };
  return { scheduler, submit, batches };
}

describe('scheduler', () => {
  test('every window gets its own row, whatever order they ran in', async () => {
    const lengths = [5, 60, 1, 33, 8, 8, 64, 2, 31];
    expect(await device().submit(lengths)).toEqual(lengths);
  });

  test('batches hold windows of like length, within both budgets', async () => {
    const { submit, batches } = device({ tokens: 40, rows: 3 });
    await submit([10, 1, 10, 10, 10, 9, 40, 50]);
    expect(batches).toEqual([[50], [40], [10, 10, 10], [10, 9], [1]]);
  });

  test('attention, which grows with the square of the length, has a budget of its own', async () => {
    const { submit, batches } = device({ tokens: 1000, pairs: 800 });
    await submit([20, 20, 20, 10, 10, 10, 10]);
    expect(batches).toEqual([[20, 20], [20], [10, 10, 10, 10]]);
  });

  test('a window longer than the budget runs alone', async () => {
    const { submit, batches } = device({ tokens: 8 });
    await submit([100]);
    expect(batches).toEqual([[100]]);
  });

  test('callers share a batch when their windows fit', async () => {
    const { submit, batches } = device();
    await Promise.all([submit([8, 8]), submit([7]), submit([8], undefined, 'another')]);
    expect(batches).toEqual([[8, 8, 7], [8]]);
  });

  test('a call that comes during a batch is in the next one, however many long calls are under way', async () => {
    for (const others of [1, 2, 3]) {
      let query: Promise<number[]> | undefined;
      const { submit, batches } = device({
        rows: 1,
        before: () => {
          if (batches.length === 9) query = submit([3]);
        },
      });
      await Promise.all(Array.from({ length: others }, () => submit(Array.from({ length: 20 }, () => 30))));
      expect(await query).toEqual([3]);
      expect(batches.map(([length]) => length).indexOf(3)).toBe(10);
    }
  });

  test('calls under way take turns', async () => {
    const { submit, batches } = device({ rows: 1 });
    await Promise.all([submit([30, 30, 30]), submit([20, 20, 20]), submit([10, 10, 10])]);
    expect(batches.flat()).toEqual([30, 20, 10, 30, 20, 10, 30, 20, 10]);
  });

  test('a stream of new calls does not keep an older one waiting for ever', async () => {
    const { submit, batches } = device({
      rows: 1,
      before: () => {
        if (batches.length < 200) void submit([3]);
      },
    });
    await submit([30, 30, 30, 30, 30]);
    expect(batches.length).toBeLessThan(100);
  });

  test('an aborted call is dropped between batches, and the others go on', async () => {
    const controller = new AbortController();
    const { submit, batches } = device({
      rows: 1,
      before: () => {
        if (batches.length === 3) controller.abort('enough');
      },
    });
    const dropped = submit(
      Array.from({ length: 100 }, () => 9),
      controller.signal,
    );
    const kept = submit([3, 3, 3, 3]);
    await expect(dropped).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(await kept).toEqual([3, 3, 3, 3]);
    expect(batches.length).toBeLessThan(12);
  });

  test('a batch that fails fails its calls, and later ones work', async () => {
    let broken = true;
    const { submit } = device({
      before: () => {
        if (broken) throw new Error('no');
      },
    });
    await expect(submit([1, 2])).rejects.toThrow('no');
    broken = false;
    expect(await submit([1, 2])).toEqual([1, 2]);
  });

  test('a row that is refused fails its own call alone', async () => {
    const { scheduler, submit } = device();
    const refusing = scheduler.submit(
      [
        {
          ids: new Int32Array(8),
          ...plan,
          deliver: () => {
            throw new Error('not a vector');
          },
        },
      ],
      {},
      () => {},
    );
    const neighbour = submit([8, 7]);
    await expect(refusing).rejects.toThrow('not a vector');
    expect(await neighbour).toEqual([8, 7]);
  });

  test('failAll settles everything, also what is under way', async () => {
    const { scheduler, submit } = device({
      before: () => {
        scheduler.failAll(new Error('gone'));
      },
    });
    const calls = [submit([1]), submit([2])];
    for (const call of calls) await expect(call).rejects.toThrow('gone');
  });

  test('an error outside any batch settles everything too', async () => {
    const scheduler = new Scheduler(
      () => Promise.reject(new Error('never')),
      () => {
        throw new Error('no budget');
      },
      nothing,
    );
    const submit = () => scheduler.submit([{ ids: new Int32Array(1), ...plan, deliver: () => {} }], {}, () => {});
    await expect(submit()).rejects.toThrow('no budget');
    await expect(submit()).rejects.toThrow('no budget');
  });

  test('a lower priority goes first, however long the others wait', async () => {
    const { submit, batches } = device({ rows: 1 });
    await Promise.all([submit([10, 10, 10]), submit([20, 20], undefined, plan.key, 1), submit([30, 30], undefined, plan.key, -1)]);
    expect(batches.flat()).toEqual([30, 30, 10, 10, 10, 20, 20]);
  });

  test('no windows need no device', async () => {
    expect(await device().submit([])).toEqual([]);
  });

  test('progress counts windows and tokens of the call alone', async () => {
    const { scheduler, submit } = device();
    const seen: number[] = [];
    const mine = scheduler.submit(
      [8, 8].map((length): Work => ({ ids: new Int32Array(length), ...plan, deliver: () => {} })),
      {},
      ({ windows, tokens }) => seen.push(windows, tokens),
    );
    await Promise.all([mine, submit([8])]);
    expect(seen).toEqual([2, 16]);
  });
});
