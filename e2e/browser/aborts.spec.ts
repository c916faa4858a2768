/** A caller who gives up, in every stage: the call rejects at once, and a later one works. */
import { expect, MINILM, test, TINY } from './harness.ts';
import { expectWorking } from './loading.ts';

test('an abort while the worker starts is heard at once', async ({ blank }) => {
  const outcome = await blank.evaluate((model) => {
    const silent = () => new Worker(URL.createObjectURL(new Blob(['//'], { type: 'text/javascript' })));
    return window.outcome(window.LLM.load(model, { worker: silent, workerTimeout: Infinity, signal: AbortSignal.timeout(100) }));
  }, TINY);
  expect(outcome).toMatchObject({ code: 'aborted' });
});

test('the signal of the load, fired after it: the call in hand finishes, and later ones work', async ({ blank }) => {
  const result = await blank.evaluate(async (model) => {
    const { worker, workers } = window.tampered('plain');
    const controller = new AbortController();
    const llm = await window.LLM.load(model, { device: 'wasm', worker, signal: controller.signal, onLog: () => {} });
    const texts = Array.from({ length: 500 }, (_, i) => `text number ${i}`);
    const during = window.outcome(llm.embed(texts, { onProgress: () => controller.abort() }));
    const late = new Promise((resolve) => setTimeout(resolve, 20_000, 'never settled'));
    const first = await Promise.race([during, late]);
    return [first, controller.signal.aborted, await Promise.race([window.outcome(llm.embed('later')), late]), workers.length];
  }, TINY);
  expect(result).toEqual([{ ok: true }, true, { ok: true }, 1]);
});

test.describe('an abort', () => {
  test('while the model is downloaded', async ({ blank, server }) => {
    const remove = server.fault('model_quantized.onnx', (_request, response, file) => {
      response.writeHead(200, { 'Content-Length': file!.length });
      response.write(file!.subarray(0, 100_000));
      return true;
    });
    const result = await blank.evaluate(async (model) => {
      const controller = new AbortController();
      const onProgress = ({ file }: { file?: string }) => {
        if (file?.endsWith('.onnx')) setTimeout(() => controller.abort(), 100);
      };
      return window.outcome(window.LLM.load(model, { device: 'wasm', signal: controller.signal, onProgress, onLog: () => {} }));
    }, MINILM);
    expect(result).toMatchObject({ code: 'aborted' });
    remove();
    await expectWorking(blank, MINILM);
  });

  test('while the session is made, and before anything', async ({ blank }) => {
    const result = await blank.evaluate(async (model) => {
      const controller = new AbortController();
      const onProgress = ({ phase }: { phase: string }) => {
        if (phase === 'compile') controller.abort();
      };
      const during = await window.outcome(
        window.LLM.load(model, { device: 'wasm', signal: controller.signal, onProgress, onLog: () => {} }),
      );
      return [during, await window.outcome(window.LLM.load(model, { signal: AbortSignal.abort() }))];
    }, MINILM);
    expect(result).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }]);
    await expectWorking(blank, MINILM);
  });

  test('while a long text is tokenised, while texts wait, while batches run', { tag: '@alone' }, async ({ blank }) => {
    const result = await blank.evaluate(async (model) => {
      const llm = await window.LLM.load(model, {
        device: 'wasm',
        onLog: () => {},
        overridePoolerConfig: { enable_chunked_processing: true },
      });
      const after = (milliseconds: number) => AbortSignal.timeout(milliseconds);
      const words = 'several words that are tokenised one after the other '.repeat(100_000);
      const tokenising = await window.outcome(llm.embed(words, { signal: after(200) }));
      const texts = Array.from({ length: 5000 }, (_, i) => `number ${i} ${'and more '.repeat(60)}`);
      const first = performance.now();
      await llm.embed(texts.slice(0, 20));
      const wholeCall = (performance.now() - first) * (texts.length / 20);
      const controller = new AbortController();
      const { signal } = controller;
      const begin = performance.now();
      const running = window.outcome(llm.embed(texts, { signal, onProgress: () => controller.abort() }));
      const waiting = window.outcome(llm.embed(texts, { signal }));
      const outcomes = [tokenising, await running, await waiting];
      const later = await llm.embed('later');
      return { outcomes, later: later.length, share: (performance.now() - begin) / wholeCall };
    }, MINILM);
    expect(result.outcomes).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }, { code: 'aborted' }]);
    expect(result.later).toBe(1);
    // The engine itself has stopped: otherwise the later call would have waited for its turn among what is left of them.
    expect(result.share).toBeLessThan(0.25);
  });
});
