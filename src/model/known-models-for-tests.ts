/**
 * The models that vLLM's page of pooling models names, by the values of their files that matter here, and the outputs of their exports.
 * Nothing is downloaded: a value is from the place that its comment links to, or from vLLM's source and tests ("spec"), which name what
 * they resolve for each.
 */
import type { GraphOutput } from '../shapes.ts';
import type { ConfigFiles } from './config-files.ts';
import { sentence, type Given } from './spec-for-tests.ts';

export interface KnownModel extends Given {
  outputs: readonly GraphOutput[];
}

export const states = (width: number): GraphOutput => ({ name: 'last_hidden_state', rows: 'token', width });
export const logits = (width: number, rows: GraphOutput['rows'] = 'text'): GraphOutput => ({ name: 'logits', rows, width });

const flags = (mode: string) =>
  Object.fromEntries(['cls_token', 'mean_tokens', 'max_tokens', 'lasttoken'].map((each) => [`pooling_mode_${each}`, each === mode]));
/** A model with modules.json: Transformer, Pooling, Normalize. */
export const withModules = (mode: string, config: Record<string, unknown>, files: Partial<ConfigFiles> = {}): KnownModel => ({
  config,
  files: { ...sentence(flags(mode)).files, ...files },
  outputs: [states(config['hidden_size'] as number)],
});

