/** Byte counts of several files -> LoadProgress events: totals, speed, and not more of them than anyone can look at. */
import type { LoadProgress } from '../types.ts';

export interface ProgressMeter {
  /** Bytes of a file that are there; `total` null while unknown. What the first call names does not count as downloaded. */
  bytes(file: string, loaded: number, total: number | null): void;
  /** The file is there, whole. */
  end(file: string, size: number, fromCache: boolean): void;
  phase(phase: Exclude<LoadProgress['phase'], 'download'>): void;
}

const throttleMs = 100;
/** Speed is that of the last moments, not of the whole load. */
const windowMs = 3000;

export function createProgress(emit: (progress: LoadProgress) => void, now: () => number = () => performance.now()): ProgressMeter {
  const files = new Map<string, { loaded: number; total: number }>();
  const samples: { at: number; bytes: number }[] = [];
  let downloaded = 0;
  let last = -Infinity;

  const sum = (of: (file: { loaded: number; total: number }) => number) => [...files.values()].reduce((all, file) => all + of(file), 0);
  const overall = () => ({
    loaded: sum((file) => file.loaded),
    total: sum((file) => Math.max(file.total, file.loaded)),
    bytesPerSecond: speed(),
  });
  function speed(): number {
    const [oldest, newest] = [samples[0], samples.at(-1)];
    if (oldest === undefined || newest === undefined || newest.at <= oldest.at) return 0;
    return ((newest.bytes - oldest.bytes) / (newest.at - oldest.at)) * 1000;
  }
  function count(bytes: number): void {
    downloaded += bytes;
    const at = now();
    samples.push({ at, bytes: downloaded });
    // One sample older than the window stays, so that a slow link has two ends to measure between.
    while (samples.length > 2 && at - (samples[1]?.at ?? at) > windowMs) samples.shift();
  }
  function report(file: string, fromCache: boolean): void {
    last = now();
    const { loaded, total } = files.get(file) ?? { loaded: 0, total: 0 };
    emit({ phase: 'download', file, fileLoaded: loaded, fileTotal: total, ...overall(), fromCache });
  }
  return {
    bytes(file, loaded, total) {
      const before = files.get(file);
      files.set(file, { loaded, total: total ?? 0 });
      count(before === undefined ? 0 : Math.max(0, loaded - before.loaded));
      if (before === undefined || now() - last >= throttleMs) report(file, false);
    },
    end(file, size, fromCache) {
      if (!files.has(file)) {
        files.set(file, { loaded: 0, total: size });
        report(file, fromCache);
      }
      files.set(file, { loaded: size, total: size });
      report(file, fromCache);
    },
    phase: (phase) => emit({ phase, fileLoaded: 0, fileTotal: 0, ...overall(), fromCache: false }),
  };
}
