/** Where the contents of an index live: in memory alone, or on the disk too. And what they are made with: one is never taken without the other. */
import type { ComputedDocument, Contents } from './contents.ts';
import { pacer } from './pacer.ts';
import type { OpenOptions } from './search-types.ts';
import type { Settings } from './settings.ts';

export interface Home {
  /** The same object for as long as the contents are the same index's. */
  readonly settings: Settings;
  readonly contents: Contents;
  /** Null in memory. */
  readonly name: string | null;
  /** Brings `contents` up to what is stored by now, whoever stored it. */
  refresh(options: OpenOptions): Promise<void>;
  /** Takes documents in and ids out, all or nothing, and says how many went out. No id comes twice. */
  commit(documents: readonly ComputedDocument[], removed: readonly string[]): Promise<number>;
  /** Lets go of what it holds open. */
  close(): void;
}

export class MemoryHome implements Home {
  readonly settings: Settings;
  readonly contents: Contents;
  readonly name = null;

  constructor(settings: Settings) {
    this.settings = settings;
    this.contents = settings.emptyContents();
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  commit(documents: readonly ComputedDocument[], removed: readonly string[]): Promise<number> {
    return apply(this.contents, documents, removed);
  }

  close(): void {}
}

/** Nothing in here can fail half-way. How many went out. */
export async function apply(contents: Contents, documents: readonly ComputedDocument[], removed: readonly string[]): Promise<number> {
  const pace = pacer();
  let gone = 0;
  for (const id of removed) {
    if (contents.remove(id)) gone++;
    await pace();
  }
  for (const document of documents) {
    contents.put(document);
    await pace();
  }
  return gone;
}
