/**
 * Requests -> those that are let in, those that wait for their turn, and those that are turned away. Lower priorities go first, then who
 * came first.
 */
import { abortError } from '../errors.ts';
import { HttpError } from './http-error.ts';
import type { Limits } from './options.ts';

interface Waiting {
  priority: number;
  enter(): void;
}

export class Admission {
  readonly #limits: Pick<Limits, 'maxConcurrentRequests' | 'maxQueueLength'>;
  /** In the order in which they will enter. */
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(limits: Pick<Limits, 'maxConcurrentRequests' | 'maxQueueLength'>) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs the work when there is room for it. */
  async run<T>(priority: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(priority, signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(priority: number, signal: AbortSignal): Promise<void> | void {
    if (signal.aborted) throw abortError(signal);
    if (this.#running < this.#limits.maxConcurrentRequests) return void this.#running++;
    if (this.#waiting.length >= this.#limits.maxQueueLength) {
      throw new HttpError(429, 'Too Many Requests', 'The server is overloaded: its queue is full. Please try again later.', {
        headers: { 'Retry-After': '1' },
        limit: 'maxQueueLength',
      });
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        priority,
        enter: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(abortError(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const after = this.#waiting.findIndex((other) => other.priority > priority);
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiting);
    });
  }

  /** The place goes to the next at once, or is free. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next.enter();
    else this.#running--;
  }
}
