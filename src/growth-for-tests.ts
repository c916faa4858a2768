/**
 * Work of a size -> how much longer it takes for twice the size: 2 if its time is in proportion, 4 if it takes the square. By four times the size,
 * of which it is the root: so far apart are the two that caches and other programs do not fill the gap. Turn by turn, and the fastest of each, in
 * time of the processor: what other programs take of it does not count.
 */
export function growth(work: (size: number) => void, size: number, turns = 5): number {
  const time = (of: number) => {
    const begin = processorTime();
    work(of);
    return processorTime() - begin;
  };
  let [once, fourfold] = [Infinity, Infinity];
  for (let turn = 0; turn < turns; turn++) {
    once = Math.min(once, time(size));
    fourfold = Math.min(fourfold, time(4 * size));
  }
  return Math.sqrt(fourfold / once);
}

/** Milliseconds that this process has computed so far. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
