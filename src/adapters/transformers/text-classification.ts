/** `text-classification`: texts in, the most probable classes of each out. */
import { PoolingError, shown } from '../../errors.ts';
import { readOptions } from '../../facade/options.ts';
import { OPTIONS_OF } from '../../facade/pool-request.ts';
import type { ClassifyOptions } from '../../types.ts';
import { merged } from '../embed-options.ts';
import { AS_GIVEN, labelOf, listOf, type PipelineLLM, type Texts } from './texts.ts';

/** Besides: options of `LLM.classify`, such as `signal`. */
export interface TextClassificationOptions extends Omit<ClassifyOptions, 'head'> {
  /** Classes of each text, most probable first. Null: all. Default 1, and then without a list around each text's one class. */
  top_k?: number | null;
}

export interface Classified {
  /** Of config.json's `id2label`; `LABEL_0` and so on without. */
  label: string;
  /** As the model's files say: softmax, or sigmoid of a class alone or of several that may hold. transformers.js answers 1 for a class alone. */
  score: number;
}

export interface TextClassification {
  (texts: Texts, options?: TextClassificationOptions & { top_k?: 1 }): Promise<Classified[]>;
  (text: string, options: TextClassificationOptions): Promise<Classified[]>;
  (texts: readonly string[], options: TextClassificationOptions): Promise<Classified[][]>;
}

export async function textClassification(
  llm: PipelineLLM,
  texts: Texts,
  options?: TextClassificationOptions,
): Promise<Classified[] | Classified[][]> {
  const known = [...OPTIONS_OF.classify.filter((name) => name !== 'head'), 'topK'] as const;
  type Read = Omit<TextClassificationOptions, 'top_k'> & { topK?: number | null };
  const { topK = 1, ...rest } = readOptions<Read>(options as Read | undefined, known, 'text-classification');
  if (topK !== null && !(Number.isInteger(topK) && topK >= 1))
    throw new PoolingError('invalid-option', `top_k must be an integer of at least 1, or null for all classes, got ${shown(topK)}.`);
  const outputs = await llm.classify(listOf(texts), merged<ClassifyOptions>(AS_GIVEN, rest));
  const best = outputs.map(({ outputs: { probs } }) =>
    Array.from(probs, (score, index) => ({ label: labelOf(llm.info.labels, index), score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, topK ?? undefined),
  );
  return topK === 1 ? best.flat() : typeof texts === 'string' ? best[0]! : best;
}
