/**
 * What crosses between an index and its store in the worker, as types only. Both sides know this file; neither knows the other.
 *
 * Copied: documents. Transferred: rows, of all documents of a message in one buffer. Errors are values, as in wire/protocol.ts.
 */
import type { WireResult } from '../../wire/protocol.ts';
import type { ModelIdentity } from '../model-identity.ts';
import type { IndexOptions, SearchDocument } from '../search-types.ts';
import type { Range } from '../sentences.ts';

/** What decides the vectors and the passages, and what is remembered for convenience. */
export type StoredOptions = Omit<IndexOptions, 'name' | 'worker' | 'onLog' | 'device'>;

/** What an index is, apart from its documents. */
export interface IndexHead {
  options: StoredOptions;
  model: ModelIdentity;
  /** Of one passage: its vector, packed. */
  rowBytes: number;
}

export interface StoredIndex extends IndexHead {
  id: string;
  /** Counts commits, whoever made them. */
  generation: number;
  documents: number;
}

/** A document with the places of its passages in its text: as many rows belong to it. */
export interface PassageDocument {
  document: SearchDocument;
  passages: Range[];
}

/** No id is in it twice. */
export interface Commit {
  documents: PassageDocument[];
  /** Of all documents, in order. */
  rows: ArrayBuffer;
  /** Ids to take out. */
  removed: string[];
  /** Only if this is still the index's generation: then nothing of another tab's is overwritten. Null: whatever it is. */
  onlyAt: number | null;
}

export interface Committed {
  /** That it made. */
  generation: number;
  /** Of the ids to take out, how many there were. */
  removed: number;
}

/** What has changed after one generation up to another, each document as it is now. */
export interface Changes {
  generation: number;
  /** Nothing is left to ask for. */
  latest: boolean;
  /** Ids that were taken out; some may be in `documents` again. */
  removed: string[];
  /** Null: `removed` has all. Else whatever is not among these ids is out too. */
  kept: string[] | null;
  documents: (PassageDocument & {
    /** Its rows are not what was written: they are in `rows`, and worth nothing. */
    damaged: boolean;
  })[];
  /** As in a Commit. */
  rows: ArrayBuffer;
}

export interface IndexListing {
  name: string;
  documents: number;
  /** Of the file of vectors. */
  vectorBytes: number;
  /** The model's name, as it was when the index was made. */
  model: string;
}

/** The store as an index sees it. All rejections are bugs: what can go wrong is in the WireResult. */
export interface StoreApi {
  /** The index of that name, or null. `index-invalid`: it is of a newer format. */
  open(name: string): Promise<WireResult<StoredIndex | null>>;
  /** An empty index of that name, or the one that is there already. */
  create(name: string, head: IndexHead): Promise<WireResult<StoredIndex>>;
  /** An empty index without a name: gone with this worker, unless it is published. */
  draft(head: IndexHead): Promise<WireResult<StoredIndex>>;
  /** Gives a draft its name, at once for all who look. An index that had the name is deleted. */
  publish(id: string, name: string): Promise<WireResult<null>>;
  /** How many commits there were. */
  generation(id: string): Promise<WireResult<number>>;
  changes(id: string, since: number): Promise<WireResult<Changes>>;
  /** All of it or nothing, and on the disk when it answers. Null: the index is not at `onlyAt`. */
  commit(id: string, commit: Commit): Promise<WireResult<Committed | null>>;
  list(): Promise<WireResult<IndexListing[]>>;
  /** Whether there was one. */
  remove(name: string): Promise<WireResult<boolean>>;
}
