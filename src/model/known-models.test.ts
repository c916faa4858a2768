/**
 * The models of the requirement, by the values of their files that matter here: written down from their cards and vLLM's tests, not downloaded.
 * What is expected is what docs/models.md says of them.
 */
import { describe, expect, test } from 'vitest';
import type { ConfigFiles } from './config-files.ts';
import { resolve, sentence, type Given } from './spec-for-tests.ts';

const flags = (mode: string, more: object = {}) => ({
  ...Object.fromEntries(['cls_token', 'mean_tokens', 'max_tokens', 'lasttoken'].map((each) => [`pooling_mode_${each}`, each === mode])),
  ...more,
});
/** A model with modules.json: Transformer, Pooling, Normalize. */
const st = (mode: string, config: Record<string, unknown>, files: Partial<ConfigFiles> = {}): Given => ({
  config,
  files: { ...sentence(flags(mode)).files, ...files },
});
const xlmRoberta = {
  architectures: ['XLMRobertaModel'],
  model_type: 'xlm-roberta',
  hidden_size: 1024,
  vocab_size: 250002,
  num_attention_heads: 16,
  pad_token_id: 1,
  max_position_embeddings: 514,
  position_embedding_type: 'absolute',
};
const arcticPrompt = 'Represent this sentence for searching relevant passages: ';
const qwenPrompt = 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:';
const mrl = [32, 64, 128, 256, 512, 768, 1024];
const adapters = ['retrieval.query', 'retrieval.passage', 'separation', 'classification', 'text-matching'];

