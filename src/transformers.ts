/** rockpool in the place of transformers.js: `pipeline()` of the tasks that pooling models serve. */
import { LLM } from 'rockpool';
import { pipelineOver, type Pipeline, type PipelineTask } from './adapters/transformers/pipeline.ts';
import type { PipelineLLM } from './adapters/transformers/texts.ts';
import type { PipelineOptions } from './adapters/transformers/load-options.ts';

const load = pipelineOver((model: Parameters<typeof LLM.load>[0], options) => LLM.load(model, options));

/**
 * `feature-extraction`, `text-classification`, `token-classification` (and transformers.js' other names for them), or `text-ranking`, over
 * `LLM.load` of `rockpool`: in a worker on a page, in-process elsewhere. What the function that it gives takes and answers is transformers.js';
 * besides, the options of the LLM's own methods, `signal` among them. What differs from transformers.js:
 *
 * - A text that is too long is cut to the model's `max_seq_length`, and keeps its last special token.
 * - `pooling` of the model's own type gives the model's own vector, `last_token` the text's last token, with padding on either side.
 * - Vectors do not depend on the other texts of the call. No prompt goes before a text, as in transformers.js; `promptName` sets one.
 * - Options without effect here (`session_options`, `subfolder`, `quantized`, …) are errors, and there is no default model.
 *
 * @param model As for `LLM.load`; or an LLM that is loaded, of any entry.
 * @throws PoolingError as `LLM.load`, `unsupported-task` for other tasks. The function: as the methods of the LLM.
 */
export function pipeline<T extends PipelineTask>(
  task: T,
  model: Parameters<typeof LLM.load>[0] | PipelineLLM,
  options?: PipelineOptions,
): Promise<Pipeline<T>> {
  return load(task, model, options);
}

export { Tensor } from './adapters/transformers/tensor.ts';
export type { Pipeline, PipelineLLM, PipelineOptions, PipelineTask };
export type { ProgressInfo } from './adapters/transformers/load-options.ts';
export type { FeatureExtractionOptions } from './adapters/transformers/feature-extraction.ts';
export type { Classified, TextClassificationOptions } from './adapters/transformers/text-classification.ts';
export type { FoundEntity, FoundToken, TokenClassificationOptions } from './adapters/transformers/token-classification.ts';
export type { Ranked, TextRankingOptions } from './adapters/transformers/text-ranking.ts';
