/** LLMs by their names -> a provider of the AI SDK, for registries and for `provider.embeddingModel('name')`. */
import { PoolingError, shown } from '../../errors.ts';
import { readOptions } from '../../facade/options.ts';
import type { Task } from '../../types.ts';
import type { EmbeddingLLM, RerankingLLM } from '../models.ts';
import type { SpecificationVersion } from './call-types.ts';
import { embeddingModel, type RockpoolEmbeddingModel } from './embedding-model.ts';
import { rerankingModel, type RockpoolRerankingModel } from './reranking-model.ts';
import { noSuchModel } from './sdk-errors.ts';

export interface RockpoolProviderSettings<V extends SpecificationVersion = 'v3'> {
  /** By the ids that the provider's methods take. */
  models: Readonly<Record<string, EmbeddingLLM & RerankingLLM>>;
  /** Default `v3`, for `ai` 6 and 7. */
  specificationVersion?: V;
}

/** Each throws NoSuchModelError for an id that is not among the models, or whose model serves no such task. */
export interface RockpoolProvider<V extends SpecificationVersion = 'v3'> {
  readonly specificationVersion: V;
  embeddingModel(modelId: string): RockpoolEmbeddingModel<V>;
  /** The older name of `embeddingModel`. */
  textEmbeddingModel(modelId: string): RockpoolEmbeddingModel<V>;
  rerankingModel(modelId: string): RockpoolRerankingModel<V>;
  languageModel(modelId: string): never;
  imageModel(modelId: string): never;
}

/**
 * For `createProviderRegistry({ rockpool: createRockpool({ models: { minilm } }) })`. Models with settings of their own: `embeddingModel`.
 *
 * The version is that of the settings, whatever the place that it is written in would take: NoInfer.
 */
export function createRockpool<V extends SpecificationVersion = 'v3'>(settings: RockpoolProviderSettings<V>): RockpoolProvider<NoInfer<V>> {
  const { models, specificationVersion = 'v3' as V } = readOptions(settings, ['models', 'specificationVersion'], 'createRockpool');
  if (typeof models !== 'object' || models === null)
    throw new PoolingError('invalid-option', `The option models of createRockpool must be an object of LLMs by id, got ${shown(models)}.`);
  const find = (modelId: string, type: string, task: Task) => {
    if (!Object.hasOwn(models, modelId)) throw noSuchModel(modelId, type, `There are: ${Object.keys(models).join(', ') || 'none'}.`);
    const llm = models[modelId]!;
    if (!llm.info.tasks.includes(task)) throw noSuchModel(modelId, type, `It serves: ${llm.info.tasks.join(', ') || 'nothing'}.`);
    return llm;
  };
  const none = (type: string) => (modelId: string) => {
    throw noSuchModel(modelId, type, 'rockpool has embedding and reranking models.');
  };
  const embedding = (modelId: string) => embeddingModel<V>(find(modelId, 'embeddingModel', 'embed'), { modelId, specificationVersion });
  return {
    specificationVersion,
    embeddingModel: embedding,
    textEmbeddingModel: embedding,
    rerankingModel: (modelId) => rerankingModel<V>(find(modelId, 'rerankingModel', 'score'), { modelId, specificationVersion }),
    languageModel: none('languageModel'),
    imageModel: none('imageModel'),
  };
}
