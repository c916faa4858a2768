/** Downloads that break, files that are wrong, and the cache: each test sees the error code, and a later load that works. */
import { sendFile } from '../server.ts';
import { expect, MINILM, test, TINY } from './harness.ts';
import { expectWorking, loading } from './loading.ts';

test.describe('model files', () => {
  test('a corrupt model is refused and not kept', async ({ blank, server }) => {
    const remove = server.fault('model.onnx', (request, response, file) => {
      const broken = Buffer.from(file!);
      broken.fill(0xff, 1000, 200_000);
      sendFile(request, response, broken, 'model.onnx');
      return true;
    });
    expect(await loading(blank, { dtype: 'fp32' })).toMatchObject({ code: 'model-file-invalid' });
    remove();
    await expectWorking(blank);
  });

  test('a download that breaks goes on where it stopped', async ({ blank, server }) => {
    const ranges: (string | undefined)[] = [];
    const remove = server.fault('model_quantized.onnx', (request, response, file) => {
      ranges.push(request.headers.range);
      if (ranges.length > 1) return false;
      response.writeHead(200, { 'Content-Length': file!.length, ETag: `"${file!.length}"` });
      response.write(file!.subarray(0, 9_000_000), () => setTimeout(() => request.socket.destroy(), 300));
      return true;
    });
    expect(await loading(blank, {}, MINILM)).toEqual({ ok: true });
    expect(ranges).toHaveLength(2);
    expect(Number(/bytes=(\d+)-/.exec(ranges[1]!)![1])).toBeGreaterThan(4_000_000);
    remove();
  });

  test('a download that is always cut short: download-failed', async ({ blank, server }) => {
    const remove = server.fault('model.onnx', (request, response, file) => {
      response.writeHead(200, { 'Content-Length': file!.length });
      response.write(file!.subarray(0, 1000), () => setTimeout(() => request.socket.destroy(), 20));
      return true;
    });
    const outcome = await loading(blank, { dtype: 'fp32' });
    expect(outcome).toMatchObject({ code: 'download-failed' });
    expect(outcome.message).toContain('onnx/model.onnx');
    remove();
    await expectWorking(blank);
  });

  test('a missing folder, and a missing file, are named', async ({ blank, server }) => {
    const missing = await loading(blank, {}, '/e2e/models/no-such-model');
    expect(missing).toMatchObject({
      code: 'model-file-missing',
      message: expect.stringContaining('/e2e/models/no-such-model/config.json') as unknown,
    });
    const remove = server.fault('tokenizer.json', (_request, response) => {
      response.writeHead(404).end();
      return true;
    });
    expect(await loading(blank)).toMatchObject({
      code: 'model-file-missing',
      message: expect.stringContaining('tokenizer.json') as unknown,
    });
    remove();
    await expectWorking(blank);
  });

  test('a wrong hash is an error, and the file is not kept', async ({ blank }) => {
    const outcome = await loading(blank, { integrity: { 'onnx/model.onnx': '0'.repeat(64) }, dtype: 'fp32' });
    expect(outcome).toMatchObject({ code: 'integrity-mismatch' });
    const kept = await blank.evaluate(() => window.LLM.inspectCache());
    expect(kept.flatMap(({ files }) => files.filter(({ path, complete }) => path === 'onnx/model.onnx' && complete))).toEqual([]);
    await expectWorking(blank);
  });

  test('no network: download-failed, unless the files are cached', async ({ blank, server }) => {
    await expectWorking(blank, MINILM);
    const elsewhere = await loading(blank, {}, 'http://127.0.0.1:9/model');
    expect(elsewhere).toMatchObject({ code: 'download-failed' });
    const remove = server.fault('/models/', (request) => Boolean(request.socket.destroy()));
    const cached = await loading(blank, {}, MINILM);
    remove();
    expect(cached).toEqual({ ok: true });
  });

  test('the cache can be looked into and cleared, and the second load downloads nothing', async ({ blank, server }) => {
    await expectWorking(blank, MINILM);
    const before = server.requests.length;
    await expectWorking(blank, MINILM);
    expect(server.requests.slice(before).filter((path) => path.endsWith('.onnx'))).toEqual([]);
    const cached = await blank.evaluate(() => window.LLM.inspectCache());
    expect(cached[0]?.files.find(({ path }) => path === 'onnx/model_quantized.onnx')).toMatchObject({ bytes: 26_075_683, complete: true });
    const left = await blank.evaluate(async (model) => {
      await window.LLM.clearCache(model);
      return window.LLM.inspectCache();
    }, cached[0]!.model);
    expect(left).toEqual([]);
    await expectWorking(blank, MINILM);
  });

  test('a cache that is full or forbidden is replaced by memory, with one warning', async ({ blank }) => {
    const logs = await blank.evaluate(async (model) => {
      const source = `CacheStorage.prototype.open = () => Promise.reject(new DOMException('no', 'SecurityError')); await import('${location.origin}/dist/worker-wasm.js')`;
      const worker = () => new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), { type: 'module' });
      const seen: { level: string; message: string }[] = [];
      const llm = await window.LLM.load(model, { device: 'wasm', worker, onLog: (entry) => seen.push(entry) });
      await llm.embed('a');
      return seen;
    }, TINY);
    expect(logs.filter(({ level }) => level === 'warning')).toHaveLength(1);
  });
});
