/** How far an embedding run is -> a bar on a terminal, or a line now and then. */
import { bar, count, duration, percent } from './numbers.ts';
import type { StatusLine } from './status-line.ts';

export interface EmbedMeter {
  /** Texts that are done, bytes of the input up to there, tokens of the last one. */
  update(done: number, read: number, tokens: number): void;
  /** What the whole run came to. */
  total(): string;
}

/** Milliseconds between two looks. */
const LIVE = 100;
const LOGGED = 10_000;

/** `size`: bytes of the input; null: unknown, so that there is no end to estimate. */
export function embedMeter(status: StatusLine, size: number | null, now: () => number = () => performance.now()): EmbedMeter {
  let begin: { at: number; done: number; read: number } | null = null;
  let [last, texts, allTokens] = [now(), 0, 0];
  const rate = (at: number) => (begin && at > begin.at ? ((texts - begin.done) / (at - begin.at)) * 1000 : 0);

  function line(at: number, read: number): string {
    const speed = `${count(texts)} texts, ${count(rate(at))} texts/s`;
    if (size === null || !begin || read <= begin.read) return speed;
    const left = ((size - read) / (read - begin.read)) * ((at - begin.at) / 1000);
    return `${bar(read / size)} ${percent(read / size)} ${speed}, ${duration(left)} left`;
  }
  return {
    update(done, read, tokens) {
      const at = now();
      // The time of the first batch is not known; from here on the pace is.
      begin ??= { at: last, done: done - 1, read: 0 };
      texts = done;
      allTokens += tokens;
      if (at - last < (status.isTerminal ? LIVE : LOGGED)) return;
      last = at;
      if (status.isTerminal) status.show(line(at, read));
      else status.print(line(at, read));
    },
    total() {
      const at = now();
      const own = begin ? texts - begin.done : 0;
      const seconds = begin ? (at - begin.at) / 1000 : 0;
      return `${count(own)} texts, ${count(allTokens)} tokens, in ${duration(seconds)}: ${count(rate(at))} texts/s`;
    },
  };
}
