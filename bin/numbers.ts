/** Numbers -> what people read. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toFixed(1)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

export function percent(part: number): string {
  return `${Math.floor(Math.min(1, part) * 100)}%`;
}

/** Minutes and seconds, or hours before them. */
export function duration(seconds: number): string {
  const all = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function bar(part: number, width = 20): string {
  const full = Math.round(Math.min(1, part) * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}
