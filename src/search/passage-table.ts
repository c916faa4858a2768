/** Passages as vectors, each of a document -> the documents whose best passage is nearest to a query. */
import { l2Normalize } from '../math.ts';
import { ScanChoice, type ChoiceOptions } from './gpu/scan-choice.ts';
import type { CoarseOptions } from './search-types.ts';
import type { Precision, RowFormat } from './row-format.ts';
import { topK } from './top-k.ts';
import { VectorTable } from './vector-table.ts';

/** Which passage a row is of: the document's key, and its place in the document. */
export interface RowOwner {
  document: number;
  passage: number;
}

export interface DocumentHit extends RowOwner {
  row: number;
  score: number;
}

export class PassageTable {
  readonly #full: VectorTable;
  readonly #coarse: VectorTable | null;
  readonly #oversample: number;
  /** Of the rows that every search looks at: the coarse ones, if there are any. */
  readonly scan: ScanChoice;
  /** Changes when rows have other numbers than before. */
  #moves = 0;
  readonly #owners: RowOwner[] = [];
  /** By document: the row of each of its passages. */
  readonly #rows = new Map<number, number[]>();

  constructor(size: number, precision: Precision, coarse: CoarseOptions | undefined, choice: ChoiceOptions = {}) {
    this.#full = new VectorTable(precision, size);
    this.#coarse = coarse ? new VectorTable(coarse.precision, coarse.dimensions ?? size) : null;
    this.#oversample = coarse?.oversample ?? 10;
    this.scan = new ScanChoice(this.#coarse ?? this.#full, choice);
  }

  get count(): number {
    return this.#full.count;
  }

  get bytes(): number {
    return this.#full.bytes + (this.#coarse?.bytes ?? 0);
  }

  get format(): RowFormat {
    return this.#full.format;
  }

  /** Makes room, so that adding so many passages cannot fail. Throws `runtime-failed` if there is no memory for them. */
  reserve(passages: number): void {
    this.#full.reserve(passages);
    this.#coarse?.reserve(passages);
  }

  /** One packed vector a passage. The first pass is made of what is kept, so that it is the same after a reload. */
  add(document: number, packed: readonly Uint8Array<ArrayBuffer>[]): void {
    this.#rows.set(
      document,
      packed.map((one, passage) => {
        this.#full.pushPacked(one);
        this.#coarse?.push(this.#short(this.#full.vector(this.#full.count - 1)));
        return this.#owners.push({ document, passage }) - 1;
      }),
    );
  }

  /** Of each passage of a document, as they are stored. */
  packedOf(document: number): Uint8Array<ArrayBuffer>[] {
    return (this.#rows.get(document) ?? []).map((row) => this.#full.packed(row));
  }

  remove(document: number): void {
    this.#moves++;
    // From the last row on, so that none of them takes the place of another that is to go.
    for (const row of (this.#rows.get(document) ?? []).toSorted((a, b) => b - a)) {
      this.#full.remove(row);
      this.#coarse?.remove(row);
      const last = this.#owners.pop()!;
      if (row === this.#owners.length) continue;
      this.#owners[row] = last;
      this.#rows.get(last.document)![last.passage] = row;
    }
    this.#rows.delete(document);
  }

  vector(row: number): Float32Array {
    return this.#full.vector(row);
  }

  /** Of one passage of a document. Undefined: the document is not there. */
  vectorOf(document: number, passage: number): Float32Array | undefined {
    const row = this.#rows.get(document)?.[passage];
    return row === undefined ? undefined : this.#full.vector(row);
  }

  /** Of each passage of a document. */
  vectorsOf(document: number): Float32Array[] {
    return (this.#rows.get(document) ?? []).map((row) => this.#full.vector(row));
  }

  /**
   * For each query the k documents with the nearest passages, nearest first, and those that are as near as the last of them. Exact without
   * a first pass. Throws what ScanChoice.nearest throws.
   */
  async nearest(queries: readonly Float32Array[], k: number, keep: ((document: number) => boolean) | null): Promise<DocumentHit[][]> {
    const keepRow = keep && ((row: number) => keep(this.#owners[row]!.document));
    const scanned = this.#coarse ? queries.map((query) => this.#short(query)) : queries;
    const moves = this.#moves;
    for (let most = this.#first(k); ; most *= 4) {
      const found = await this.scan.nearest(scanned, most, keepRow);
      // Rows that were found may be others by now.
      if (!found || moves !== this.#moves) return queries.map((query, i) => this.#nearestHere(query, scanned[i]!, k, keepRow));
      const hits = found.map(({ rows, scores }, i) =>
        this.#documents(rows, this.#coarse ? this.#full.scoresOf(queries[i]!, rows) : scores),
      );
      if (hits.every((some, i) => this.#isAll(some, k, found[i]!.rows.length < most, found[i]!.scores.at(-1)!)))
        return hits.map((some) => firstOf(some, k));
    }
  }

  #nearestHere(query: Float32Array, scanned: Float32Array, k: number, keepRow: ((row: number) => boolean) | null): DocumentHit[] {
    const scores = (this.#coarse ?? this.#full).scores(scanned);
    for (let most = this.#first(k); ; most *= 4) {
      const rows = topK(scores, scores.length, most, keepRow);
      const hits = this.#documents(rows, this.#coarse ? this.#full.scoresOf(query, rows) : rows.map((row) => scores[row]!));
      if (this.#isAll(hits, k, rows.length < most, scores[rows.at(-1)!]!)) return firstOf(hits, k);
    }
  }

  /** Whether rows that were not looked at change nothing. A first pass leaves out rows that are as near by its own measure. */
  #isAll(hits: readonly DocumentHit[], k: number, wereAllRows: boolean, last: number): boolean {
    return wereAllRows || (hits.length >= k && (this.#coarse !== null || last < hits[k - 1]!.score));
  }

  /**
   * Rows that are looked for first. Passages of one document may fill the first places, or more be as near: then more are, until there are
   * k documents.
   */
  #first(k: number): number {
    return Math.ceil(k * (this.#coarse ? this.#oversample : 2));
  }

  /** The best row of each document, best first. */
  #documents(rows: readonly number[], scores: ArrayLike<number>): DocumentHit[] {
    const best = new Map<number, DocumentHit>();
    rows.forEach((row, i) => {
      const hit = { ...this.#owners[row]!, row, score: scores[i]! };
      const known = best.get(hit.document);
      // Of equals the first of the text, wherever its row is.
      if (!known || hit.score > known.score || (hit.score === known.score && hit.passage < known.passage)) best.set(hit.document, hit);
    });
    return [...best.values()].sort((a, b) => b.score - a.score);
  }

  /** Matryoshka: the first values, of unit length again. */
  #short(vector: Float32Array): Float32Array {
    const { size } = this.#coarse!.format;
    if (size === vector.length) return vector;
    const short = vector.slice(0, size);
    l2Normalize(short);
    return short;
  }
}

const firstOf = (hits: DocumentHit[], k: number) => hits.filter(({ score }, i) => i < k || score === hits[k - 1]!.score);
