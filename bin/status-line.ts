/** What a program is doing -> one line that is rewritten, on a terminal. */

export interface StatusLine {
  isTerminal: boolean;
  /** Replaces what was shown before. Nothing without a terminal. */
  show(text: string): void;
  /** A line that stays, in the place of what was shown. */
  print(text: string): void;
}

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const ERASE = '\r\x1b[2K';

export function statusLine(stream: Stream): StatusLine {
  const isTerminal = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  let isShown = false;
  return {
    isTerminal,
    show(text) {
      if (!isTerminal) return;
      // A line that wraps cannot be rewritten.
      stream.write(ERASE + text.slice(0, (stream.columns || 80) - 1));
      isShown = true;
    },
    print(text) {
      stream.write(`${isShown ? ERASE : ''}${text}\n`);
      isShown = false;
    },
  };
}
