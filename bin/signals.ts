/** SIGINT and SIGTERM -> a stop that loses nothing the first time, and the end of the process the second. */
import { constants } from 'node:os';

export type Signal = 'SIGINT' | 'SIGTERM';

export function onSignals(first: (signal: Signal) => void): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(exitCodeOfSignal(signal));
      isStopping = true;
      first(signal);
    });
  }
}

/** As a shell has it: 130, 143. */
export function exitCodeOfSignal(signal: Signal): number {
  return 128 + constants.signals[signal];
}
