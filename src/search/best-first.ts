/** The order of an answer: the best first, and equals by their ids, which are the same after a reload. The order in which documents came is not. */
interface Scored {
  id: string;
  score: number;
}

export const bestFirst = (a: Scored, b: Scored): number => b.score - a.score || (a.id < b.id ? -1 : 1);
