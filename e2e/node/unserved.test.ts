/** What a model cannot do, it says: which method, why, and what it can; and the next call works. */
import { describe, expect, test } from 'vitest';
import type { LLM, LoadOptions } from 'rockpool/edge';
import { load, outcome } from './tiny-model.ts';

type Call = (llm: LLM) => Promise<unknown>;

async function check(model: string, options: LoadOptions, calls: readonly (readonly [call: Call, expected: string])[], works: Call) {
  const llm = await load(model, options);
  for (const [call, expected] of calls) {
    expect(await outcome(call(llm)), String(call)).toBe(expected);
    expect(await outcome(works(llm))).toBe('ok');
  }
  await llm.dispose();
}

const serves = (model: string, architecture: string, tasks: string) => `Model "${model}" (${architecture}) serves: ${tasks}.`;

describe('a method that the model does not serve', () => {
  test('of an embedding model', async () => {
    const can = serves('tiny-bert-poolings', 'BertModel', 'encode, token_embed, embed, score');
    const supported = "Supported tasks: ('encode', 'token_embed', 'embed', 'score').";
    await check(
      'tiny-bert-poolings',
      {},
      [
        [
          (llm) => llm.classify('a'),
          `unsupported-task: Classification API is not supported by this model. Try converting the model using \`--convert classify\`. ${can}`,
        ],
        [(llm) => llm.reward('a'), `unsupported-task: Unsupported task: 'reward' ${supported} ${can}`],
        [(llm) => llm.tokenClassify('a'), `unsupported-task: Unsupported task: 'token_classify' ${supported} ${can}`],
        [(llm) => llm.encode('a', { poolingTask: 'reward' }), `unsupported-task: Unsupported task: 'reward' ${supported} ${can}`],
        [
          (llm) => llm.encode('a', { poolingTask: 'score' as 'embed' }),
          'invalid-option: pooling_task must be one of [embed, encode, token_embed, classify, token_classify, reward].',
        ],
        [(llm) => llm.classify('a', { head: 'topic' }), 'invalid-option: There is no head "topic". LLM.load got: none.'],
        [
          (llm) => llm.embed('a', { promptName: 'nonsense' }),
          'invalid-option: Model "tiny-bert-poolings" has no prompt "nonsense". It has: query, document.',
        ],
      ],
      (llm) => llm.embed('a'),
    );
  });

  test('of a classifier with four labels', async () => {
    const can = serves('tiny-bert-classifier', 'BertForSequenceClassification', 'classify');
    await check(
      'tiny-bert-classifier',
      {},
      [
        [(llm) => llm.score('a', 'b'), 'unsupported-task: Score API is only enabled for num_labels == 1.'],
        [(llm) => llm.rerank('a', ['b']), 'unsupported-task: Score API is only enabled for num_labels == 1.'],
        [
          (llm) => llm.embed('a'),
          `unsupported-task: Embedding API is not supported by this model. Try converting the model using \`--convert embed\`. ${can}`,
        ],
        [(llm) => llm.encode('a'), `unsupported-task: Unsupported task: 'encode' Supported tasks: ('classify'). ${can}`],
        [(llm) => llm.tokenEmbed('a'), `unsupported-task: Unsupported task: 'token_embed' Supported tasks: ('classify'). ${can}`],
      ],
      (llm) => llm.classify('a'),
    );
  });

  test('of a reward model, of a token classifier', async () => {
    const score =
      'unsupported-task: Score API is not supported by this model. Try converting the model using `--convert embed` or `--convert classify`.';
    await check(
      'tiny-qwen2-reward',
      {},
      [[(llm) => llm.score('a', 'b'), `${score} ${serves('tiny-qwen2-reward', 'Qwen2ForRewardModel', 'reward, encode')}`]],
      (llm) => llm.reward('a'),
    );
    const ner = serves('tiny-bert-token-classifier', 'BertForTokenClassification', 'token_classify, encode');
    await check('tiny-bert-token-classifier', {}, [[(llm) => llm.score('a', 'b'), `${score} ${ner}`]], (llm) => llm.tokenClassify('a'));
  });

  test('of a model that is held to one task', async () => {
    const can = serves('tiny-bert-poolings', 'BertModel', 'token_embed');
    await check(
      'tiny-bert-poolings',
      { overridePoolerConfig: { task: 'token_embed' } },
      [
        [
          (llm) => llm.embed('a'),
          `unsupported-task: Embedding API is not supported by this model. Try converting the model using \`--convert embed\`. ${can}`,
        ],
        [(llm) => llm.encode('a'), `unsupported-task: Unsupported task: 'encode' Supported tasks: ('token_embed'). ${can}`],
      ],
      (llm) => llm.tokenEmbed('a'),
    );
  });

  test('of a language model that nobody said how to read', async () => {
    const llm = await load('tiny-qwen3-reranker');
    expect(llm.info.tasks).toEqual([]);
    const can = serves('tiny-qwen3-reranker', 'Qwen3ForCausalLM', 'nothing');
    expect(await outcome(llm.score('a', 'b'))).toBe(
      `unsupported-task: Score API is not supported by this model. Try converting the model using \`--convert embed\` or \`--convert classify\`. ${can} Its graph gives the logits of the next token: a reranker that answers with a word needs hfOverrides with classifier_from_token and method, see docs/models.md.`,
    );
    expect((await llm.tokenize('a')).length).toBe(1);
    await llm.dispose();
  });
});

