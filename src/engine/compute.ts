/** Encodings with their plans -> finished rows, each delivered once, in whatever order the device gets to them. What every call shares. */
import type { TextTokenizer } from '../text/tokenizer.ts';
import type { Pause } from '../pause.ts';
import { checkRows } from '../pipeline/check-rows.ts';
import type { Encoding, Rows } from '../shapes.ts';
import { finishRows } from '../tasks/finish.ts';
import { finishedRows, type Plan } from '../tasks/plan.ts';
import type { LoadedRoutes } from '../tasks/choose-route.ts';
import type { CallProgress, LogEntry } from '../types.ts';
import type { Scheduler, Work } from './scheduler.ts';

export interface CallContext extends LoadedRoutes {
  tokenizer: TextTokenizer;
  scheduler: Scheduler;
  pause: Pause;
  signal: AbortSignal;
  /** Lower goes first. */
  priority: number;
  /** Counts the tokens of an encoding, and throws if those of the call are too many. */
  spend(tokens: number): void;
  log(level: LogEntry['level'], message: string): void;
  progress(progress: CallProgress): void;
}

/** One window of a call. */
export interface Job {
  /** What it is a window of, for messages: `prompts[3]`. */
  of: string;
  encoding: Encoding;
  plan: Plan;
  /** The finished rows, a view that is only valid during the call. */
  deliver(rows: Rows): void;
}

/** Adds up what the batches of a call report. */
interface Meter {
  begin: number;
  progress: CallProgress;
}

/** Call when all prompts are tokenised. `total`: for a call that computes more than once, the windows of all. */
export function startMeter(begin: number, total = 0): Meter {
  const tokenize = performance.now() - begin;
  return { begin, progress: { done: 0, total, tokens: 0, timings: { tokenize, queue: 0, infer: 0, pool: 0, total: tokenize } } };
}

export function compute(jobs: readonly Job[], context: CallContext, { begin, progress }: Meter): Promise<void> {
  progress.total = Math.max(progress.total, progress.done + jobs.length);
  return context.scheduler.submit(jobs.map(workOf), context, ({ infer, pool, windows, tokens }) => {
    const { timings } = progress;
    progress.done += windows;
    progress.tokens += tokens;
    timings.infer += infer;
    timings.pool += pool;
    timings.total = performance.now() - begin;
    timings.queue = Math.max(0, timings.total - timings.tokenize - timings.infer - timings.pool);
    context.progress({ ...progress, timings: { ...timings } });
  });
}

function workOf({ of, encoding, plan, deliver }: Job): Work {
  const count = finishedRows(encoding, plan);
  return {
    ...encoding,
    pool: plan.pool,
    key: plan.key,
    deliver(data) {
      // Joined pooling types come as rows one behind the other, and are one.
      const given = { data, rows: count, dimensions: count === 0 ? plan.pool.dimensions : data.length / count };
      const rows = plan.finish ? finishRows(given, plan.finish) : given;
      checkRows(rows, plan, of);
      deliver(rows);
    },
  };
}
