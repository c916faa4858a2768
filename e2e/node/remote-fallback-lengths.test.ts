/** withFallback and texts that are longer than a model takes: two that would cut them in two places never answer for each other. */
import { describe, expect, test } from 'vitest';
import { LLM, type RemoteOptions } from 'rockpool/remote';
import { keep } from './remote-connections.ts';
import { fallback, failing, Machine, vectors } from './remote-machines.ts';
import { embeddingList, outcome, textsIn } from './remote-server.ts';
import { load } from './tiny-model.ts';

const long = 'the capital of France is Paris and '.repeat(40);
const cut = { truncatePromptTokens: -1 };

/** Infinity's, of a model that takes 64 tokens: it cuts what is longer, unasked. */
async function infinity(options: RemoteOptions): Promise<LLM> {
  const model = keep(await load('tiny-bert-poolings', { maxModelLen: 64 }));
  const answer: typeof fetch = async (input, init) => {
    const { pathname } = new URL((input as URL).href);
    if (pathname === '/models') return Response.json({ data: [{ id: 'm', owned_by: 'infinity', capabilities: ['embed'] }] });
    if (pathname !== '/embeddings') return new Response('{}', { status: 404 });
    const texts = textsIn(JSON.parse(init!.body as string));
    const embeddings = vectors(await model.embed(texts, cut));
    return Response.json(embeddingList(texts, (text) => Array.from(embeddings[texts.indexOf(text)]!)));
  };
  return LLM.connect('http://infinity.test', { fetch: answer, maxRetries: 0, onLog: () => {}, ...options });
}

describe('Two that take another number of tokens', () => {
  test('do not answer for each other where a text may be longer, and do where it is not', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', { maxModelLen: 64 })));
    const { llm, told } = await fallback([server.connect, () => load('tiny-bert-poolings')]);
    await llm.embed(long, cut);
    const [before] = vectors(await llm.embed('Paris', cut));
    server.isUp = false;
    expect(await outcome(llm.embed(long, cut))).toMatch(
      /^model-mismatch: .*"tiny-bert-poolings"\) is not used: it takes 480 tokens where the other takes 64, and the texts may be longer/,
    );
    const [after] = vectors(await llm.embed('Paris', cut));
    after!.forEach((value, i) => expect(Math.abs(value - before![i]!)).toBeLessThan(1e-5));
    // It is well: a text that it is not asked for does not make it rest.
    expect(told()).not.toContain('1>0 model-mismatch');
  });

  test('nor where the text is a pair, token ids, or the prompt before it', async () => {
    let fails: string | null = null;
    const { llm } = await fallback([
      await failing('tiny-bert-poolings', () => fails, { maxModelLen: 64 }),
      () => load('tiny-bert-poolings'),
    ]);
    const calls = [
      () => llm.score('Paris', ['is', long], cut),
      () => llm.embed({ prompt_token_ids: Array.from({ length: 70 }, () => 7) }, cut),
      () => llm.embed(['Paris', 'is'], { ...cut, prompt: long }),
      // One character that a tokenizer may make eighteen of.
      () => llm.embed('\ufdfa'.repeat(5), cut),
    ];
    for (const call of calls) await call();
    fails = 'device-lost';
    for (const call of calls) expect(await outcome(call())).toMatch(/model 1: .*, and the texts may be longer/);
  });

  test('do where the call cuts its texts to what both take', async () => {
    let fails: string | null = null;
    const { llm } = await fallback([
      await failing('tiny-bert-poolings', () => fails, { maxModelLen: 64 }),
      () => load('tiny-bert-poolings'),
    ]);
    const before = vectors(await llm.embed(long, { truncatePromptTokens: 64 }));
    fails = 'device-lost';
    expect(vectors(await llm.embed(long, { truncatePromptTokens: 64 }))).toEqual(before);
  });

  test('nor does a model that is made anew and takes more than before', async () => {
    let [made, fails] = [0, false];
    const make = async () => {
      const llm = await load('tiny-bert-poolings', made++ === 0 ? { maxModelLen: 64 } : {});
      const embed = llm.embed.bind(llm) as (...args: unknown[]) => Promise<never>;
      const failed = () => Promise.reject(Object.assign(new Error('gone'), { name: 'PoolingError', code: 'runtime-failed' }));
      return Object.assign(llm, { embed: (...args: unknown[]) => (fails ? failed() : embed(...args)) });
    };
    const { llm } = await fallback([make], { coolDown: 0 });
    await llm.embed(long, cut);
    fails = true;
    expect(await outcome(llm.embed(long, cut))).toMatch(/^runtime-failed/);
    fails = false;
    expect(await outcome(llm.embed(long, cut))).toMatch(/^model-mismatch: .* takes 480 tokens where the other takes 64/);
    expect(made).toBe(2);
  });
});

test('Two that take as many are cut alike', async () => {
  const server = new Machine(keep(await load('tiny-bert-poolings', { maxModelLen: 64 })));
  const { llm } = await fallback([server.connect, () => load('tiny-bert-poolings', { maxModelLen: 64 })]);
  const [before] = vectors(await llm.embed(long, cut));
  server.isUp = false;
  const [after] = vectors(await llm.embed(long, cut));
  after!.forEach((value, i) => expect(Math.abs(value - before![i]!)).toBeLessThan(1e-5));
});

describe('A server that does not say what it takes', () => {
  test('answers for no other', async () => {
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails, { maxModelLen: 64 }), () => infinity({})]);
    await llm.embed('Paris');
    fails = 'device-lost';
    expect(await outcome(llm.embed('Paris'))).toMatch(/^model-mismatch: .*needs the option `maxModelLen` of LLM.connect/);
  });

  test('does so where the caller says it, and cuts what is asked to be cut', async () => {
    let fails: string | null = null;
    const { llm } = await fallback([
      await failing('tiny-bert-poolings', () => fails, { maxModelLen: 64 }),
      () => infinity({ maxModelLen: 64 }),
    ]);
    const before = vectors(await llm.embed(['Paris', long], cut));
    fails = 'device-lost';
    const after = vectors(await llm.embed(['Paris', long], cut));
    after.forEach((vector, i) => vector.forEach((value, at) => expect(Math.abs(value - before[i]![at]!)).toBeLessThan(1e-5)));
  });

  test('not where it would cut unasked what the other reads in windows', async () => {
    let fails: string | null = null;
    const windows = { maxModelLen: 64, overridePoolerConfig: { enable_chunked_processing: true } };
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails, windows), () => infinity({ maxModelLen: 64 })]);
    await llm.embed(long);
    await llm.embed('Paris');
    fails = 'device-lost';
    expect(await outcome(llm.embed(long))).toMatch(/^model-mismatch: .*cuts texts of more than 64 tokens unasked/);
    expect(await outcome(llm.embed('Paris'))).toBe('ok');
  });
});
