/** Work of many small steps on a page's thread -> breaths between them, so that the page stays smooth. */
import { pause } from '../pause.ts';

/** Milliseconds of work at a time: half a frame. */
const SLICE = 8;

/** Called after each step: waits if it is time to. */
export function pacer(): () => Promise<void> | void {
  let begin = performance.now();
  return () => {
    if (performance.now() - begin < SLICE) return;
    return pause().then(() => {
      begin = performance.now();
    });
  };
}
