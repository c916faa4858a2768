/** Work of many small steps on the page's thread in, breaths between them out, so that the page stays smooth. */

/** Milliseconds of work at a time: half a frame. */
const slice = 8;

/** To be called after each step: waits if it is time to. */
export function createPace(): () => Promise<void> | void {
  let begin = performance.now();
  return () => {
    if (performance.now() - begin < slice) return;
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      begin = performance.now();
    });
  };
}
