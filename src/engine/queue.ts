/** Tasks -> the same tasks, one at a time, in order. A task that fails does not stop those behind it. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => {});
    return result;
  }
}

/**
 * The queue of this realm: every create, run and release of onnxruntime-web goes through it, whichever model it is for. Two of them in flight
 * freeze ORT 1.30 or corrupt its memory.
 */
export const realmQueue = new Queue();
