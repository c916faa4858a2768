/**
 * rockpool/remote and limits that a server tells by refusing: what it refuses is split, what it answered is not asked for again, and the
 * limit is kept.
 */
import { describe, expect, test } from 'vitest';
import type { LogEntry } from 'rockpool/remote';
import { connect, connectEmbeddings, embedded, good, rest } from './remote-connections.ts';
import { outcome, tei, textsIn, vectorOf, vllm, type Answering, type Asked, type Reply } from './remote-server.ts';

const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
const sizes = (asked: readonly Asked[]) => asked.map(({ body }) => textsIn(body).length);

/** Refuses more than so many inputs, with these words. */
const most =
  (limit: () => number, status: number, words: (count: number, limit: number) => unknown): Answering =>
  (asked, count) => {
    const { length } = textsIn(asked.body);
    return length > limit() ? { status, body: words(length, limit()) } : good(asked, count);
  };

/** Each text in one answered request, and no more. */
const answeredOnce = (asked: readonly Asked[], limit: number) =>
  asked
    .map(({ body }) => textsIn(body))
    .filter(({ length }) => length <= limit)
    .flat()
    .sort();

describe('A limit of inputs that the refusal names', () => {
  test.each<[string, number, (count: number, limit: number) => unknown]>([
    ['TEI', 422, (count, limit) => ({ error: `batch size ${count} > maximum allowed batch size ${limit}`, error_type: 'Validation' })],
    ['SiliconFlow', 413, (count, limit) => ({ code: 20042, message: `input batch size ${count} > maximum allowed batch size ${limit}` })],
    ['Infinity', 422, (count, limit) => ({ error: { message: [{ loc: ['body', 'input'], msg: `List should have at most ${limit} items after validation, not ${count}` }] } })], // prettier-ignore
    ['OpenAI', 400, (count, limit) => ({ error: { message: `Invalid 'input': array too long. Expected an array with maximum length ${limit}, but got an array with length ${count} instead.` } })], // prettier-ignore
  ])('as %s does is kept from the first refusal on', async (_, status, words) => {
    const told: LogEntry[] = [];
    const { llm, server } = await connectEmbeddings(
      most(() => 16, status, words),
      { concurrency: 1, onLog: (entry) => told.push(entry) },
    );
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(sizes(server.to('/v1/embeddings'))).toEqual([100, 16, 16, 16, 16, 16, 16, 4]);
    await llm.embed(texts);
    expect(sizes(server.to('/v1/embeddings').slice(8))).toEqual([16, 16, 16, 16, 16, 16, 4]);
    expect(llm.info.batch.rows).toBe(16);
    expect(told).toEqual([{ level: 'info', message: expect.stringMatching(/^vLLM 0.33.1 at .* it gets up to 16 inputs from now on\.$/) }]);
  });

  test('is used for requests that were planned before, by all lanes, and progress is told of each input once', async () => {
    const seen: number[] = [];
    const eight = most(
      () => 8,
      422,
      (count, limit) => ({ error: `batch size ${count} > maximum allowed batch size ${limit}` }),
    );
    const { llm, server, asked } = await connectEmbeddings(
      async (one, count) => {
        // All lanes are taken before the first refusal.
        while (asked() < 3) await rest(1);
        await rest(count % 3);
        return eight(one, count);
      },
      { maxInputsPerRequest: 20, concurrency: 3 },
    );
    const outputs = await llm.embed(texts, { onProgress: ({ done }) => seen.push(done) });
    expect(embedded(outputs)).toEqual(texts.map(vectorOf));
    const sent = server.to('/v1/embeddings');
    // Those that were under way when the first was refused.
    expect(sizes(sent).filter((size) => size > 8)).toEqual([20, 20, 20]);
    expect(server.most).toBe(3);
    expect(answeredOnce(sent, 8)).toEqual([...texts].sort());
    expect(seen.at(-1)).toBe(100);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('may shrink', async () => {
    let limit = 40;
    const words = (count: number, now: number) => ({ error: `batch size ${count} > maximum allowed batch size ${now}` });
    const { llm, server } = await connectEmbeddings(
      (asked, count) => {
        if (count === 3) limit = 3;
        return most(() => limit, 413, words)(asked, count);
      },
      { concurrency: 1 },
    );
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(sizes(server.to('/v1/embeddings')).slice(0, 4)).toEqual([100, 40, 40, 20]);
    expect(
      sizes(server.to('/v1/embeddings'))
        .slice(4)
        .every((size) => size <= 3),
    ).toBe(true);
  });

  test('that is above what was sent is not believed, and halves are tried', async () => {
    const { llm } = await connectEmbeddings(
      most(
        () => 30,
        422,
        () => ({ error: 'batch size is above the limit of 512' }),
      ),
    );
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
  });

  test('that was none is forgotten: one bad text of a call makes no smaller requests for those after it', async () => {
    const { llm, server } = await connectEmbeddings((asked, count) =>
      textsIn(asked.body).includes('bad') ? { status: 400, body: { error: 'the number of inputs is odd' } } : good(asked, count),
    );
    expect(await outcome(llm.embed([...texts, 'bad']))).toMatch(/the number of inputs is odd/);
    const before = server.to('/v1/embeddings').length;
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(sizes(server.to('/v1/embeddings').slice(before))).toEqual([100]);
  });

  test('of documents, each with its query', async () => {
    const { llm, server } = await connect(
      vllm(({ path, body }) => {
        if (path !== '/score') return undefined;
        const [queries, documents] = [body['text_1'] as string[], body['text_2'] as string[]];
        if (documents.length > 2)
          return { status: 400, body: { error: { message: `Too many documents. The max number of documents is 2.` } } };
        const data = documents.map((text, index) => ({ index, score: Number(text) + 100 * Number(queries[index]) }));
        return { body: { data } };
      }),
    );
    const scores = await llm.score(['9', '8', '7', '6', '5'], ['0', '1', '2', '3', '4']);
    expect(scores.map(({ outputs }) => outputs.score)).toEqual([900, 801, 702, 603, 504]);
    expect(server.to('/score').map(({ body }) => (body['text_2'] as string[]).length)).toEqual([5, 2, 2, 1]);
  });

  test('a long query does not make a small limit for all', async () => {
    const { llm, server } = await connect(
      vllm(({ path, body }) => {
        if (path !== '/score') return undefined;
        const documents = body['text_2'] as string[];
        if (`${String(body['text_1'])}${documents.join('')}`.length > 10_100) return { status: 413, body: '<html>' };
        return { body: { data: documents.map((_, index) => ({ index, score: 0 })) } };
      }),
      { concurrency: 1 },
    );
    const documents = Array.from({ length: 20 }, () => 'document'.repeat(2));
    expect(await llm.score('q'.repeat(10_000), documents)).toHaveLength(20);
    const before = server.to('/score').length;
    await llm.score('q', documents);
    expect(server.to('/score').length - before).toBe(1);
  });

  test('of TEI, which says it beforehand, and a caller who knows better', async () => {
    const { llm, server } = await connect(tei({ embedding: { pooling: 'mean' } }), { maxInputsPerRequest: 50 });
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(
      answeredOnce(
        server.to('/embed').map((one) => ({ ...one, body: { input: one.body['inputs'] } })),
        4,
      ),
    ).toEqual([...texts].sort());
  });
});

describe('A refusal that names no limit', () => {
  const page: Reply = { status: 413, body: '<html><h1>413 Request Entity Too Large</h1></html>' };
  const bytes = (asked: Asked) => textsIn(asked.body).join('').length;
  const proxy =
    (limit: number): Answering =>
    (asked, count) =>
      bytes(asked) > limit ? page : good(asked, count);

  test('is halved, and what was answered is asked for no more', async () => {
    const { llm, server } = await connectEmbeddings(proxy(200), { concurrency: 2 });
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    const asked = server.to('/v1/embeddings');
    expect(asked.filter((one) => bytes(one) <= 200).flatMap(({ body }) => textsIn(body)).sort()).toEqual([...texts].sort()); // prettier-ignore
    const before = asked.length;
    await llm.embed(texts);
    // Known by now.
    expect(server.to('/v1/embeddings').slice(before).every((one) => bytes(one) <= 200)).toBe(true); // prettier-ignore
  });

  test('is the caller’s where one input has it, and the others of its call are not sent one by one for ever after', async () => {
    const { llm, server } = await connectEmbeddings(proxy(1_000), { concurrency: 1 });
    expect(await outcome(llm.embed('x'.repeat(2_000)))).toMatch(/^input-too-long: .* with 413$/);
    expect(server.to('/v1/embeddings')).toHaveLength(1);
    expect(await outcome(llm.embed(['a', 'b', 'x'.repeat(2_000), 'c']))).toMatch(/^input-too-long: .* with 413$/);
    const before = server.to('/v1/embeddings').length;
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings').length - before).toBe(1);
  });

  test('of inputs is halved by inputs', async () => {
    const { llm, server } = await connectEmbeddings(
      most(
        () => 30,
        400,
        () => ({ message: 'Too many inputs in request, split into more batches.', code: 3210 }),
      ),
      { concurrency: 1 },
    );
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    await llm.embed(texts.slice(0, 50));
    expect(sizes(server.to('/v1/embeddings'))).toEqual([100, 50, 25, 25, 25, 25, 25, 25]);
  });

  test('that has another reason costs a few requests, and teaches nothing', async () => {
    let isUp = false;
    const { llm, server, asked } = await connectEmbeddings((one, count) => (isUp ? good(one, count) : page), { concurrency: 1 });
    expect(await outcome(llm.embed(texts))).toMatch(/^input-too-long/);
    expect(asked()).toBeLessThanOrEqual(8);
    isUp = true;
    const before = asked();
    await llm.embed(texts);
    expect(sizes(server.to('/v1/embeddings').slice(before))).toEqual([100]);
  });

  test('of empty texts ends, too', async () => {
    const { llm } = await connectEmbeddings((asked, count) => (textsIn(asked.body).length > 1 ? page : good(asked, count)));
    expect(await llm.embed(['', '', '', '', ''])).toHaveLength(5);
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
  });
});

describe('In the middle of a split', () => {
  const words = (count: number, limit: number) => ({ error: `batch size ${count} > maximum allowed batch size ${limit}` });

  test('an abort ends all of it', async () => {
    const controller = new AbortController();
    const { llm, server, asked } = await connectEmbeddings(
      (one, count) => {
        if (textsIn(one.body).length > 10) return most(() => 10, 422, words)(one, count);
        if (asked() >= 4) controller.abort();
        return asked() >= 4 ? 'hang' : good(one, count);
      },
      { concurrency: 2 },
    );
    expect(await outcome(llm.embed(texts, { signal: controller.signal }))).toBe('aborted: The call was aborted by its AbortSignal.');
    await rest(20);
    expect([server.open, asked() <= 5]).toEqual([0, true]);
  });

  test('what passes is asked again, and nothing else is', async () => {
    const failed = new Set<string>();
    const { llm, server } = await connectEmbeddings(
      (one, count) => {
        const [first] = textsIn(one.body) as [string];
        if (textsIn(one.body).length > 10) return most(() => 10, 422, words)(one, count);
        if (!failed.has(first)) {
          failed.add(first);
          return failed.size < 3 ? 'drop' : { status: 429, headers: { 'retry-after-ms': '1' }, body: { error: 'full' } };
        }
        return good(one, count);
      },
      { concurrency: 4 },
    );
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings')).toHaveLength(1 + 20);
  });

  test('a fault of the caller ends the rest', async () => {
    const { llm, asked } = await connectEmbeddings(
      (one, count) =>
        textsIn(one.body).length <= 10 && textsIn(one.body).includes('text 15')
          ? { status: 400, body: { error: { message: 'bad' } } }
          : most(() => 10, 422, words)(one, count),
      { concurrency: 1 },
    );
    expect(await outcome(llm.embed(texts))).toMatch(/^invalid-input: .*bad$/);
    expect(asked()).toBe(3);
  });
});

test('a server that says that no input at all is taken is not asked for ever', async () => {
  const { llm, asked } = await connectEmbeddings(({ body }) => ({
    status: 422,
    body: { error: `batch size ${textsIn(body).length} > maximum allowed batch size 0` },
  }));
  expect(await outcome(llm.embed(texts))).toMatch(/^invalid-input: .*batch size 1 > maximum/);
  expect(asked()).toBeLessThan(40);
});
