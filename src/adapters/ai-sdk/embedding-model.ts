/** An LLM -> an embedding model of the AI SDK. Texts in, plain arrays of numbers in their order out. */
import type { EitherSpelling } from '../../facade/options.ts';
import { EMBED_SETTINGS, embedOptions, readSettings, type EmbedSettings } from '../embed-options.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { EmbeddingLLM } from '../models.ts';
import type { SdkCallOptions, SdkWarning, SpecificationVersion } from './call-types.ts';
import { called } from './sdk-errors.ts';
import { providerSettings } from './provider-settings.ts';

/** Besides: options of `LLM.embed`, for every call that does not say otherwise in `providerOptions.rockpool`. */
export interface EmbeddingModelSettings<V extends SpecificationVersion = 'v3'> extends Omit<EmbedSettings, 'signal'> {
  /** Default: `llm.info.model`. */
  modelId?: string;
  /** Texts that `embedMany` sends in one call. Default Infinity: batches are made where the device is. */
  maxEmbeddingsPerCall?: number;
  /** Default `v3`, for `ai` 6 and 7. */
  specificationVersion?: V;
}

export interface RockpoolEmbeddingModel<V extends SpecificationVersion = 'v3'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number;
  readonly supportsParallelCalls: boolean;
  doEmbed(options: SdkCallOptions & { values: string[]; dimensions?: number | undefined }): Promise<{
    embeddings: number[][];
    /** Special tokens and prompts included. Absent where a server does not tell them: the SDK then says NaN. */
    usage?: { tokens: number };
    warnings: SdkWarning[];
  }>;
}

/**
 * For `embed` and `embedMany` of `ai`: `embed({ model: embeddingModel(llm), value })`. A call takes `dimensions` (of `ai` 7; else in
 * `providerOptions.rockpool`), and `providerOptions: { rockpool: { promptName, truncatePromptTokens, … } }`, the options of `LLM.embed`.
 *
 * Errors as `LLM.embed`. Those that pass, such as `worker-crashed`, are APICallErrors that the SDK tries again.
 */
export function embeddingModel<V extends SpecificationVersion = 'v3'>(
  llm: EmbeddingLLM,
  settings?: EitherSpelling<EmbeddingModelSettings<V>>,
): RockpoolEmbeddingModel<NoInfer<V>> {
  checked(llm, 'embed', 'embeddingModel');
  const own = ['modelId', 'maxEmbeddingsPerCall', 'specificationVersion'] as const;
  const {
    modelId = llm.info.model,
    maxEmbeddingsPerCall = Infinity,
    specificationVersion = 'v3' as V,
    ...always
  } = readSettings(settings as EmbeddingModelSettings<V> | undefined, own, 'embeddingModel');
  return {
    specificationVersion,
    provider: 'rockpool',
    modelId,
    maxEmbeddingsPerCall,
    supportsParallelCalls: true,
    // Not a method of a class: the SDK reads models of V3 through a Proxy.
    doEmbed: async ({ values, dimensions, abortSignal, providerOptions }) => {
      const now = providerSettings<EmbedSettings>(providerOptions, EMBED_SETTINGS);
      const options = embedOptions(always as EmbedSettings, now, {
        ...(dimensions !== undefined && { dimensions }),
        ...(abortSignal && { signal: abortSignal }),
      });
      const outputs = await called(llm.embed(values, options), modelId, abortSignal);
      return {
        embeddings: outputs.map(({ outputs: { embedding } }) => Array.from(embedding)),
        ...usageOf(outputs.map(({ prompt_token_ids }) => prompt_token_ids.length)),
        warnings: [],
      };
    },
  };
}

/** No text is of no tokens: a remote LLM does not know its tokens. */
function usageOf(counts: readonly number[]): { usage?: { tokens: number } } {
  return counts.includes(0) ? {} : { usage: { tokens: counts.reduce((sum, count) => sum + count, 0) } };
}