describe('an option that says nothing to the model', () => {
  test('of a cross-encoder', async () => {
    await check(
      'tiny-bert-reranker',
      {},
      [
        [
          (llm) => llm.score('a', 'b', { poolingParams: { normalize: true, dimensions: 3 } }),
          "invalid-option: Task score only supports ['activation'] parameters, does not support ['dimensions', 'normalize'] parameters",
        ],
        [
          (llm) => llm.score('a', 'b', { instruction: 'find it' }),
          'invalid-option: An instruction and chatTemplateKwargs go into a template, and this model has none: pass one as `chatTemplate`.',
        ],
        [(llm) => llm.score(['a', 'b'], ['c', 'd', 'e']), 'invalid-input: Input lengths must be either 1:1, 1:N or N:N'],
        [(llm) => llm.score([], ['c', 'd']), 'invalid-input: At least one text element must be given'],
        [(llm) => llm.score('a', 'b', { maxTokensPerDoc: -1 }), 'invalid-option: max_tokens_per_doc must be a non-negative integer'],
        [(llm) => llm.rerank('a', ['b'], { topN: -1 }), 'invalid-option: topN must be an integer of at least 0, got -1.'],
        [(llm) => llm.rerank('a', ['b'], { topN: NaN }), 'invalid-option: topN must be an integer of at least 0, got NaN.'],
      ],
      (llm) => llm.score('a', ['b', 'c']),
    );
  });

  test.each([
    ['tiny-bert-poolings', 'embed'],
    ['tiny-colbert', 'token_embed'],
  ])('of a model that scores by embeddings: %s', async (model, task) => {
    const only = 'only for cross-encoders, and this model scores by comparing embeddings.';
    await check(
      model,
      {},
      [
        [
          (llm) => llm.score('a', 'b', { poolingParams: { activation: true } }),
          `invalid-option: Task ${task} only supports ['dimensions', 'normalize'] parameters, does not support ['activation'] parameters`,
        ],
        [(llm) => llm.score('a', 'b', { instruction: 'find it' }), `invalid-option: instruction: ${only}`],
        [
          (llm) => llm.score('a', 'b', { chatTemplate: '{{ query }}', longDocuments: 'max' }),
          `invalid-option: chatTemplate, longDocuments: ${only}`,
        ],
        [
          (llm) => llm.score('a', 'b', { poolingParams: { dimensions: NaN } }),
          'invalid-option: dimensions has to be a whole number, not NaN.',
        ],
      ],
      (llm) => llm.rerank('a', ['b', 'c']),
    );
  });

  test('of a model without Matryoshka, or with another size', async () => {
    const of =
      (dimensions: number): Call =>
      (llm) =>
        llm.embed('a', { poolingParams: { dimensions } });
    const lead = 'other output dimensions will lead to poor results.';
    await check(
      'tiny-bert-poolings',
      { hfOverrides: { is_matryoshka: false, matryoshka_dimensions: null } },
      [
        [
          of(8),
          'invalid-option: Model "tiny-bert-poolings" does not support matryoshka representation, changing output dimensions will lead to poor results.',
        ],
        [of(NaN), 'invalid-option: dimensions has to be a whole number, not NaN.'],
      ],
      (llm) => llm.embed('a'),
    );
    await check(
      'tiny-bert-poolings',
      { hfOverrides: { matryoshka_dimensions: [16, 8] } },
      [[of(7), `invalid-option: Model "tiny-bert-poolings" only supports [16, 8] matryoshka dimensions, use ${lead}`]],
      of(8),
    );
  });

  test('of a model that is not pooled by steps', async () => {
    await check(
      'tiny-qwen2-reward',
      {},
      [
        [
          (llm) => llm.reward('a', { poolingParams: { step_tag_id: 3 } }),
          'invalid-option: step_tag_id is for models that are pooled by STEP, and "tiny-qwen2-reward" is not: set overridePoolerConfig.pooling_type.',
        ],
        [
          (llm) => llm.reward('a', { poolingParams: { returned_token_ids: [1] } }),
          "invalid-option: returned_token_ids names column 1, and the model's rows have 1.",
        ],
      ],
      (llm) => llm.reward('a', { poolingParams: { returned_token_ids: [0] } }),
    );
  });
});
