/** Bad input of every kind, to every method: the error's code and its exact text, where vLLM has one in vLLM's words; and the engine goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import { answer, errorsOf } from '../oracle/architectures.ts';
import { load, oracleCase, outcome } from './tiny-model.ts';

type Method = 'embed' | 'encode' | 'tokenEmbed' | 'classify' | 'tokenClassify' | 'reward' | 'score' | 'rerank' | 'tokenize';
type Bad = readonly [what: string, args: readonly unknown[], expected: string];

/** Whom a method is tried on, a case that the oracle has answered, and how the method and its parameters are called in texts. */
interface Subject {
  method: Method;
  model: string;
  good: string;
  task: string;
  params: string;
  maxModelLen: number;
}
const subjects: Subject[] = [
  { method: 'embed', model: 'tiny-bert-poolings', good: 'batch', task: 'embed', params: "'dimensions', 'normalize'", maxModelLen: 480 },
  {
    method: 'encode',
    model: 'tiny-qwen2-reward',
    good: 'encode/batch',
    task: 'encode',
    params: "'softmax', 'step_tag_id', 'returned_token_ids', 'dimensions', 'normalize'",
    maxModelLen: 512,
  },
  {
    method: 'tokenEmbed',
    model: 'tiny-colbert',
    good: 'rows/batch',
    task: 'token_embed',
    params: "'dimensions', 'normalize', 'late_chunking_params'",
    maxModelLen: 512,
  },
  { method: 'classify', model: 'tiny-bert-classifier', good: 'batch', task: 'classify', params: "'activation'", maxModelLen: 512 },
  {
    method: 'tokenClassify',
    model: 'tiny-bert-token-classifier',
    good: 'batch',
    task: 'token_classify',
    params: "'activation'",
    maxModelLen: 512,
  },
  {
    method: 'reward',
    model: 'tiny-qwen2-reward',
    good: 'reward/batch',
    task: 'reward',
    params: "'softmax', 'step_tag_id', 'returned_token_ids'",
    maxModelLen: 512,
  },
  {
    method: 'score',
    model: 'tiny-bert-reranker',
    good: 'one-to-many',
    task: 'score',
    params: "'activation', 'dimensions', 'normalize'",
    maxModelLen: 512,
  },
  {
    method: 'rerank',
    model: 'tiny-bert-reranker',
    good: 'rerank-all',
    task: 'score',
    params: "'activation', 'dimensions', 'normalize'",
    maxModelLen: 512,
  },
  { method: 'tokenize', model: 'tiny-bert-token-classifier', good: 'tokenize/unicode', task: '', params: '', maxModelLen: 512 },
];

const NO_PROMPT = 'invalid-input: prompt must be a string, array of strings, array of tokens, or array of token arrays';
const circular: Record<string, unknown> = {};
circular['itself'] = circular;

/** Prompts that no method takes. */
const prompts: readonly (readonly [what: string, prompt: unknown, expected: string])[] = [
  ['nothing', null, NO_PROMPT],
  ['a number', 5, NO_PROMPT],
  ['nothing in a list', [null], NO_PROMPT],
  ['a hole in a list', Array.from({ length: 1 }), NO_PROMPT],
  ['a number among texts', ['a', 5], NO_PROMPT],
  ['an object of another API', [{ text: 'a' }], NO_PROMPT],
  ['a view that holds no numbers', new DataView(new ArrayBuffer(8)), NO_PROMPT],
  ['a text among ids', [[1, 'a']], 'invalid-input: Token id a is not an integer'],
  ['half an id', [[1.5]], 'invalid-input: Token id 1.5 is not an integer'],
  ['no number', Float32Array.of(NaN), 'invalid-input: Token id NaN is not an integer'],
  ['ids of another type', BigInt64Array.of(1n), 'invalid-input: Token id 1 is not an integer'],
  ['an id out of vocabulary', [[999_999]], 'invalid-input: Token id 999999 is out of vocabulary'],
  ['a negative id', { prompt_token_ids: [-1] }, 'invalid-input: Token id -1 is out of vocabulary'],
];

