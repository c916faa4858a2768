/** Bytes of the bodies that a server holds at a time -> room for more, or 429: many large ones at once must not fill its memory. */
import { HttpError } from './http-error.ts';

export interface HeldBody {
  /** Throws if these are too many. */
  add(bytes: number): void;
  release(): void;
}

export class BodyBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** One request's share, until its answer is made. */
  hold(): HeldBody {
    let own = 0;
    return {
      add: (bytes) => {
        own += bytes;
        this.#held += bytes;
        if (this.#held <= this.#most) return;
        throw new HttpError(429, 'Too Many Requests', 'The server is overloaded: it holds too many large bodies. Please try again later.', {
          headers: { 'Retry-After': '1' },
          limit: 'maxHeldBytes',
        });
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}
