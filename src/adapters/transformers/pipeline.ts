/** A task and a model -> a function from texts to what transformers.js' pipeline of that task answers. */
import { PoolingError, shown } from '../../errors.ts';
import type { LoadOptions } from '../../types.ts';
import { featureExtraction, type FeatureExtractionOptions } from './feature-extraction.ts';
import { loadOptions, type PipelineOptions } from './load-options.ts';
import type { Tensor } from './tensor.ts';
import { textClassification, type TextClassification } from './text-classification.ts';
import { textRanking, type Ranked, type TextRankingOptions } from './text-ranking.ts';
import type { PipelineLLM, Texts } from './texts.ts';
import { tokenClassification, type TokenClassification } from './token-classification.ts';

interface Tasks {
  'feature-extraction': (texts: Texts, options?: FeatureExtractionOptions) => Promise<Tensor>;
  'text-classification': TextClassification;
  'token-classification': TokenClassification;
  'text-ranking': (query: string, documents: readonly string[], options?: TextRankingOptions) => Promise<Ranked[]>;
}

const CALLS = {
  'feature-extraction': featureExtraction,
  'text-classification': textClassification,
  'token-classification': tokenClassification,
  'text-ranking': textRanking,
} satisfies { [T in keyof Tasks]: (llm: PipelineLLM, ...args: Parameters<Tasks[T]>) => Promise<unknown> };

const ALIASES = { embeddings: 'feature-extraction', 'sentiment-analysis': 'text-classification', ner: 'token-classification' } as const;

export type PipelineTask = keyof Tasks | keyof typeof ALIASES;

type Named<T extends PipelineTask> = T extends keyof typeof ALIASES ? (typeof ALIASES)[T] : T;

export type Pipeline<T extends PipelineTask = PipelineTask> = Tasks[Named<T> & keyof Tasks] & {
  readonly task: Named<T>;
  /** The LLM itself. */
  readonly model: PipelineLLM;
  /** Frees the model, one that was given already loaded too. */
  dispose(): Promise<void>;
};

/** `load` is `LLM.load` of the entry that the pipelines are to run in. */
export function pipelineOver<M>(load: (model: M, options: LoadOptions) => Promise<PipelineLLM>) {
  return async <T extends PipelineTask>(task: T, model: M | PipelineLLM, options: PipelineOptions = {}): Promise<Pipeline<T>> => {
    const name = Object.hasOwn(ALIASES, task) ? ALIASES[task as keyof typeof ALIASES] : task;
    if (!Object.hasOwn(CALLS, name)) {
      const known = [...Object.keys(CALLS), ...Object.keys(ALIASES)];
      throw new PoolingError('unsupported-task', `rockpool has no pipeline ${shown(task)}. It has: ${known.join(', ')}.`);
    }
    const llm = isLLM(model) ? asItIs(model, options) : await load(model, loadOptions(options, name, model));
    const call = CALLS[name as keyof Tasks] as (llm: PipelineLLM, ...args: unknown[]) => unknown;
    return Object.assign((...args: unknown[]) => call(llm, ...args), {
      task: name,
      model: llm,
      dispose: () => llm.dispose(),
    }) as Pipeline<T>;
  };
}

function isLLM(model: unknown): model is PipelineLLM {
  return typeof (model as PipelineLLM | null)?.embed === 'function';
}

function asItIs(llm: PipelineLLM, options: PipelineOptions): PipelineLLM {
  const [option] = Object.keys(options);
  if (option === undefined) return llm;
  throw new PoolingError('invalid-option', `The option ${option} is for loading a model, and this one is loaded.`);
}