/** Options that no pooling method takes. */
function options({ method, task, params, maxModelLen }: Subject): (readonly [what: string, options: unknown, expected: string])[] {
  const other = task === 'score' ? 'softmax' : params.includes('activation') ? 'normalize' : 'activation';
  const what = method === 'score' || method === 'rerank' ? 'activation' : params.split("'")[1]!;
  const must = what === 'dimensions' ? 'a number' : 'true or false';
  return [
    [
      'a parameter of another task',
      { poolingParams: { [other]: true } },
      `invalid-option: Task ${task} only supports [${params}] parameters, does not support ['${other}'] parameters`,
    ],
    ['a parameter of another type', { poolingParams: { [what]: '1' } }, `invalid-option: ${what} must be ${must} or null, got "1".`],
    ['a parameter without JSON', { poolingParams: { [what]: 1n } }, `invalid-option: ${what} must be ${must} or null, got 1n.`],
    [
      'a parameter that holds itself',
      { poolingParams: { [what]: circular } },
      `invalid-option: ${what} must be ${must} or null, got object.`,
    ],
    ['parameters that are none', { poolingParams: 5 }, 'invalid-option: poolingParams must be an object or a list of them, got 5.'],
    [
      'more parameters than prompts',
      { poolingParams: [{}, {}] },
      task === 'score'
        ? 'invalid-option: score takes one poolingParams for all pairs.'
        : 'invalid-option: The lengths of prompts and params must be the same.',
    ],
    [
      'a cut above the maximum',
      { truncatePromptTokens: maxModelLen + 1 },
      `invalid-option: truncate_prompt_tokens value (${maxModelLen + 1}) is greater than max_model_len (${maxModelLen}). Please, select a smaller truncation size.`,
    ],
    [
      'a cut that is no number',
      { truncatePromptTokens: NaN },
      "invalid-option: truncate_prompt_tokens must be an integer (below 0: the model's maximum), got NaN.",
    ],
    ['a side that is none', { truncationSide: 'middle' }, 'invalid-option: truncationSide must be "left" or "right", got "middle".'],
    [
      'a signal that is none',
      { signal: 5 },
      `invalid-option: The option signal of ${method === 'rerank' ? 'rerank' : task} must be an AbortSignal, got 5.`,
    ],
  ];
}

function tooLong({ method, maxModelLen }: Subject, tokens: number): string {
  return method === 'embed'
    ? `input-too-long: This model's maximum context length is ${maxModelLen} tokens. However, you requested ${tokens} tokens in the input for embedding generation. Please reduce the length of the input.`
    : `input-too-long: The decoder prompt (length ${tokens}) is longer than the maximum model length of ${maxModelLen}. Make sure that \`max_model_len\` is no smaller than the number of text tokens.`;
}

/** What is wrong with a method's arguments, and what it says. */
function badCalls(subject: Subject): Bad[] {
  const { method, maxModelLen } = subject;
  const isPair = method === 'score' || method === 'rerank';
  const withPrompt = (prompt: unknown, more?: unknown) => (isPair ? ['a query', prompt, more] : [prompt, more]);
  const ids = Array.from({ length: maxModelLen + 1 }, () => 5);
  return [
    ...prompts.map(([what, prompt, expected]): Bad => [what, withPrompt(prompt), expected]),
    // rerank takes one query, and a list of them is none.
    ...prompts
      .filter(() => isPair)
      .map(([what, prompt, expected]): Bad => [
        `${what} as the query`,
        [prompt, ['a']],
        method === 'rerank' && Array.isArray(prompt) ? NO_PROMPT : expected,
      ]),
    ...(method === 'tokenize' ? [] : options(subject)).map(([what, more, expected]): Bad => [what, withPrompt('a', more), expected]),
    ...(isPair || method === 'tokenize'
      ? []
      : ([
          ['no ids', [[[]]], 'invalid-input: The decoder prompt cannot be empty'],
          ['one id too many', [ids], tooLong(subject, maxModelLen + 1)],
          ['a bad prompt behind good ones', [['a', 'b', [-1]]], 'invalid-input: Token id -1 is out of vocabulary'],
        ] as Bad[])),
  ];
}