/** huggingface.co/BAAI/bge-reranker-v2-m3 has these values (a copy of its config.json was seen), and so has XLM-RoBERTa large. */
const xlmRobertaLarge = {
  architectures: ['XLMRobertaModel'],
  model_type: 'xlm-roberta',
  hidden_size: 1024,
  num_hidden_layers: 24,
  intermediate_size: 4096,
  type_vocab_size: 1,
  vocab_size: 250002,
  num_attention_heads: 16,
  pad_token_id: 1,
  max_position_embeddings: 514,
  position_embedding_type: 'absolute',
};
const qwen3 = { architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', num_key_value_heads: 8, head_dim: 128 };
export const arcticPrompt = 'Represent this sentence for searching relevant passages: ';
/** config_sentence_transformers.json of Qwen3-Embedding, quoted with its link in github.com/BenBeef/jigsaw_Agile_Community_Rules_Classification. */
export const qwenPrompt = 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:';
/** github.com/vllm-project/vllm/issues/15465 names jina-embeddings-v3 as Matryoshka; the list is from the spec. */
export const mrl = [32, 64, 128, 256, 512, 768, 1024];
export const adapters = ['retrieval.query', 'retrieval.passage', 'separation', 'classification', 'text-matching'];

const qwenEmbedding = (config: Record<string, unknown>) =>
  withModules(
    'lasttoken',
    { ...qwen3, ...config },
    {
      tokenizer: { added_tokens: [{ id: 151643, content: '<|endoftext|>' }] },
      tokenizerConfig: { padding_side: 'left', pad_token: '<|endoftext|>', model_max_length: 131072 },
      sentenceModel: { prompts: { query: qwenPrompt, document: '' }, default_prompt_name: null, similarity_fn_name: 'cosine' },
    },
  );

export const knownModels: Readonly<Record<string, KnownModel>> = {
  // github.com/microsoft/winml-cli/pull/1210: XLMRobertaModel, 24 layers, 1024 values. MEAN: pull/1182 (small), spec.
  'intfloat/multilingual-e5-large': withModules('mean_tokens', xlmRobertaLarge, {
    sentence: { max_seq_length: 512, do_lower_case: false },
    tokenizerConfig: { model_max_length: 512 },
  }),
  // The prompts are quoted with the name of their file in MTEB's wrapper (github.com/embeddings-benchmark/mteb). Length and adapters: spec.
  'jinaai/jina-embeddings-v3': {
    ...withModules(
      'mean_tokens',
      {
        ...xlmRobertaLarge,
        position_embedding_type: 'rotary',
        max_position_embeddings: 8194,
        matryoshka_dimensions: mrl,
        lora_adaptations: adapters,
      },
      {
        tokenizerConfig: { model_max_length: 8194 },
        sentenceModel: {
          prompts: {
            'retrieval.query': 'Represent the query for retrieving evidence documents: ',
            'retrieval.passage': 'Represent the document for retrieval: ',
            separation: '',
            classification: '',
            'text-matching': '',
          },
          default_prompt_name: null,
        },
      },
    ),
    // github.com/huggingface/transformers.js/issues/1072
    outputs: [{ name: 'text_embeds', rows: 'token', width: 1024 }],
  },
  // huggingface.co/jinaai/jina-embeddings-v4: 2048 values, mean pooling. The class, and that it has no modules.json: spec.
  'jinaai/jina-embeddings-v4-vllm-retrieval': {
    config: {
      architectures: ['Qwen2_5_VLForConditionalGeneration'],
      model_type: 'qwen2_5_vl',
      text_config: {
        hidden_size: 2048,
        num_hidden_layers: 36,
        intermediate_size: 11008,
        vocab_size: 151936,
        num_attention_heads: 16,
        num_key_value_heads: 2,
        max_position_embeddings: 128000,
      },
    },
    override: { pooling_type: 'MEAN', normalize: true },
    outputs: [states(2048)],
  },
  // A copy of its config.json was seen; the card says 32k tokens, and 40960 counts.
  'Qwen/Qwen3-Embedding-4B': qwenEmbedding({
    hidden_size: 2560,
    num_hidden_layers: 36,
    intermediate_size: 9728,
    vocab_size: 151665,
    num_attention_heads: 32,
    max_position_embeddings: 40960,
  }),
  // 595,776,512 parameters and the last token: huggingface.co/Teradata/qwen3-embedding-0.6b. The values here come to that number exactly.
  'Qwen/Qwen3-Embedding-0.6B': qwenEmbedding({
    hidden_size: 1024,
    num_hidden_layers: 28,
    intermediate_size: 3072,
    vocab_size: 151669,
    num_attention_heads: 16,
    max_position_embeddings: 32768,
  }),
  // Spec; the prompt's name is from memory.
  'intfloat/e5-mistral-7b-instruct': withModules(
    'lasttoken',
    {
      architectures: ['MistralModel'],
      model_type: 'mistral',
      hidden_size: 4096,
      num_hidden_layers: 32,
      intermediate_size: 14336,
      vocab_size: 32000,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      pad_token_id: 2,
      max_position_embeddings: 32768,
    },
    {
      sentence: { max_seq_length: 4096, do_lower_case: false },
      tokenizerConfig: { model_max_length: 1e30 },
      sentenceModel: { prompts: { web_search_query: `${qwenPrompt} ` }, default_prompt_name: null },
    },
  ),
  // 4096 tokens: github.com/TsinghuaC3I/Unify-Post-Training/issues/5 (Qwen2.5-Math). The class: github.com/vllm-project/vllm/pull/8896.
  'Qwen/Qwen2.5-Math-RM-72B': {
    config: {
      architectures: ['Qwen2ForRewardModel'],
      model_type: 'qwen2',
      hidden_size: 8192,
      num_hidden_layers: 80,
      intermediate_size: 29568,
      vocab_size: 152064,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      max_position_embeddings: 4096,
    },
    outputs: [logits(1, 'token')],
  },
  // Labels and class: vLLM's test_classification.py (spec). Sizes: Qwen2.5-1.5B.
  'jason9693/Qwen2.5-1.5B-apeach': {
    config: {
      architectures: ['Qwen2ForSequenceClassification'],
      model_type: 'qwen2',
      hidden_size: 1536,
      num_hidden_layers: 28,
      intermediate_size: 8960,
      vocab_size: 151936,
      num_attention_heads: 12,
      num_key_value_heads: 2,
      max_position_embeddings: 131072,
      id2label: { 0: 'Default', 1: 'Spoiled' },
    },
    outputs: [logits(2)],
  },
  // A copy of its config.json was seen, with 567,755,777 parameters counted: what the values here come to.
  'BAAI/bge-reranker-v2-m3': {
    config: {
      ...xlmRobertaLarge,
      architectures: ['XLMRobertaForSequenceClassification'],
      max_position_embeddings: 8194,
      id2label: { 0: 'LABEL_0' },
    },
    files: { tokenizerConfig: { model_max_length: 8192 } },
    outputs: [logits(1)],
  },
  // Copies of config.json and tokenizer_config.json were seen. CLS: vLLM's and fastembed's tables.
  'BAAI/bge-m3': withModules(
    'cls_token',
    { ...xlmRobertaLarge, max_position_embeddings: 8194 },
    { sentence: { max_seq_length: 8192, do_lower_case: false }, tokenizerConfig: { model_max_length: 8192 } },
  ),
  // CLS, 768 values, 512 tokens and the prompt, pinned with the file's hash in a public repository; BertModel:
  // github.com/vllm-project/vllm/issues/15465.
  'Snowflake/snowflake-arctic-embed-m-v1.5': {
    ...withModules(
      'cls_token',
      {
        architectures: ['BertModel'],
        model_type: 'bert',
        hidden_size: 768,
        num_hidden_layers: 12,
        intermediate_size: 3072,
        type_vocab_size: 2,
        vocab_size: 30522,
        num_attention_heads: 12,
        pad_token_id: 0,
        max_position_embeddings: 512,
      },
      {
        sentence: { max_seq_length: 512, do_lower_case: false },
        tokenizerConfig: { model_max_length: 512 },
        sentenceModel: { prompts: { query: arcticPrompt }, default_prompt_name: null },
      },
    ),
    hf: { matryoshka_dimensions: [256] },
  },
};
