/**
 * Windows of many calls -> batches for the device -> rows back to their calls.
 *
 * Calls take turns, so that a query typed while a corpus is indexed waits for the batch under way, not for the corpus. The call whose last turn
 * was longest ago gives its longest window; windows of nearly that length fill the batch, its own first, then other calls'. A call that was
 * aborted is dropped between two batches.
 */
import { abortError } from '../errors.ts';
import type { PoolSpec, Window } from '../shapes.ts';
import type { BatchBudget } from './backend.ts';

export interface Work extends Window {
  pool: PoolSpec;
  /** Windows share a batch if theirs is the same: it stands for `pool`. */
  key: string;
  /** Called once with the window's pooled rows, row-major, a view that is only valid during the call. Throws to refuse them. */
  deliver(rows: Float32Array): void;
}

interface Call {
  /** Not yet in a batch, longest first. */
  pending: Work[];
  /** In pending or in the batch that is under way. */
  open: number;
  /** When it was last its turn, in batches. */
  turn: number;
  /** Lower goes first, whoever waits for longer. */
  priority: number;
  signal: AbortSignal | undefined;
  /** After a batch that held windows of this call: how long it took, and how many tokens were this call's. */
  progress(batch: { infer: number; pool: number; windows: number; tokens: number }): void;
  settle(error?: unknown): void;
}

export interface BatchResult {
  data: Float32Array;
  /** Rows of each window, in order. */
  counts: number[];
  dimensions: number;
  infer: number;
  pool: number;
}

/** A window joins a batch if padding it to the longest wastes at most this share. */
const MAX_WASTE = 0.25;

/**
 * A new call counts as one whose last turn was this many batches ago. So it goes before calls that are long under way, and yet a stream of new
 * ones cannot keep those waiting for ever.
 */
const HEAD_START = 8;

export class Scheduler {
  readonly #calls: Call[] = [];
  readonly #execute: (windows: readonly Work[]) => Promise<BatchResult>;
  readonly #budget: () => BatchBudget;
  readonly #between: () => Promise<void>;
  #running = false;
  #batches = 0;

  /** `between` is awaited before each batch: it lets messages in. */
  constructor(execute: (windows: readonly Work[]) => Promise<BatchResult>, budget: () => BatchBudget, between: () => Promise<void>) {
    this.#execute = execute;
    this.#budget = budget;
    this.#between = between;
  }

  /** Resolves once every window was delivered. */
  submit(
    work: readonly Work[],
    { signal, priority = 0 }: { signal?: AbortSignal | undefined; priority?: number },
    progress: Call['progress'],
  ): Promise<void> {
    if (work.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const pending = [...work].sort((a, b) => b.ids.length - a.ids.length);
      const call: Call = {
        pending,
        open: pending.length,
        turn: this.#batches - HEAD_START,
        priority,
        signal,
        progress,
        settle: (error) => {
          const at = this.#calls.indexOf(call);
          if (at < 0) return;
          this.#calls.splice(at, 1);
          if (error === undefined) resolve();
          else reject(error as Error);
        },
      };
      this.#calls.push(call);
      if (!this.#running) void this.#loop();
    });
  }

  /** Fails every call; the batch under way is finished and thrown away. */
  failAll(error: unknown): void {
    for (const call of this.#calls.slice()) call.settle(error);
  }

  async #loop(): Promise<void> {
    this.#running = true;
    try {
      while (this.#calls.length > 0) {
        await this.#between();
        for (const call of this.#calls.slice()) if (call.signal?.aborted) call.settle(abortError(call.signal));
        const batch = this.#nextBatch();
        if (batch.size > 0) await this.#runBatch(batch);
      }
    } catch (error) {
      // A bug, but one that must not leave callers waiting for ever.
      this.failAll(error);
    } finally {
      this.#running = false;
    }
  }

  /** The windows of the next batch by call. */
  #nextBatch(): Map<Call, Work[]> {
    const batch = new Map<Call, Work[]>();
    // Those that never had a turn stay in the order in which they came.
    this.#calls.sort((a, b) => a.priority - b.priority || a.turn - b.turn);
    const first = this.#calls[0];
    if (!first) return batch;
    first.turn = ++this.#batches;
    const head = first.pending[0]!;
    const budget = this.#budget();
    const longest = head.ids.length;
    let room = Math.max(1, Math.floor(Math.min(budget.rows, budget.tokens / longest, budget.pairs / longest ** 2)));
    for (const call of this.#calls) {
      const taken = takeFitting(call.pending, head, longest, room);
      if (taken.length > 0) batch.set(call, taken);
      room -= taken.length;
      if (room === 0) break;
    }
    return batch;
  }

  async #runBatch(batch: Map<Call, Work[]>): Promise<void> {
    let result: BatchResult;
    try {
      result = await this.#execute([...batch.values()].flat());
    } catch (error) {
      for (const call of batch.keys()) if (this.#calls.includes(call)) call.settle(error);
      return;
    }
    let row = 0;
    let window = 0;
    for (const [call, windows] of batch) {
      let tokens = 0;
      for (const work of windows) {
        const count = result.counts[window++]!;
        if (this.#calls.includes(call))
          this.#deliver(call, work, result.data.subarray(row * result.dimensions, (row + count) * result.dimensions));
        row += count;
        tokens += work.ids.length;
      }
      // Settled meanwhile: aborted, or one of its rows was refused.
      if (!this.#calls.includes(call)) continue;
      call.open -= windows.length;
      call.progress({ infer: result.infer, pool: result.pool, windows: windows.length, tokens });
      if (call.open === 0) call.settle();
    }
  }

  /** A row that its call refuses fails that call alone, not its neighbours in the batch. */
  #deliver(call: Call, work: Work, rows: Float32Array): void {
    try {
      work.deliver(rows);
    } catch (error) {
      call.settle(error);
    }
  }
}

/** Removes up to `room` windows from a longest-first list: those no longer than `longest` that would not waste too much of the batch. */
function takeFitting(pending: Work[], head: Work, longest: number, room: number): Work[] {
  const start = pending.findIndex((work) => work.ids.length <= longest);
  if (start < 0) return [];
  let end = start;
  while (end < pending.length && end - start < room && fits(pending[end]!, head, longest)) end++;
  return pending.splice(start, end - start);
}

function fits(work: Work, head: Work, longest: number): boolean {
  return work.key === head.key && work.ids.length >= longest * (1 - MAX_WASTE);
}