describe.each(subjects.map((subject) => [subject.method, subject.model, subject] as const))('%s of %s', (_, __, subject) => {
  const { method, model, good } = subject;
  let llm: LLM;
  beforeAll(async () => {
    llm = await load(model);
  });
  afterAll(() => llm.dispose());

  const call = (args: readonly unknown[]) => (llm[method] as (...given: readonly unknown[]) => Promise<unknown>).call(llm, ...args);
  const expectRight = async () => {
    const one = oracleCase(model, good);
    const { vectors, scores, exact } = errorsOf(await answer(llm, one), one);
    expect(exact).toEqual([]);
    expect(vectors).toBeLessThanOrEqual(1e-5);
    expect(scores).toBeLessThanOrEqual(1e-4);
  };

  test('each gets its error, alone and all at once, and a good call its answer', async () => {
    const bad = badCalls(subject);
    for (const [what, args, expected] of bad) expect(await outcome(call(args)), what).toBe(expected);
    await expectRight();
    const [outcomes] = await Promise.all([Promise.all(bad.map(([, args]) => outcome(call(args)))), expectRight()]);
    expect(outcomes).toEqual(bad.map(([, , expected]) => expected));
  });

  test('an option that it does not have is named, with those that it has', async () => {
    const args = method === 'score' || method === 'rerank' ? ['q', 'd'] : ['a'];
    const of = method === 'tokenize' || method === 'rerank' ? method : subject.task;
    expect(await outcome(call([...args, { batchSize: 3 }]))).toMatch(
      new RegExp(`^invalid-option: ${of} has no option "batchSize"\\. It takes: \\w+(, \\w+)*\\.$`),
    );
  });

  test('text that is only strange is no error: nothing, half a character, 10 MB of one', { timeout: 300_000 }, async () => {
    const strange = ['', '\ud800', 'a\udc00b', '\0', '🏴‍☠️', '\u202e'];
    const isDecoder = model.includes('qwen');
    const isPair = method === 'score' || method === 'rerank';
    // A tokenizer that adds nothing makes nothing of nothing.
    const texts = isDecoder ? strange.slice(1) : strange;
    expect(await call(isPair ? ['q', texts] : [texts])).toHaveLength(texts.length);
    const big = 'x'.repeat(10_000_000);
    if (method === 'tokenize') {
      // One word, and unknown, whatever its length.
      expect(await call([big])).toHaveLength(1);
    } else {
      expect(await outcome(call(isPair ? ['q', [big]] : [big]))).toMatch(
        new RegExp(
          `^input-too-long: This model's maximum context length is ${subject.maxModelLen} tokens\\. However, your prompt contains 10000000 characters \\(more than \\d+ characters, which is the upper bound for ${subject.maxModelLen} input tokens\\)\\.`,
        ),
      );
    }
    if (isDecoder) expect(await outcome(call(['']))).toBe('invalid-input: The decoder prompt cannot be empty');
    await expectRight();
  });

  test('no prompts are no outputs; no pairs are an error', async () => {
    if (method === 'score' || method === 'rerank') {
      expect(await outcome(call(['q', []]))).toBe('invalid-input: At least one text_pair element must be given');
    } else {
      expect(await call([[]])).toEqual([]);
    }
    await expectRight();
  });
});

// WordPiece has one token for a word of any length; for the others it is too much.
test.each([
  [
    'tiny-xlmr-reranker',
    (llm: LLM, text: string) => llm.score('a', text),
    (llm: LLM) => llm.score('a', 'b'),
    /^input-too-long: .* your prompt contains 1000000 characters/,
  ],
  [
    'tiny-gpt2-classifier',
    (llm: LLM, text: string) => llm.classify(text),
    (llm: LLM) => llm.classify('b'),
    /^input-too-long: .* your prompt contains 1000000 characters/,
  ],
  [
    'tiny-gemma3-embed',
    (llm: LLM, text: string) => llm.embed(text),
    (llm: LLM) => llm.embed('b'),
    /^input-too-long: .* your prompt contains 1000000 characters/,
  ],
])(
  'a megabyte of one character is too much for %s, and the next call works',
  { timeout: 120_000 },
  async (model, call, works, expected) => {
    const llm = await load(model);
    expect(await outcome(call(llm, 'x'.repeat(1_000_000)))).toMatch(expected);
    expect(await outcome(works(llm))).toBe('ok');
    await llm.dispose();
  },
);
