import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Dtype, LoadProgress, LogEntry } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { inspectCache } from '../files/cache-inspect.ts';
import { fakeCaches, type FakeCaches } from '../files/caches-for-tests.ts';
import { openModel } from './open-model.ts';
import { base } from '../files/request-for-tests.ts';
import { answer, cutAfter, startServer, type TestServer } from '../files/server-for-tests.ts';

describe('a model on a server', () => {
  /** The least that counts as an ONNX file: a model with an empty graph, and room to make it long. */
  const onnx = (name: string) => Buffer.concat([Uint8Array.from([0x3a, 0, 0x12, name.length]), Buffer.from(name)]);
  const config = JSON.stringify({
    architectures: ['BertModel'],
    model_type: 'bert',
    hidden_size: 8,
    vocab_size: 100,
    max_position_embeddings: 512,
  });
  let server: TestServer;
  let caches: FakeCaches;
  let logged: LogEntry[];
  let events: LoadProgress[];

  beforeEach(async () => {
    server = await startServer();
    caches = fakeCaches();
    vi.stubGlobal('caches', caches.storage);
    logged = [];
    events = [];
    server.files
      .set('m/config.json', config)
      .set('m/tokenizer.json', '{"model":{}}')
      .set('m/modules.json', '[{"type":"a.Transformer","path":""},{"type":"a.Pooling","path":"1_Pooling"}]')
      .set('m/1_Pooling/config.json', '{"pooling_mode":"lasttoken"}')
      .set('m/onnx/model_quantized.onnx', onnx('q8'));
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await server.close();
  });

  const open = (request: Partial<LoadRequest> = {}, signal?: AbortSignal) =>
    openModel(
      { ...base, source: { kind: 'url', base: `${server.url}/m` }, ...request },
      { signal, log: (entry) => logged.push(entry), onProgress: (event) => events.push(event) },
    );
  const load = async (request: Partial<LoadRequest> = {}) => (await open(request)).loadWeights();

  test('is asked for few files that are not there', async () => {
    const { spec } = await open();
    expect(spec.pooler).toEqual({ pooling_type: 'LAST', normalize: false, source: 'modules.json' });
    expect(server.requests.toSorted()).toEqual(
      [
        '1_Pooling/config.json',
        'config.json',
        'config_sentence_transformers.json',
        'modules.json',
        'sentence_bert_config.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ].map((path) => `m/${path}`),
    );
  });

  test('may have its length under an elder name', async () => {
    server.files
      .set('m/config.json', config.replace('"bert"', '"xlm-roberta"'))
      .set('m/sentence_xlm-roberta_config.json', '{"max_seq_length":33}');
    expect((await open()).spec.maxModelLen).toBe(33);
  });

  test('that was a language model may have the template of its pairs in tokenizer_config.json, alone or as the default of several', async () => {
    const template = (chat_template: unknown) => server.files.set('m/tokenizer_config.json', JSON.stringify({ chat_template }));
    const prompted = async () => (await open({ cache: false })).spec.scoreTemplate?.source;
    server.files
      .set('m/config.json', config.replace('BertModel', 'Qwen3ForCausalLM'))
      .set('m/modules.json', '[{"type":"a.Transformer","path":""},{"type":"a.LogitScore","path":"1_LogitScore"}]')
      .set('m/1_LogitScore/config.json', '{"true_token_id":5}');
    template('one');
    expect(await prompted()).toBe('one');
    template([
      { name: 'tool_use', template: 'of tools' },
      { name: 'default', template: 'of pairs' },
    ]);
    expect(await prompted()).toBe('of pairs');
    server.files.set('m/chat_template.jinja', 'own');
    expect(await prompted()).toBe('own');
  });

  test('loads without the network when it was loaded before, files that do not exist included', async () => {
    server.files.delete('m/onnx/model_quantized.onnx');
    server.files.set('m/onnx/model.onnx', onnx('fp32'));
    const first = await load();
    const { url } = server;
    await server.close();
    const again = await (await open({ source: { kind: 'url', base: `${url}/m` } })).loadWeights();
    expect(again).toEqual(first);
    expect(again.dtype).toBe('fp32');
    server = await startServer();
  }, 20_000);

  test.each<[string, string[], Dtype | null, string]>([
    [
      'q8 before all others',
      ['onnx/model_quantized.onnx', 'onnx/model.onnx', 'onnx/model_fp16.onnx'],
      null,
      'q8 onnx/model_quantized.onnx',
    ],
    ['then fp32', ['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q4.onnx'], null, 'fp32 onnx/model.onnx'],
    ['then fp16', ['onnx/model_fp16.onnx', 'onnx/model_q4.onnx', 'model.onnx'], null, 'fp16 onnx/model_fp16.onnx'],
    ['then q4', ['onnx/model_q4.onnx', 'model.onnx'], null, 'q4 onnx/model_q4.onnx'],
    ['then the exporter’s own', ['model.onnx'], null, 'fp32 model.onnx'],
    ['the one that was named', ['onnx/model_quantized.onnx', 'onnx/model_bnb4.onnx'], 'bnb4', 'bnb4 onnx/model_bnb4.onnx'],
  ])('takes %s', async (_, paths, dtype, expected) => {
    server.files.delete('m/onnx/model_quantized.onnx');
    for (const path of paths) server.files.set(`m/${path}`, onnx(path));
    const weights = await load({ dtype });
    expect(`${weights.dtype} ${weights.path}`).toBe(expected);
    expect(Buffer.from(weights.onnx)).toEqual(onnx(weights.path));
  });

  test('says what it tried when there are no weights', async () => {
    server.files.delete('m/onnx/model_quantized.onnx');
    const tried = 'onnx/model_quantized.onnx, onnx/model.onnx, onnx/model_fp16.onnx, onnx/model_q4.onnx, model.onnx';
    await expect(load()).rejects.toMatchObject({ code: 'model-file-missing', message: expect.stringContaining(tried) });
    await expect(load({ dtype: 'q2' })).rejects.toMatchObject({
      code: 'model-file-missing',
      message: expect.stringContaining('onnx/model_q2.onnx'),
    });
  });

  test('with a dtype that does not exist is refused before any request', async () => {
    await expect(open({ dtype: 'q3' as Dtype })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(/"q3".*fp32, fp16, q8/),
    });
    await expect(open({ dtype: 'toString' as Dtype })).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(open({ overridePoolerConfig: { pooling_type: 'SUM' as 'CLS' } })).rejects.toMatchObject({ code: 'invalid-option' });
    expect(server.requests).toEqual([]);
  });

  test.each<[string, string, () => void, string]>([
    ['model-file-missing', 'config.json', () => server.files.delete('m/config.json'), 'no such file'],
    ['model-file-missing', 'tokenizer.json', () => server.files.delete('m/tokenizer.json'), 'no such file'],
    ['model-file-missing', '1_Pooling/config.json', () => server.files.delete('m/1_Pooling/config.json'), 'no such file'],
    ['model-file-invalid', 'config.json', () => server.files.set('m/config.json', '{"a":'), 'not JSON'],
    ['model-file-invalid', 'config.json', () => server.files.set('m/config.json', '[1]'), 'a list, not an object'],
    ['model-file-invalid', 'tokenizer.json', () => server.files.set('m/tokenizer.json', '<html></html>'), 'HTML page'],
    ['model-file-invalid', 'tokenizer.json', () => server.files.set('m/tokenizer.json', Uint8Array.of(0xff, 0xfe, 0)), 'not UTF-8'],
    ['model-file-invalid', 'modules.json', () => server.files.set('m/modules.json', '{}'), 'an? object, not a list'],
    [
      'model-file-invalid',
      'config.json',
      () => server.faults.set('m/config.json', [answer(200, { 'content-type': 'text/html' }, '<p>')]),
      'HTML page',
    ],
    ['download-failed', 'tokenizer.json', () => server.faults.set('m/tokenizer.json', [answer(403)]), 'HTTP 403'],
    [
      'model-file-invalid',
      'onnx/model_quantized.onnx',
      () => server.files.set('m/onnx/model_quantized.onnx', 'version https://git-lfs'),
      'not an ONNX file',
    ],
  ])('%s: %s', async (code, path, damage, why) => {
    const [files, config] = [new Map(server.files), server.url];
    damage();
    await expect(load()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`${path}.*${config}/m/${path}.*${why}|${path}.*${why}.*${config}/m/${path}`)),
    });
    server.files = files;
    expect((await load()).dtype).toBe('q8');
  });

  test('behind a server that answers everything with its page still has only the files it has', async () => {
    const page = answer(200, { 'content-type': 'text/html' }, '<!doctype html>');
    server.files.delete('m/onnx/model_quantized.onnx');
    server.files.delete('m/modules.json');
    server.files.set('m/onnx/model.onnx', onnx('fp32'));
    for (const path of [
      'modules.json',
      'tokenizer_config.json',
      'sentence_bert_config.json',
      'config_sentence_transformers.json',
      'onnx/model_quantized.onnx',
    ])
      server.faults.set(`m/${path}`, [page]);
    const model = await open();
    expect(model.spec.pooler.source).toBe('architecture');
    expect((await model.loadWeights()).dtype).toBe('fp32');
  });

  test('has external data in its own folder only, and all of it', async () => {
    const field = (number: number, ...parts: (Uint8Array | string)[]): Buffer => {
      const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
      return Buffer.concat([Uint8Array.of(number * 8 + 2, body.length), body]);
    };
    const withData = (location: string) => field(7, field(5, field(13, field(1, 'location'), field(2, location))));
    server.files.set('m/onnx/model_quantized.onnx', withData('w.onnx_data'));
    await expect(load()).rejects.toMatchObject({
      code: 'model-file-missing',
      message: expect.stringContaining(`${server.url}/m/onnx/w.onnx_data`),
    });
    server.files.set('m/onnx/w.onnx_data', 'weights');
    expect((await load()).external).toEqual([{ path: 'w.onnx_data', data: new Uint8Array(Buffer.from('weights')) }]);
    server.files.set('m/onnx/model_quantized.onnx', withData('../../secret'));
    await expect(load({ cache: false })).rejects.toMatchObject({
      code: 'model-file-invalid',
      message: expect.stringContaining('"../../secret"'),
    });
  });

  test('is reported byte by byte, and silently when it is read again', async () => {
    const model = await open();
    await model.loadWeights();
    model.reportPhase('compile');
    expect(events[0]).toMatchObject({ phase: 'download', fileLoaded: 0, fromCache: false });
    expect(events.at(-1)).toMatchObject({ phase: 'compile', bytesPerSecond: expect.any(Number) });
    expect(new Set(events.map(({ file }) => file))).toEqual(
      new Set(['config.json', 'tokenizer.json', 'modules.json', '1_Pooling/config.json', 'onnx/model_quantized.onnx', undefined]),
    );
    const { length } = events;
    await model.loadWeights();
    expect(events).toHaveLength(length);
  });

  test('keeps the dtype it was loaded with when its weights are read again', async () => {
    server.files.delete('m/onnx/model_quantized.onnx');
    server.files.set('m/onnx/model.onnx', onnx('fp32'));
    const model = await open({ cache: false });
    await model.loadWeights();
    server.files.set('m/onnx/model_quantized.onnx', onnx('q8'));
    expect((await model.loadWeights()).dtype).toBe('fp32');
  });

  test('is kept in the cache, weights can be forgotten, and cache false keeps nothing', async () => {
    const model = await open();
    await model.forgetWeights(await model.loadWeights());
    const [kept] = await inspectCache();
    expect(kept?.model).toBe(`${server.url}/m`);
    expect(kept?.files.map(({ path }) => path).toSorted()).toEqual([
      '1_Pooling/config.json',
      'config.json',
      'modules.json',
      'tokenizer.json',
    ]);
    caches.entries.clear();
    await load({ cache: false });
    expect(caches.entries.size).toBe(0);
  });

  test('is checked against its hashes, and a hash that was not used is told', async () => {
    const integrity = { 'config.json': createHash('sha256').update(config).digest('hex'), 'tokeniser.json': 'a'.repeat(64) };
    await load({ integrity });
    expect(logged).toEqual([{ level: 'warning', message: 'integrity names files that this model did not load: tokeniser.json.' }]);
    await expect(load({ integrity: { 'onnx/model_quantized.onnx': 'a'.repeat(64) } })).rejects.toMatchObject({
      code: 'integrity-mismatch',
    });
    expect((await inspectCache())[0]?.files.some(({ path }) => path.endsWith('.onnx'))).toBe(false);
  });

  test('can be given up in every stage, and loaded afterwards', async () => {
    await expect(open({}, AbortSignal.abort('no'))).rejects.toMatchObject({ code: 'aborted', cause: 'no' });
    for (const path of ['m/config.json', 'm/1_Pooling/config.json']) {
      const controller = new AbortController();
      server.faults.set(path, [() => controller.abort()]);
      await expect(open({ cache: false }, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
    }
    const model = await open();
    const controller = new AbortController();
    server.faults.set('m/onnx/model_quantized.onnx', [() => controller.abort()]);
    await expect(model.loadWeights(controller.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect((await model.loadWeights()).dtype).toBe('q8');
  });

  test('whose download broke is loaded by the next call', async () => {
    server.faults.set('m/tokenizer.json', Array(4).fill(cutAfter(3)));
    await expect(open()).rejects.toMatchObject({ code: 'download-failed', message: expect.stringContaining('tokenizer.json') });
    expect((await load()).dtype).toBe('q8');
  }, 20_000);
});
