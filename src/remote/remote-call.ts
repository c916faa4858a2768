/** What the calls of one server share, and what each call has of its own. */
import { PoolingError } from '../errors.ts';
import type { CallProgress, Task } from '../types.ts';
import type { AnsweringModel } from './answering-model.ts';
import type { Server } from './ask.ts';
import { tasksOf, type Served } from './dialect.ts';
import type { Lanes } from './lanes.ts';
import type { RequestLimits } from './request-limits.ts';

/** Of the connection. */
export interface RemoteContext {
  server: Server;
  served: Served;
  limits: RequestLimits;
  lanes: Lanes;
  answering: AnsweringModel;
  /** Numbers a row, by task and what it was asked for. */
  widths: Map<string, number>;
}

export interface RemoteCall extends RemoteContext {
  signal: AbortSignal;
  /** So many inputs are answered. */
  advance(inputs: number, answer: unknown): void;
}

/** Windows are inputs here, tokens what the server counts. Stages are the server's own: only the whole time is known. */
export function meter(total: number, tell: (progress: CallProgress) => void): RemoteCall['advance'] {
  const begin = performance.now();
  let done = 0;
  let tokens = 0;
  return (inputs, answer) => {
    done += inputs;
    tokens += tokensIn(answer);
    tell({ done, total, tokens, timings: { tokenize: 0, queue: 0, infer: 0, pool: 0, total: performance.now() - begin } });
  };
}

function tokensIn(answer: unknown): number {
  const usage = (answer as { usage?: { prompt_tokens?: unknown; total_tokens?: unknown } } | null)?.usage;
  const count = usage?.prompt_tokens ?? usage?.total_tokens;
  return typeof count === 'number' && count > 0 ? count : 0;
}

export function unserved(what: Task | string, { served }: Pick<RemoteContext, 'served'>): PoolingError {
  const tasks = tasksOf(served).join(', ') || 'nothing';
  return new PoolingError('unsupported-task', `${served.title} has no route for ${what}. "${served.model}" can be asked for: ${tasks}.`);
}
