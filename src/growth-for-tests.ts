/**
 * Work of a size -> how much longer it takes for twice the size: 2 if its time is in proportion, 4 if it takes the square. Turn by turn, and the
 * fastest of each, so that a busy machine slows down both or neither.
 */
export function growth(work: (size: number) => void, size: number, turns = 5): number {
  const time = (of: number) => {
    const begin = performance.now();
    work(of);
    return performance.now() - begin;
  };
  let [once, twice] = [Infinity, Infinity];
  for (let turn = 0; turn < turns; turn++) {
    once = Math.min(once, time(size));
    twice = Math.min(twice, time(2 * size));
  }
  return twice / once;
}
