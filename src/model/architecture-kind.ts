/** An architecture's name -> what its class gives: vLLM's conversion by suffix. */

/**
 * `embed`: states, to be pooled. `classify`: one row of logits for a text or a pair. `token_classify`: one for each token. `reward`: one for each
 * token, or for each step. `causal_lm`: logits of the next token, or states that nobody said how to pool.
 */
export type ModelKind = 'embed' | 'classify' | 'token_classify' | 'reward' | 'causal_lm';

/** The first that fits. */
const bySuffix: readonly [RegExp, ModelKind][] = [
  [/ForTokenClassification$/, 'token_classify'],
  [/(ForCausalLM|ForConditionalGeneration|ChatModel|LMHeadModel)$/, 'causal_lm'],
  [/(ForSequenceClassification|For(Audio|Image|Video)Classification|ClassificationModel|ForRanking)$/, 'classify'],
  [/(ForRewardModeling|RewardModel)$/, 'reward'],
];

/** What is no head is a model of states, under whatever name: *Model, *ForTextEncoding, *ForMaskedLM, HF_ColBERT. */
export function architectureKind(architecture: string): ModelKind {
  return bySuffix.find(([name]) => name.test(architecture))?.[1] ?? 'embed';
}

/** Classes that give a vector for each token, to be compared by MaxSim. */
export function isLateInteraction(architecture: string): boolean {
  return /ColBERT/i.test(architecture);
}

/** What classes of vLLM say beside their weights. */
interface ClassHooks {
  numLabels?: number;
  stepTagId?: number;
  /** False: logits as they are, unless asked otherwise. */
  useActivation?: false;
}
const hooks: ReadonlyMap<string, ClassHooks> = new Map<string, ClassHooks>([
  ['Qwen2ForRewardModel', { numLabels: 1, useActivation: false }],
  // <extra_0> of Qwen's vocabulary.
  ['Qwen2ForProcessRewardModel', { numLabels: 2, stepTagId: 151651 }],
  ['InternLM2ForRewardModel', { numLabels: 1 }],
  ['JambaForSequenceClassification', { useActivation: false }],
  ['JinaVLForRanking', { numLabels: 1 }],
]);

export function classHooks(architecture: string): ClassHooks {
  return hooks.get(architecture) ?? {};
}
