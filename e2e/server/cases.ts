/**
 * The conformance suite: every request that the server answers, and what it answers. Against which targets:
 * e2e/node/server-conformance.test.ts, e2e/browser/server-conformance.spec.ts.
 */
import type { Case } from './case.ts';
import { cohereCases } from './cases/cohere-embed.ts';
import { embeddingCases } from './cases/embeddings.ts';
import { embeddingModelCases } from './cases/embedding-models.ts';
import { informationCases } from './cases/information.ts';
import { lateChunkingCases } from './cases/late-chunking.ts';
import { numberFormatCases } from './cases/number-formats.ts';
import { classifyCases, poolingCases } from './cases/pooling.ts';
import { requestCases } from './cases/requests.ts';
import { rerankCases } from './cases/rerank.ts';
import { scoreCases } from './cases/scores.ts';
import { tokenCases } from './cases/tokens.ts';

export const cases: readonly Case[] = [
  ...embeddingCases,
  ...embeddingModelCases,
  ...lateChunkingCases,
  ...numberFormatCases,
  ...poolingCases,
  ...classifyCases,
  ...scoreCases,
  ...rerankCases,
  ...cohereCases,
  ...tokenCases,
  ...requestCases,
  ...informationCases,
];
