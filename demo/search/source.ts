/** What can be searched: the packages, or the user's own files. The view asks both in the same way. */
import type { KeywordIndex } from '../corpus/keyword-index.ts';

/** A hit of a search by meaning or by both: [start, end) of the passage in the text, if one of it is known to fit. */
export interface Found {
  id: string;
  score: number;
  passage: { start: number; end: number } | null;
}

/** What a row shows of a hit. */
export interface Shown {
  id: string;
  name: string;
  /** Section of a package; of a file the part, or the pages that these places of the text are on. */
  place(at: number, end: number): string;
  title: string;
  text: string;
  /** All of what the text is a part of, when it is opened. */
  whole: Whole | null;
}

export interface Whole {
  label: string;
  texts(): string[];
  /** Which of them the hit's is. */
  at: number;
}

export interface Source {
  /** What is listed, in the words of the page: one and several. */
  one: string;
  many: string;
  /** Null until they are read. */
  words(): KeywordIndex | null;
  /** By meaning: so many can be found, of so many. */
  indexed(): { done: number; total: number; running: boolean };
  nearest(vector: Float32Array, k: number): Promise<Found[]>;
  /** By words and by meaning, joined. */
  both(query: string, vector: Float32Array, k: number): Promise<Found[]>;
  /** Null: it has gone since. */
  show(id: string): Shown | null;
  /** Said in the place of results while there is nothing to find. */
  nothing(): string | null;
  /** The words are others, or there are more of them. */
  onWords(listener: () => void): void;
  /** More is indexed, or less. */
  onIndexed(listener: () => void): void;
}
