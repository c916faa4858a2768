/**
 * One model of each family that people run as ONNX, by the values that decide what it is. Pooling modes marked (z) were read from the models' own
 * 1_Pooling/config.json in github.com/oscardvs/zoteus/issues/51; the others, and the classes, are from vLLM's lists ("spec") or the model cards.
 */
import { knownModels, logits, states, withModules, type KnownModel } from './known-models-for-tests.ts';

const sizes = { hidden_size: 384, vocab_size: 30522, num_attention_heads: 12, max_position_embeddings: 512, pad_token_id: 0 };
const config = (architecture: string, type: string, more: Record<string, unknown> = {}) => ({
  architectures: [architecture],
  model_type: type,
  ...sizes,
  ...more,
});
const bert = (mode: string) => withModules(mode, config('BertModel', 'bert'));
const classifier = (architecture: string, type: string, labels: number, more: Record<string, unknown> = {}): KnownModel => ({
  config: config(architecture, type, {
    id2label: Object.fromEntries(Array.from({ length: labels }, (_, i) => [i, `LABEL_${i}`])),
    ...more,
  }),
  outputs: [logits(labels, architecture.endsWith('TokenClassification') ? 'token' : 'text')],
});

export const modelFamilies: Readonly<Record<string, KnownModel>> = {
  // (z), and the files of models/all-MiniLM-L6-v2.
  'sentence-transformers/all-MiniLM-L6-v2': bert('mean_tokens'),
  // (z)
  'sentence-transformers/all-mpnet-base-v2': withModules('mean_tokens', config('MPNetForMaskedLM', 'mpnet', { pad_token_id: 1 })),
  // (z)
  'intfloat/multilingual-e5-small': bert('mean_tokens'),
  'intfloat/multilingual-e5-large': knownModels['intfloat/multilingual-e5-large']!,
  // (z)
  'BAAI/bge-small-en-v1.5': bert('cls_token'),
  // (z)
  'mixedbread-ai/mxbai-embed-large-v1': bert('cls_token'),
  // (z)
  'Snowflake/snowflake-arctic-embed-s': bert('cls_token'),
  'Alibaba-NLP/gte-modernbert-base': withModules('cls_token', config('ModernBertModel', 'modernbert')),
  'Alibaba-NLP/gte-multilingual-base': withModules('cls_token', config('NewModel', 'new')),
  'thenlper/gte-base': bert('mean_tokens'),
  'nomic-ai/nomic-embed-text-v1.5': withModules('mean_tokens', config('NomicBertModel', 'nomic_bert')),
  'google/embeddinggemma-300m': {
    ...withModules('mean_tokens', config('Gemma3TextModel', 'gemma3_text')),
    outputs: [states(384), { name: 'sentence_embedding', rows: 'text', width: 384 }],
  },
  'cross-encoder/ms-marco-MiniLM-L6-v2': classifier('BertForSequenceClassification', 'bert', 1, {
    sentence_transformers: { activation_fn: 'torch.nn.modules.linear.Identity' },
  }),
  'BAAI/bge-reranker-base': classifier('XLMRobertaForSequenceClassification', 'xlm-roberta', 1, { pad_token_id: 1 }),
  'Alibaba-NLP/gte-reranker-modernbert-base': classifier('ModernBertForSequenceClassification', 'modernbert', 1),
  'mixedbread-ai/mxbai-rerank-xsmall-v1': classifier('DebertaV2ForSequenceClassification', 'deberta-v2', 1),
  'jinaai/jina-reranker-v2-base-multilingual': classifier('XLMRobertaForSequenceClassification', 'xlm-roberta', 1, { pad_token_id: 1 }),
  'Qwen/Qwen3-Reranker-0.6B': {
    config: config('Qwen3ForCausalLM', 'qwen3', { vocab_size: 151669 }),
    files: { tokenizer: { model: { vocab: { no: 2152, yes: 9693 } } } },
    hf: { is_original_qwen3_reranker: true },
    outputs: [logits(151669, 'token')],
  },
  'distilbert/distilbert-base-uncased-finetuned-sst-2-english': classifier('DistilBertForSequenceClassification', 'distilbert', 2),
  'dslim/bert-base-NER': classifier('BertForTokenClassification', 'bert', 9),
  'answerdotai/answerai-colbert-small-v1': {
    config: config('HF_ColBERT', 'bert'),
    outputs: [{ name: 'contextual', rows: 'token', width: 96 }],
  },
};
