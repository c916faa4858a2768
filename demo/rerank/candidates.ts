/** A query with the packages that its vector finds, and the order that the reranker makes of them. */
import type { VectorHit } from '../corpus/vector-index.ts';
import type { Package } from '../corpus/packages.ts';
import type { Run } from '../model/live-call.ts';

/** So many are read again; as many as were measured in docs/quality.md. */
export const candidateCount = 20;

/** The reranker was trained on titles with descriptions, so many tokens of the pair: it does worse if the description begins with a title. */
const pairTokens = 96;

export interface Candidates {
  query: string;
  /** By the vectors, best first. */
  hits: readonly VectorHit[];
  entries: readonly Package[];
}

/** Places in `hits`, best first, with the reranker's scores. */
export type Reranked = readonly { place: number; score: number }[];

export const rerankCandidates: Run<Candidates, Reranked> = async (llm, { query, entries }, options) => {
  const results = await llm.rerank(
    query,
    entries.map(({ body }) => body),
    {
      ...options,
      truncatePromptTokens: pairTokens,
      maxTokensPerDoc: pairTokens,
    },
  );
  return results.map(({ index, relevance_score }) => ({ place: index, score: relevance_score }));
};

export const sameCandidates = (a: Candidates | null, b: Candidates): boolean =>
  a !== null && a.query === b.query && a.hits.length === b.hits.length && a.hits.every(({ id }, place) => id === b.hits[place]!.id);
