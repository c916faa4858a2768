/** Packages, keyword index, vectors and indexer, shared by all views; the first that asks has them fetched and filled. */
import { createStore } from '../ui/store.ts';
import type { ModelHost } from '../model/model-host.ts';
import { Indexer } from './indexer.ts';
import { KeywordIndex } from './keyword-index.ts';
import { asDocument, fetchPackages } from './packages.ts';
import type { Package } from './packages.ts';
import { VectorIndex } from './vector-index.ts';

export interface CorpusState {
  packages: readonly Package[];
  /** Null until it is built. */
  keywords: KeywordIndex | null;
  error: unknown;
}

const packageCount = 1000;

export class Corpus {
  readonly state = createStore<CorpusState>({ packages: [], keywords: null, error: null });
  readonly vectors = new VectorIndex(packageCount);
  readonly indexer: Indexer;
  #begun = false;

  constructor(model: ModelHost) {
    this.indexer = new Indexer(this, model);
  }

  /** For views that need it. A failed fetch is tried again with the next call. */
  async load(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    try {
      // Side by side: the code that finds words, and what it finds them in.
      const [packages] = await Promise.all([fetchPackages(), import('rockpool/search')]);
      this.state.set({ packages, keywords: null, error: null });
      const keywords = new KeywordIndex();
      await keywords.add(packages.map(asDocument));
      this.state.set({ packages, keywords, error: null });
    } catch (error) {
      this.#begun = false;
      this.state.set({ packages: [], keywords: null, error });
    }
  }
}
