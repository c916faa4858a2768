/** A server that is told to stop -> its end: what was sent before is answered for as long as that may take, what is sent later is 503. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Handler } from '../src/server.ts';
import { SHUTTING_DOWN } from '../src/server/http-error.ts';
import { pathOf } from '../src/server/path.ts';
import { within } from '../src/within.ts';
import type { Listener } from './listen.ts';
import type { Log } from './log.ts';
import { refusal } from './refusal.ts';

/** Milliseconds for slow readers of answers that are computed, and for telling those who are late. */
const GRACE = { answered: 10_000, late: 1_000 };

/** What balancers ask: they have to know at once, and send the next request elsewhere. */
const HEALTH: readonly string[] = ['/health', '/ping'];

export class Stop {
  readonly #handler: Handler;
  /** Requests that compute and come now wait for the last that was sent before: what the first of them compute would keep it from being accepted. */
  #arriving: Promise<void> | null = null;
  /** What comes now is refused. */
  #isRefusing = false;
  /** All that was sent before the stop is there. */
  #isAllThere = false;
  #refused = 0;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** For the listener: the handler's answer, also while it stops. */
  async answer(request: Request): Promise<Response> {
    const response = await this.#answer(request);
    if (this.#arriving) response.headers.set('Connection', 'close');
    return response;
  }

  async #answer(request: Request): Promise<Response> {
    if (HEALTH.includes(pathOf(request))) {
      const isWaiting = this.#arriving && !this.#isRefusing;
      return isWaiting ? refusal(request, SHUTTING_DOWN) : this.#handler(request);
    }
    if (request.method !== 'POST') return this.#handler(request);
    await this.#arriving;
    const mayBeEarlier = this.#isRefusing && !this.#isAllThere;
    const response = await this.#handler(request);
    if (mayBeEarlier && response.status === 503) this.#refused++;
    return response;
  }

  /** Within `ms`, and the graces above. Resolves to the number of requests that were sent before and got no answer but 503: 0 if nothing was lost. */
  async run(ms: number, listener: Listener, log: Log): Promise<number> {
    const begin = performance.now();
    const allThere = listener.arrived().then(() => void (this.#isAllThere = true));
    this.#arriving = inTime(ms, allThere);
    await this.#arriving;
    // Those that waited are with the handler before it refuses.
    await nextTurn();
    this.#isRefusing = true;
    const ended = await this.#handler.drain(Math.round(Math.max(0, ms - (performance.now() - begin))));
    await inTime(GRACE.late, listener.arrived());
    const lost = ended + this.#refused + (this.#isAllThere ? 0 : 1);
    if (lost > 0) log({ level: 'warning', message: `Requests that were not answered within --shutdown-timeout, and got 503: ${lost}` });
    await listener.close(lost > 0 ? GRACE.late : GRACE.answered);
    log({ level: 'info', message: 'Stopped.' });
    return lost;
  }
}

function inTime(ms: number, work: Promise<void>): Promise<void> {
  return within(ms, undefined, work).catch(() => {});
}
