/** Sentences in, at most one every three seconds out to screen readers; the newest wins. */
import { setText } from './dom.ts';

const pause = 3000;

export type Announce = (sentence: string) => void;

export function createAnnouncer(region: HTMLElement): Announce {
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (sentence) => {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        last = performance.now();
        setText(region, sentence);
      },
      Math.max(500, last + pause - performance.now()), // half a second lets a burst of typing settle
    );
  };
}
