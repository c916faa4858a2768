/**
 * What the files of the models that vLLM's page of pooling models names come to. docs/models.md says the same, and e2e/node/docs-files.test.ts holds
 * it to that.
 */
import { describe, expect, test } from 'vitest';
import { adapters, arcticPrompt, knownModels as models, mrl, qwenPrompt } from './known-models-for-tests.ts';
import { fileSize, fitting, parametersOf } from './parameters-for-tests.ts';
import { resolve } from './spec-for-tests.ts';

describe('the models of vLLM’s page', () => {
  test.each<[string, string, string, number, number]>([
    ['intfloat/multilingual-e5-large', 'embed', 'MEAN normalize modules.json', 1024, 512],
    ['jinaai/jina-embeddings-v3', 'embed', 'MEAN normalize modules.json', 1024, 8194],
    ['jinaai/jina-embeddings-v4-vllm-retrieval', 'embed', 'MEAN normalize override', 2048, 128000],
    ['Qwen/Qwen3-Embedding-4B', 'embed', 'LAST normalize modules.json', 2560, 40960],
    ['Qwen/Qwen3-Embedding-0.6B', 'embed', 'LAST normalize modules.json', 1024, 32768],
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
        isMatryoshka: false,
      },
    ],
    ['intfloat/e5-mistral-7b-instruct', { kvShape: { kvHeads: 8, headDim: 128 }, prompts: { web_search_query: `${qwenPrompt} ` } }],
    ['Qwen/Qwen2.5-Math-RM-72B', { numLabels: 1, useActivation: false, stepTagId: null }],
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

describe('the arithmetic of docs/models.md', () => {
  const total = (config: Record<string, unknown>) => Object.values(parametersOf(config)).reduce((sum, each) => sum + each, 0);
  const minilm = { hidden_size: 384, num_hidden_layers: 6, intermediate_size: 1536, num_attention_heads: 12, vocab_size: 30522 };
  const bertOf = (architecture: string) => ({
    ...minilm,
    architectures: [architecture],
    type_vocab_size: 2,
    max_position_embeddings: 512,
    id2label: { 0: 'LABEL_0' },
  });

  test('counts the parameters that others have counted', () => {
    expect(total(models['BAAI/bge-reranker-v2-m3']!.config!)).toBe(567_755_777);
    expect(total(models['Qwen/Qwen3-Embedding-0.6B']!.config!)).toBe(595_776_512);
    // github.com/VeraTools/vera/issues/68, with the 512 position ids that BERT keeps beside its weights.
    expect(total(bertOf('BertForSequenceClassification'))).toBe(22_714_113 - 512);
  });

  test.each([
    ['BAAI/bge-reranker-v2-m3', 'q8', 570_727_094],
    ['BAAI/bge-m3', 'q8', 568_456_694],
    ['BAAI/bge-m3', 'q4', 1190 * 2 ** 20],
    ['BAAI/bge-m3', 'q4f16', 668 * 2 ** 20],
    ['Qwen/Qwen3-Embedding-0.6B', 'q8', 613_527_539],
    ['Snowflake/snowflake-arctic-embed-m-v1.5', 'q8', 110_145_162],
  ] as const)('%s in %s comes within three hundredths of the %d bytes that its file has', (name, format, bytes) => {
    const estimate = fileSize(parametersOf(models[name]!.config!), format);
    expect(Math.abs(estimate / bytes - 1)).toBeLessThan(0.03);
  });

  test('lets into WebAssembly memory what fits three times', () => {
    expect(fitting({ tables: 1.4e9, rest: 0 })).toEqual(['q8']);
    expect(fitting({ tables: 0, rest: 2.4e9 })).toEqual(['q4f16']);
    expect(fitting({ tables: 0, rest: 4e9 })).toEqual([]);
  });
});
