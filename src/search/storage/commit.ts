/** Documents with their rows, and ids to take out -> one generation more of a stored index, or nothing at all. */
import { sha256 } from '../../sha256.ts';
import {
  generationsOf,
  inTransaction,
  keysOf,
  putRecord,
  type Database,
  type DocumentRecord,
  type IndexRecord,
  type Transaction,
} from './database.ts';
import type { Commit, PassageDocument } from './protocol.ts';
import type { RowFile } from './row-file.ts';
import { RowSpace } from './row-space.ts';

/** Removals that are remembered for tabs that have not heard of them. */
const REMEMBERED = 1_000;

interface Written {
  /** The index as it is now. */
  record: IndexRecord;
  /** How many documents were taken out. */
  removed: number;
}

interface Placed extends PassageDocument {
  rows: number[];
  checksum: string;
}

/**
 * Rows go first, into places that nothing stored needs; then one transaction makes them count. A crash in between leaves rows that nobody
 * knows of. `record` is the index as it is: the caller holds its lock.
 */
export async function commit(
  database: Database,
  file: RowFile,
  record: IndexRecord,
  { documents, rows, removed }: Commit,
): Promise<Written> {
  const space = new RowSpace(record.rows, record.free);
  const bytes = new Uint8Array(rows);
  let at = 0;
  const placing = documents.map(async (document): Promise<Placed> => {
    const own = bytes.subarray(at, (at += document.passages.length * record.rowBytes));
    return { ...document, rows: space.take(document.passages.length), checksum: await sha256(own) };
  });
  const placed = await Promise.all(placing);
  try {
    if (placed.length > 0)
      file.write(
        placed.flatMap(({ rows }) => rows),
        bytes,
      );
    return await inTransaction(database, (transaction) => written(transaction, record, space, placed, removed));
  } catch (error) {
    // What there was no room for gives its room back. If that fails, the next commit writes over it.
    quietly(() => file.cut(record.rows));
    throw error;
  }
}

async function written(
  transaction: Transaction,
  before: IndexRecord,
  space: RowSpace,
  placed: readonly Placed[],
  removed: readonly string[],
): Promise<Written> {
  const documents = transaction.objectStore('documents');
  const generation = before.generation + 1;
  const taken = await Promise.all(removed.map((id) => documents.get([before.id, id])));
  const replaced = await Promise.all(placed.map(({ document }) => documents.get([before.id, document.id])));
  const gone = taken.flatMap((one) => one ?? []);
  space.give([...gone, ...replaced.flatMap((one) => one ?? [])].flatMap(({ rows }) => rows));
  await Promise.all([
    ...gone.map(({ id }) => documents.delete([before.id, id])),
    ...placed.map(({ document, passages, rows, checksum }) =>
      documents.put({ index: before.id, id: document.id, generation, rows, checksum, passages, document }),
    ),
  ]);
  const count = before.documents - gone.length + replaced.filter((one) => one === undefined).length;
  const after: IndexRecord = { ...before, generation, documents: count, rows: space.rows, free: [...space.free] };
  if (gone.length > 0) {
    await transaction.objectStore('removals').put({ index: before.id, generation, ids: gone.map(({ id }) => id) });
    after.removals++;
  }
  if (after.removals > REMEMBERED) await forgetRemovals(transaction, after);
  await putRecord(transaction, after);
  return { record: after, removed: gone.length };
}

/** A tab that has not heard of them compares its ids with those that are left. */
async function forgetRemovals(transaction: Transaction, record: IndexRecord): Promise<void> {
  await transaction.objectStore('removals').delete(generationsOf(record.id, 0));
  record.forgotten = record.generation;
  record.removals = 0;
}

/** Rows at a time: what is moved before it counts is at most so much. */
const MOVED = 4_096;

/** Moves the last rows into the holes before them, and cuts the file. Each step is a whole one. Documents and generations stay as they are. */
export async function shrink(database: Database, file: RowFile, sparse: IndexRecord): Promise<void> {
  let record = sparse;
  const live = record.rows - record.free.length;
  const keys = await database.getAllKeys('documents', keysOf(record.id));
  for (let at = 0; at < keys.length;) {
    const moves: { document: DocumentRecord; from: number[]; to: number[]; rows: number[] }[] = [];
    const space = new RowSpace(record.rows, record.free);
    for (let moved = 0; at < keys.length && moved < MOVED; at++) {
      const document = (await database.get('documents', keys[at]!))!;
      const from = document.rows.filter((row) => row >= live);
      if (from.length === 0) continue;
      const to = space.take(from.length);
      const places = new Map(from.map((row, i) => [row, to[i]!]));
      moves.push({ document, from, to, rows: document.rows.map((row) => places.get(row) ?? row) });
      moved += from.length;
    }
    if (moves.length === 0) continue;
    for (const { from, to } of moves) file.write(to, file.read(from));
    record = await inTransaction(database, async (transaction) => {
      for (const { document, from, rows } of moves) {
        await transaction.objectStore('documents').put({ ...document, rows });
        space.give(from);
      }
      const after: IndexRecord = { ...record, free: [...space.free] };
      await putRecord(transaction, after);
      return after;
    });
  }
  await inTransaction(database, (transaction) => putRecord(transaction, { ...record, rows: live, free: [] }));
  file.cut(live);
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // As the caller says.
  }
}