const models: Readonly<Record<string, Given>> = {
  'intfloat/multilingual-e5-large': st('mean_tokens', xlmRoberta, {
    sentence: { max_seq_length: 512, do_lower_case: false },
    tokenizerConfig: { model_max_length: 512 },
  }),
  'jinaai/jina-embeddings-v3': st(
    'mean_tokens',
    {
      ...xlmRoberta,
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
  'jinaai/jina-embeddings-v4-vllm-retrieval': {
    config: {
      architectures: ['Qwen2_5_VLForConditionalGeneration'],
      model_type: 'qwen2_5_vl',
      text_config: {
        hidden_size: 2048,
        vocab_size: 151936,
        num_attention_heads: 16,
        num_key_value_heads: 2,
        max_position_embeddings: 128000,
      },
    },
    override: { pooling_type: 'MEAN', normalize: true },
  },
  'Qwen/Qwen3-Embedding-4B': st(
    'lasttoken',
    {
      architectures: ['Qwen3ForCausalLM'],
      model_type: 'qwen3',
      hidden_size: 2560,
      vocab_size: 151665,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 128,
      max_position_embeddings: 40960,
    },
    {
      tokenizer: { added_tokens: [{ id: 151643, content: '<|endoftext|>' }] },
      tokenizerConfig: { padding_side: 'left', pad_token: '<|endoftext|>', model_max_length: 131072 },
      sentenceModel: { prompts: { query: qwenPrompt, document: '' }, default_prompt_name: null, similarity_fn_name: 'cosine' },
    },
  ),
  'intfloat/e5-mistral-7b-instruct': st(
    'lasttoken',
    {
      architectures: ['MistralModel'],
      model_type: 'mistral',
      hidden_size: 4096,
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
  'Qwen/Qwen2.5-Math-RM-72B': {
    config: {
      architectures: ['Qwen2ForRewardModel'],
      model_type: 'qwen2',
      hidden_size: 8192,
      vocab_size: 152064,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      max_position_embeddings: 4096,
    },
  },
  'jason9693/Qwen2.5-1.5B-apeach': {
    config: {
      architectures: ['Qwen2ForSequenceClassification'],
      model_type: 'qwen2',
      hidden_size: 1536,
      vocab_size: 151936,
      num_attention_heads: 12,
      num_key_value_heads: 2,
      max_position_embeddings: 131072,
      id2label: { 0: 'Default', 1: 'Spoiled' },
    },
  },
  'BAAI/bge-reranker-v2-m3': {
    config: {
      ...xlmRoberta,
      architectures: ['XLMRobertaForSequenceClassification'],
      max_position_embeddings: 8194,
      id2label: { 0: 'LABEL_0' },
    },
    files: { tokenizerConfig: { model_max_length: 8192 } },
  },
  'BAAI/bge-m3': st(
    'cls_token',
    { ...xlmRoberta, max_position_embeddings: 8194 },
    { sentence: { max_seq_length: 8192, do_lower_case: false }, tokenizerConfig: { model_max_length: 8192 } },
  ),
  'Snowflake/snowflake-arctic-embed-m-v1.5': {
    ...st(
      'cls_token',
      {
        architectures: ['BertModel'],
        model_type: 'bert',
        hidden_size: 768,
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

describe('the requirement’s models', () => {
  test.each<[string, string, string, number, number]>([
    ['intfloat/multilingual-e5-large', 'embed', 'MEAN normalize modules.json', 1024, 512],
    ['jinaai/jina-embeddings-v3', 'embed', 'MEAN normalize modules.json', 1024, 8194],
    ['jinaai/jina-embeddings-v4-vllm-retrieval', 'embed', 'MEAN normalize override', 2048, 128000],
    ['Qwen/Qwen3-Embedding-4B', 'embed', 'LAST normalize modules.json', 2560, 40960],
    ['intfloat/e5-mistral-7b-instruct', 'embed', 'LAST normalize modules.json', 4096, 4096],
    ['Qwen/Qwen2.5-Math-RM-72B', 'reward', 'ALL normalize architecture', 8192, 4096],
    ['jason9693/Qwen2.5-1.5B-apeach', 'classify', 'LAST normalize architecture', 1536, 131072],
    ['BAAI/bge-reranker-v2-m3', 'classify', 'CLS normalize architecture', 1024, 8192],
    ['BAAI/bge-m3', 'embed', 'CLS normalize modules.json', 1024, 8192],
    ['Snowflake/snowflake-arctic-embed-m-v1.5', 'embed', 'CLS normalize modules.json', 768, 512],
  ])('%s: %s, %s, %d values, %d tokens', (name, kind, expected, embeddingSize, maxModelLen) => {
    const spec = resolve(models[name]);
    const { pooling_type, normalize, source } = spec.pooler;
    expect(spec).toMatchObject({ kind, embeddingSize, maxModelLen, head: [], lateInteraction: false, doLowerCase: false });
    expect([pooling_type, normalize ? 'normalize' : 'raw', source].join(' ')).toBe(expected);
  });

  test.each<[string, Record<string, unknown>]>([
    ['jinaai/jina-embeddings-v3', { taskAdapters: adapters, defaultAdapter: 4, matryoshkaDimensions: mrl, isMatryoshka: true }],
    ['jinaai/jina-embeddings-v4-vllm-retrieval', { kvShape: { kvHeads: 2, headDim: 128 }, isMatryoshka: false, prompts: {} }],
    [
      'Qwen/Qwen3-Embedding-4B',
      {
        kvShape: { kvHeads: 8, headDim: 128 },
        paddingSide: 'left',
        padTokenId: 151643,
        hasPadToken: false,
        prompts: { query: qwenPrompt, document: '' },
        defaultPromptName: null,
        similarityFnName: 'cosine',
        isMatryoshka: false,
      },
    ],
    ['intfloat/e5-mistral-7b-instruct', { kvShape: { kvHeads: 8, headDim: 128 }, prompts: { web_search_query: `${qwenPrompt} ` } }],
    ['Qwen/Qwen2.5-Math-RM-72B', { numLabels: 1, rewardActivation: 'identity', useActivation: false, stepTagId: null }],
    [
      'jason9693/Qwen2.5-1.5B-apeach',
      { numLabels: 2, labels: ['Default', 'Spoiled'], classifierActivation: 'softmax', useActivation: true },
    ],
    ['BAAI/bge-reranker-v2-m3', { numLabels: 1, classifierActivation: 'sigmoid', firstPosition: 2, hasPadToken: true }],
    ['Snowflake/snowflake-arctic-embed-m-v1.5', { matryoshkaDimensions: [256], prompts: { query: arcticPrompt } }],
  ])('%s: what else its files say', (name, expected) => {
    expect(resolve(models[name])).toMatchObject(expected);
  });

  test('jina-embeddings-v4 without the override is a language model that nobody said how to pool', () => {
    const { override: _, ...given } = models['jinaai/jina-embeddings-v4-vllm-retrieval']!;
    expect(resolve(given)).toMatchObject({ kind: 'causal_lm', pooler: { pooling_type: 'LAST', source: 'architecture' } });
  });
});
