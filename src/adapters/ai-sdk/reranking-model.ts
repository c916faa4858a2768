/** An LLM -> a reranking model of the AI SDK. A query and documents in, their places by score out, best first. */
import { readOptions, type EitherSpelling } from '../../facade/options.ts';
import { SCORE_OPTIONS } from '../../facade/pool-request.ts';
import type { RerankOptions, ScoreOptions } from '../../types.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { RerankingLLM } from '../models.ts';
import type { SdkCallOptions, SdkWarning, SpecificationVersion } from './call-types.ts';
import { called } from './sdk-errors.ts';
import { providerSettings } from './provider-settings.ts';

type JsonObject = { [key: string]: unknown };

/** Besides: options of `LLM.score`, for every call that does not say otherwise in `providerOptions.rockpool`. */
export interface RerankingModelSettings<V extends SpecificationVersion = 'v3'> extends Omit<ScoreOptions, 'signal'> {
  /** Default: `llm.info.model`. */
  modelId?: string;
  /** The text of a document that is an object. Default: its JSON, with a warning, since models are trained on texts. */
  documentText?: (document: JsonObject) => string;
  /** Default `v3`, for `ai` 6 and 7. */
  specificationVersion?: V;
}

export interface RockpoolRerankingModel<V extends SpecificationVersion = 'v3'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  doRerank(
    options: SdkCallOptions & {
      documents: { type: 'text'; values: string[] } | { type: 'object'; values: JsonObject[] };
      query: string;
      topN?: number | undefined;
    },
  ): Promise<{ ranking: { index: number; relevanceScore: number }[]; warnings: SdkWarning[] }>;
}

const asJson: SdkWarning = {
  type: 'compatibility',
  feature: 'object documents',
  details: 'Objects are scored as JSON. Set documentText to say what their text is.',
};

/**
 * For `rerank` of `ai`: `rerank({ model: rerankingModel(llm), query, documents, topN })`. `providerOptions.rockpool` takes the options of
 * `LLM.score`. Any LLM that scores: cross-encoders, and embedding models by cosine or MaxSim. Errors as `embeddingModel`.
 */
export function rerankingModel<V extends SpecificationVersion = 'v3'>(
  llm: RerankingLLM,
  settings?: EitherSpelling<RerankingModelSettings<V>>,
): RockpoolRerankingModel<NoInfer<V>> {
  checked(llm, 'rerank', 'rerankingModel');
  const known = [...SCORE_OPTIONS, 'modelId', 'documentText', 'specificationVersion'] as const;
  const {
    modelId = llm.info.model,
    documentText,
    specificationVersion = 'v3' as V,
    ...always
  } = readOptions(
    settings as RerankingModelSettings<V> | undefined,
    known as readonly (keyof RerankingModelSettings<V>)[],
    'rerankingModel',
  );
  return {
    specificationVersion,
    provider: 'rockpool',
    modelId,
    doRerank: async ({ documents, query, topN, abortSignal, providerOptions }) => {
      const now = providerSettings<ScoreOptions>(providerOptions, SCORE_OPTIONS);
      const options: RerankOptions = {
        ...(always as ScoreOptions),
        ...now,
        poolingParams: { ...(always as ScoreOptions).poolingParams, ...now.poolingParams },
        ...(topN !== undefined && { topN }),
        ...(abortSignal && { signal: abortSignal }),
      };
      const texts =
        documents.type === 'text'
          ? documents.values
          : documents.values.map((one) => (documentText ? documentText(one) : JSON.stringify(one)));
      const results = await called(llm.rerank(query, texts, options), modelId, abortSignal);
      return {
        ranking: results.map(({ index, relevance_score }) => ({ index, relevanceScore: relevance_score })),
        warnings: documents.type === 'object' && !documentText ? [asJson] : [],
      };
    },
  };
}
