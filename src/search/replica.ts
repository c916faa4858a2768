/** The contents of a stored index in this realm, kept in step with what this tab and others commit. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { notify } from '../facade/listeners.ts';
import type { ComputedDocument, Contents } from './contents.ts';
import { COMPUTED, groups } from './groups.ts';
import { apply, type Home } from './home.ts';
import { pacer } from './pacer.ts';
import { packed, unpacked } from './packed-documents.ts';
import type { IndexOptions, OpenOptions, SearchDocument } from './search-types.ts';
import type { Settings } from './settings.ts';
import type { Changes, StoredIndex } from './storage/protocol.ts';
import type { StoreClient } from './storage/store-client.ts';

export interface ReplicaParts {
  store: StoreClient;
  name: string;
  stored: Pick<StoredIndex, 'id' | 'rowBytes' | 'documents'>;
  contents: Contents;
  /** That the contents have. */
  generation: number;
  settings: Settings;
  onLog: NonNullable<IndexOptions['onLog']>;
}

/** What is wrong with a document, and will be next time too. */
const REFUSED = new Set<PoolingError['code']>(['invalid-input', 'invalid-option', 'input-too-long']);

const shortList = (ids: readonly string[]) =>
  ids
    .slice(0, 5)
    .map((id) => `"${id}"`)
    .join(', ') + (ids.length > 5 ? ', …' : '');

export class Replica implements Home {
  readonly settings: Settings;
  readonly contents: Contents;
  readonly name: string;
  readonly #parts: ReplicaParts;
  #generation: number;
  /** What was found damaged, and is not computed anew yet. None of it is in the contents. */
  readonly #damaged = new Map<string, SearchDocument>();

  constructor(parts: ReplicaParts) {
    this.settings = parts.settings;
    this.contents = parts.contents;
    this.name = parts.name;
    this.#parts = parts;
    this.#generation = parts.generation;
  }

  async refresh(options: OpenOptions): Promise<void> {
    const { store, stored } = this.#parts;
    const latest = await store.call((api) => api.generation(stored.id));
    if (latest !== this.#generation) await this.#catchUp(options);
    if (this.#damaged.size > 0) await this.#repair(options);
  }

  async commit(documents: readonly ComputedDocument[], removed: readonly string[]): Promise<number> {
    if (documents.length === 0 && removed.length === 0) return 0;
    return (await this.#commit(documents, removed, null))!;
  }

  close(): void {
    this.#parts.store.close();
  }

  /** How many were removed. Null: it was not made, see `Commit.onlyAt`. */
  async #commit(documents: readonly ComputedDocument[], removed: readonly string[], onlyAt: number | null): Promise<number | null> {
    const { store, stored } = this.#parts;
    const made = await store.call((api) => api.commit(stored.id, { ...packed(documents), removed: [...removed], onlyAt }));
    // Others were first: what they did comes with what this did.
    if (made?.generation === this.#generation + 1) {
      await apply(this.contents, documents, removed);
      for (const id of [...removed, ...documents.map(({ document }) => document.id)]) this.#damaged.delete(id);
      this.#generation = made.generation;
    } else await this.#catchUp({});
    return made && made.removed;
  }

  async #catchUp({ signal, onProgress }: OpenOptions): Promise<void> {
    const pace = pacer();
    let next = this.#changes();
    for (let latest = false; !latest;) {
      throwIfAborted(signal);
      const changes = await next;
      this.#generation = changes.generation;
      latest = changes.latest;
      // The worker reads on while this thread takes in what it has.
      if (!latest) next = this.#changes();
      for (const id of this.#gone(changes)) {
        this.contents.remove(id);
        this.#damaged.delete(id);
        await pace();
      }
      for (const { damaged, ...computed } of unpacked(changes, this.#parts.stored.rowBytes)) {
        const { document } = computed;
        if (damaged) {
          this.contents.remove(document.id);
          this.#damaged.set(document.id, document);
        } else {
          this.contents.put(computed);
          this.#damaged.delete(document.id);
        }
        await pace();
      }
      this.#tell(onProgress);
    }
  }

  #changes(): Promise<Changes> {
    const { store, stored } = this.#parts;
    const since = this.#generation;
    const changes = store.call((api) => api.changes(stored.id, since));
    // Who stops in between hears nothing of it.
    changes.catch(() => {});
    return changes;
  }

  #gone({ removed, kept }: Changes): string[] {
    if (!kept) return removed;
    const left = new Set(kept);
    return Array.from(this.contents.entries(), ({ document }) => document.id).filter((id) => !left.has(id));
  }

  /** The documents are whole, so their vectors can be had again: the model's own. */
  async #repair({ signal, onProgress }: OpenOptions): Promise<void> {
    const { onLog } = this.#parts;
    const ids = shortList([...this.#damaged.keys()]);
    const message =
      `${this.#damaged.size} documents of the index "${this.name}" had damaged vectors on the disk: ${ids}. They are computed anew, from their texts. ` +
      'If one had been added with an embedding, add it so again.';
    notify(onLog, { level: 'warning', message });
    while (this.#damaged.size > 0) {
      throwIfAborted(signal);
      const [group] = groups(this.#damaged.values(), COMPUTED, ({ text }) => text);
      const computed = await this.#remade(group!, signal);
      if (computed.length === 0) continue;
      // If another tab was faster, what is still damaged is known better afterwards.
      if ((await this.#commit(computed, [], this.#generation)) !== null) this.#tell(onProgress);
    }
  }

  /** One that brought its vector may be none that can be computed. It must not keep the others from being there. */
  async #remade(documents: readonly SearchDocument[], signal: AbortSignal | undefined): Promise<ComputedDocument[]> {
    try {
      return await this.settings.compute(documents, { signal });
    } catch (error) {
      if (!(error instanceof PoolingError) || !REFUSED.has(error.code)) throw error;
      if (documents.length > 1) {
        const each: ComputedDocument[] = [];
        for (const one of documents) each.push(...(await this.#remade([one], signal)));
        return each;
      }
      const { id } = documents[0]!;
      this.#damaged.delete(id);
      const message = `The document "${id}" of the index "${this.name}" cannot be computed anew, and is left out until it is added again: ${error.message}`;
      notify(this.#parts.onLog, { level: 'warning', message });
      return [];
    }
  }

  #tell(onProgress: OpenOptions['onProgress']): void {
    const { count, table } = this.contents;
    const total = Math.max(this.#parts.stored.documents, count + this.#damaged.size);
    notify(onProgress, { done: count, total, passages: table.count });
  }
}
