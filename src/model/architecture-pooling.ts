/** An architecture's name -> the pooling type of its class in vLLM. */

const byName: readonly [RegExp, 'CLS' | 'MEAN' | 'ALL' | 'STEP'][] = [
  [
    /^(Bert|Roberta|XLMRoberta|ModernBert|NomicBert|GteNew|SnowflakeGte|Gte)(Model|EmbeddingModel|ForMaskedLM|ForSequenceClassification)$/,
    'CLS',
  ],
  [/ColBERT/i, 'CLS'],
  [/^(Lfm2Bidirectional|Siglip)/, 'CLS'],
  [/^EmbeddingGemma2/, 'MEAN'],
  [/^BertPoolingModel$|^(InternLM2|Qwen2)ForRewardModel$|ForTokenClassification$/, 'ALL'],
  [/^Qwen2ForProcessRewardModel$/, 'STEP'],
];

/** LAST is right for decoders, which is what all other classes are in vLLM. */
export function architecturePooling(architecture: string): 'CLS' | 'LAST' | 'MEAN' | 'ALL' | 'STEP' {
  return byName.find(([name]) => name.test(architecture))?.[1] ?? 'LAST';
}
