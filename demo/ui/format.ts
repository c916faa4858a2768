/** Numbers in, the words on the page out. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 26 MB, 7.4 MB: decimal megabytes, one digit below ten, whole ones above (begun ones do not count). */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value < 9.95 ? value.toFixed(1) : Math.floor(value + 0.05)} MB`;
}

/** 384 bytes, 960 kB, 1.5 MB: as `megabytes`, and in smaller units below one. */
export function memorySize(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte', 'bytes');
  return bytes < 1e6 ? `${count(bytes / 1000)} kB` : megabytes(bytes);
}

/** 0.4 s, 12 s, 2 min 5 s. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** 12 s left, 2 min left; coarse on purpose, so that it does not flicker. Nothing while it cannot be known. */
export function timeLeft(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '';
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) return `${seconds} s left`;
  return `${Math.round(seconds / 60)} min left`;
}

export const plural = (value: number, one: string, many: string): string => `${count(value)} ${value === 1 ? one : many}`;
