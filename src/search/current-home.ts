/** Where an index has its contents at present, and the order in which calls read and change them: one step after the other. */
import { PoolingError } from '../errors.ts';
import { CallOrder } from './call-order.ts';
import type { Home } from './home.ts';
import type { OpenOptions } from './search-types.ts';
import type { Settings } from './settings.ts';

export class CurrentHome {
  /** Of those that change documents, and take more than one turn. */
  readonly calls = new CallOrder();
  #home: Home;
  #isDisposed = false;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(home: Home) {
    this.#home = home;
  }

  /** What the last step left. */
  get home(): Home {
    return this.#home;
  }

  turn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(() => {
      this.#throwIfDisposed();
      return step();
    });
    this.#turns = turn.catch(() => {});
    return turn;
  }

  /** A turn only for the contents that the settings are of: what is made for one index is of no use in another. */
  turnWith<T>(settings: Settings, step: () => Promise<T>): Promise<T> {
    return this.turn(() => {
      this.throwIfReplaced(settings);
      return step();
    });
  }

  /** Brought up to what is stored. In memory there is nothing to wait for. */
  async refresh(options: OpenOptions): Promise<void> {
    if (this.#home.name === null && !this.#isDisposed) return;
    await this.turn(() => this.#home.refresh(options));
  }

  /** What the contents are made with, and whatever is computed for them has to be. */
  settings(signal: AbortSignal | undefined): Promise<Settings> {
    return this.turn(async () => {
      await this.#home.refresh(signal ? { signal } : {});
      return this.#home.settings;
    });
  }

  /** What is read of contents that `move` takes away meanwhile is read anew. */
  async read<T>(signal: AbortSignal | undefined, look: (home: Home) => Promise<T>): Promise<T> {
    await this.refresh(signal ? { signal } : {});
    const home = this.#home;
    try {
      const answer = await look(home);
      this.#throwIfDisposed();
      return answer;
    } catch (error) {
      if (this.#isDisposed || home.contents === this.#home.contents) throw error;
      return this.read(signal, look);
    }
  }

  /** Within a turn. False: what is stored under its name now is another index. */
  async isStill(options: OpenOptions): Promise<boolean> {
    try {
      await this.#home.refresh(options);
      return true;
    } catch (error) {
      if (!(error instanceof PoolingError) || error.code !== 'index-missing') throw error;
      return false;
    }
  }

  /** Within a turn. */
  move(home: Home): void {
    this.#home.close();
    if (home.contents !== this.#home.contents) {
      this.#home.contents.dispose();
      this.calls.forget();
    }
    this.#home = home;
  }

  throwIfReplaced(settings: Settings): void {
    if (settings === this.#home.settings) return;
    throw new PoolingError('index-missing', 'Another index was loaded in place of the one that this call was for.');
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#home.close();
    this.#home.contents.dispose();
  }

  #throwIfDisposed(): void {
    if (this.#isDisposed) throw new PoolingError('disposed', 'The index was disposed.');
  }
}
