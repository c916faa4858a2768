/** A generation that somebody has -> what became of the index since, in portions, each row checked. */
import { sha256 } from '../../sha256.ts';
import { generationsOf, keysOf, type Database, type DocumentRecord, type IndexRecord } from './database.ts';
import type { Changes } from './protocol.ts';
import type { RowFile } from './row-file.ts';

/** Documents of a portion, about: those of one commit stay together. */
const PORTION = 256;

/** The caller holds the lock of the index: `record` is as it is. */
export async function changesSince(database: Database, file: RowFile, record: IndexRecord, since: number): Promise<Changes> {
  const { records, generation } = await documentsSince(database, record, since);
  const removals = await database.getAll('removals', generationsOf(record.id, since, generation));
  // Who has nothing yet has nothing to drop.
  const unheard = since > 0 && since < record.forgotten;
  const bytes = file.read(records.flatMap(({ rows }) => rows));
  let at = 0;
  const checked = records.map(async ({ document, passages, checksum }) => {
    const own = bytes.subarray(at, (at += passages.length * record.rowBytes));
    return { document, passages, damaged: (await sha256(own)) !== checksum };
  });
  return {
    generation,
    latest: generation === record.generation,
    removed: removals.flatMap(({ ids }) => ids),
    kept: unheard ? (await database.getAllKeys('documents', keysOf(record.id))).map(([, id]) => id) : null,
    documents: await Promise.all(checked),
    rows: bytes.buffer,
  };
}

async function documentsSince(
  database: Database,
  record: IndexRecord,
  since: number,
): Promise<{ records: DocumentRecord[]; generation: number }> {
  const after = (generation: number, to?: number) => generationsOf(record.id, generation, to);
  const first = await database.getAllFromIndex('documents', 'generation', after(since), PORTION);
  const last = first.at(-1)?.generation;
  if (first.length < PORTION || last === undefined) return { records: first, generation: record.generation };
  // The last commit may have more of them than were asked for.
  const whole = first.filter(({ generation }) => generation < last);
  if (whole.length > 0) return { records: whole, generation: last - 1 };
  return { records: await database.getAllFromIndex('documents', 'generation', after(since, last)), generation: last };
}
