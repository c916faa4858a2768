/** The packages as what is searched: the words and vectors that all views share, and an index of `rockpool/search` that joins the two. */
import type { SearchIndex } from 'rockpool/search';
import type { Corpus } from '../corpus/corpus.ts';
import { asDocument } from '../corpus/packages.ts';
import { contentWords } from '../corpus/words.ts';
import type { ModelHost } from '../model/model-host.ts';
import type { Found, Source } from './source.ts';

export function createPackagesSource(corpus: Corpus, model: ModelHost): Source {
  const { vectors, indexer } = corpus;
  const byName = new Map<string, number>();
  corpus.state.subscribe(({ packages }) => packages.forEach(({ name }, i) => byName.set(name, i)));
  const hybrid = createHybrid(corpus, model);
  return {
    one: 'package',
    many: 'packages',
    words: () => corpus.state.get().keywords,
    indexed: () => ({ done: vectors.count, total: vectors.capacity, running: indexer.state.get().kind === 'running' }),
    async nearest(vector, k) {
      const { packages } = corpus.state.get();
      return vectors.search(vector, k).map(({ id, score }) => ({ id: packages[id]!.name, score, passage: null }));
    },
    both: hybrid,
    show(id) {
      const entry = corpus.state.get().packages[byName.get(id) ?? -1];
      return entry ? { id, name: entry.name, place: () => entry.section, title: entry.title, text: entry.body, whole: null } : null;
    },
    nothing: () => null,
    onWords: (listener) => corpus.state.subscribe(listener),
    onIndexed: (listener) => indexer.state.subscribe(listener),
  };
}

/** The vectors are there already, so the index only takes in what came since the last question. */
function createHybrid(corpus: Corpus, model: ModelHost): Source['both'] {
  let filled: { index: SearchIndex; from: ArrayBufferLike } | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const fill = async (): Promise<SearchIndex | null> => {
    const state = model.state.get();
    const { packages } = corpus.state.get();
    const { data, count, size } = corpus.vectors.rows();
    if (count === 0) return null;
    if (filled?.from !== data.buffer) {
      // Indexed anew: these are other vectors.
      await filled?.index.dispose();
      filled = null;
      if (state.kind !== 'ready') return null;
      const { createIndex } = await import('rockpool/search');
      filled = { index: await createIndex(state.llm), from: data.buffer };
    }
    const { index } = filled;
    const { documents } = index.size;
    const embedding = (i: number) => data.subarray(i * size, (i + 1) * size);
    const fresh = packages.slice(documents, count).map((entry, i) => ({ ...asDocument(entry), embedding: embedding(documents + i) }));
    await index.add(fresh);
    return index;
  };
  return (query, vector, k): Promise<Found[]> => {
    const answer = turn.then(async () => {
      const index = await fill();
      const hits = (await index?.search(contentWords(query), { embedding: vector, topK: k })) ?? [];
      return hits.map(({ id, score }) => ({ id, score, passage: null }));
    });
    turn = answer.catch(() => {});
    return answer;
  };
}
