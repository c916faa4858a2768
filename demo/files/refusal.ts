/** A file that cannot be taken: what is the matter with it, and what to do. */
export class Refused extends Error {}

/** What each file of a drop was refused for. */
export interface Refusal {
  name: string;
  why: string;
}

/** Bytes of a file, and characters of its text: as much as a tab reads in some minutes. */
export const most = { bytes: 25_000_000, characters: 2_000_000 };
