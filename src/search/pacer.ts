/** Work of many small steps on a page's thread -> breaths between them, so that the page stays smooth. */
import { throwIfAborted } from '../errors.ts';
import { pause } from '../pause.ts';

/** Milliseconds of work at a time: half a frame. */
const SLICE = 8;

/** Called after each step: waits if it is time to, and throws `aborted` if the signal has fired. Without one: for steps that are in already. */
export function pacer(signal?: AbortSignal): () => Promise<void> | void {
  let begin = performance.now();
  return () => {
    if (performance.now() - begin < SLICE) return throwIfAborted(signal);
    return pause().then(() => {
      begin = performance.now();
      throwIfAborted(signal);
    });
  };
}
