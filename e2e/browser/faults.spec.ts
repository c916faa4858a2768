/** Everything that can go wrong: each test sees the error code, and a later call that works. */
import { expect, MINILM, test, TINY } from './harness.ts';
import { expectWorking, loading } from './loading.ts';

test.describe('the worker', () => {
  test('killed in the middle of a call: the call rejects, the next one works', async ({ blank }) => {
    const result = await blank.evaluate(async (model) => {
      const { worker, workers } = window.tampered('plain');
      const llm = await window.LLM.load(model, { device: 'wasm', worker, onLog: () => {} });
      const [before] = await llm.embed('the same text');
      const texts = Array.from({ length: 2000 }, (_, i) => `text number ${i} `.repeat(20));
      const call = window.outcome(llm.embed(texts, { onProgress: () => workers[0]!.terminate() }));
      const other = window.outcome(llm.embed(texts));
      const outcomes = [await call, await other];
      const [after] = await llm.embed('the same text');
      const same = before!.outputs.embedding.every((value, i) => Math.abs(value - after!.outputs.embedding[i]!) < 1e-6);
      await llm.dispose();
      return { outcomes, same, workers: workers.length };
    }, MINILM);
    expect(result.outcomes).toMatchObject([{ code: 'worker-crashed' }, { code: 'worker-crashed' }]);
    expect(result).toMatchObject({ same: true, workers: 2 });
  });

  test('that dies between two calls is replaced', async ({ blank }) => {
    const result = await blank.evaluate(async (model) => {
      const { worker, workers } = window.tampered('plain');
      const llm = await window.LLM.load(model, { device: 'wasm', worker, onLog: () => {} });
      workers[0]!.terminate();
      while (workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      return [await window.outcome(llm.embed('a')), workers.length];
    }, TINY);
    expect(result).toEqual([{ ok: true }, 2]);
  });

  test('that starts after the site’s storage was cleared is not taken for dead, and one that was there before is told when it dies', async ({
    blank,
    server,
  }) => {
    server.fault('/log-out', (_request, response) => {
      response.setHeader('Clear-Site-Data', '"storage"').end();
      return true;
    });
    const result = await blank.evaluate(async (model) => {
      const [old, fresh] = [window.tampered('plain'), window.tampered('plain')];
      const options = { device: 'wasm', onLog: () => {} } as const;
      const before = await window.LLM.load(model, { ...options, worker: old.worker });
      await (await fetch('/log-out')).text();
      const after = await window.LLM.load(model, { ...options, worker: fresh.worker });
      const outcomes = [];
      for (let i = 0; i < 3; i++) {
        outcomes.push(await window.outcome(after.embed('a')));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const [dying] = old.workers;
      const call = window.outcome(before.embed(Array(500).fill('a '.repeat(50)), { onProgress: () => dying!.terminate() }));
      return { outcomes, dead: await call, workers: [fresh.workers.length, old.workers.length] };
    }, TINY);
    expect(result.outcomes).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(result.dead).toMatchObject({ code: 'worker-crashed' });
    expect(result.workers[0]).toBe(1);
  });

  test('whose script is missing: worker-crashed', async ({ blank }) => {
    const outcome = await blank.evaluate(
      (model) => window.outcome(window.LLM.load(model, { worker: () => new Worker('/no-such.js', { type: 'module' }) })),
      TINY,
    );
    expect(outcome).toMatchObject({ code: 'worker-crashed' });
    await expectWorking(blank);
  });

  test('that never answers: worker-timeout', async ({ blank }) => {
    const outcome = await blank.evaluate((model) => {
      const silent = URL.createObjectURL(new Blob(['//'], { type: 'text/javascript' }));
      return window.outcome(window.LLM.load(model, { worker: () => new Worker(silent), workerTimeout: 200 }));
    }, TINY);
    expect(outcome).toMatchObject({ code: 'worker-timeout' });
    await expectWorking(blank);
  });

  test('whose .wasm is missing: runtime-failed, and a load that finds it works', async ({ blank, server }) => {
    const remove = server.fault('ort-wasm-simd-threaded.wasm', (_request, response) => {
      response.writeHead(404).end();
      return true;
    });
    expect(await loading(blank)).toMatchObject({ code: 'runtime-failed' });
    remove();
    await expectWorking(blank);
  });
});

test('a device destroyed in the middle of a batch is replaced, and the vectors are right', async ({ blank }) => {
  const result = await blank.evaluate(async (model) => {
    const { worker } = window.tampered('destroyable');
    const texts = ['one text', 'another that is a little longer', 'short', 'and the fourth and last of them'].flatMap((text) =>
      Array.from({ length: 40 }, (_, i) => `${text} ${i}`),
    );
    const wasm = await window.LLM.load(model, { device: 'wasm', onLog: () => {} });
    const expected = await wasm.embed(texts);
    await wasm.dispose();
    const logs: string[] = [];
    const llm = await window.LLM.load(model, { device: 'webgpu', worker, onLog: ({ message }) => logs.push(message) });
    const destroy = new BroadcastChannel('destroy');
    let destroyed = 0;
    const call = llm.embed(texts, {
      onProgress: () => {
        if (destroyed++ === 0) destroy.postMessage('');
      },
    });
    const outputs = await call;
    const worst = Math.max(
      ...outputs.map(({ outputs: { embedding } }, i) =>
        Math.max(...embedding.map((value, d) => Math.abs(value - expected[i]!.outputs.embedding[d]!))),
      ),
    );
    destroy.postMessage('');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const later = await window.outcome(llm.embed('later'));
    return { worst, later, device: llm.info.device, losses: llm.info.counters.deviceLosses, logs };
  }, TINY);
  expect(result).toMatchObject({ later: { ok: true }, device: 'webgpu' });
  expect(result.losses).toBe(2);
  expect(result.worst).toBeLessThan(1e-4);
  expect(result.logs.join()).toContain('The GPU device was lost');
});

test('a device that cannot be replaced: WASM for "auto", device-lost for "webgpu", and a later call that works', async ({ blank }) => {
  const result = await blank.evaluate(async (model) => {
    const post = async (channel: string) => {
      new BroadcastChannel(channel).postMessage('');
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const { worker } = window.tampered('hardware&destroyable&mortal');
    const auto = await window.LLM.load(model, { worker, onLog: () => {} });
    const [before] = await auto.embed('the same text');
    await post('curse');
    await post('destroy');
    const [after] = await auto.embed('the same text');
    const same = before!.outputs.embedding.every((value, i) => Math.abs(value - after!.outputs.embedding[i]!) < 1e-4);
    const { device, fallback } = auto.info;
    await auto.dispose();

    const named = await window.LLM.load(model, { device: 'webgpu', worker, onLog: () => {} });
    await post('curse');
    await post('destroy');
    const lost = await window.outcome(named.embed('a'));
    await post('lift');
    const later = await window.outcome(named.embed('a'));
    return { same, device, fallback, lost, later };
  }, TINY);
  expect(result).toMatchObject({ same: true, device: 'wasm', lost: { code: 'device-lost' }, later: { ok: true } });
  expect(result.fallback).toBeTruthy();
});

test('a replacement that dies in its load is not replaced for ever, and a later call works', async ({ blank }) => {
  const result = await blank.evaluate(async (model) => {
    let made = 0;
    let broken = false;
    const worker = () => {
      made++;
      const script = broken
        ? `postMessage({ kind: 'ready', lock: null }); throw new Error('dies')`
        : `await import('${location.origin}/dist/worker-wasm.js')`;
      return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { type: 'module' });
    };
    const { workers, worker: first } = window.tampered('plain');
    const llm = await window.LLM.load(model, {
      device: 'wasm',
      worker: () => (workers.length === 0 ? first() : worker()),
      onLog: () => {},
    });
    broken = true;
    workers[0]!.terminate();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const inBetween = made;
    const failed = await window.outcome(llm.embed('a'));
    broken = false;
    return { inBetween, failed, later: await window.outcome(llm.embed('a')) };
  }, TINY);
  expect(result).toMatchObject({ inBetween: 1, failed: { code: 'worker-crashed' }, later: { ok: true } });
});

test('bad input gets its error, and the engine goes on', async ({ blank }) => {
  const outcomes = await blank.evaluate(async (model) => {
    const llm = await window.LLM.load(model, { device: 'wasm', onLog: () => {}, hfOverrides: { matryoshka_dimensions: [16, 8] } });
    const bad: [unknown, unknown?][] = [
      [[[30_522]]],
      [[[-1]]],
      [[[]]],
      [null],
      [[1, 'a']],
      [{ text: 'a' }],
      ['word '.repeat(300)],
      ['a', { poolingParams: { dimensions: 5 } }],
      ['a', { poolingParams: { dimensions: NaN } }],
      ['a', { truncate_prompt_tokens: 257 }],
      ['a', { nonsense: 1 }],
    ];
    const codes: unknown[] = [];
    for (const [input, options] of bad) codes.push((await window.outcome(llm.embed(input as never, options as never))).code);
    const good = await llm.embed(['', '\ud800', '🏴‍☠️', 'x'.repeat(100_000), [101, 102] as never], { truncate_prompt_tokens: -1 });
    // With [CLS] and [SEP] exactly the 256 tokens of the model.
    good.push(...(await llm.embed('word '.repeat(254))));
    const [cut] = await llm.embed('a', { poolingParams: { dimensions: 8 } });
    return {
      codes,
      good: good.map(({ outputs: { embedding } }) => Math.hypot(...embedding).toFixed(3)),
      cut: cut!.outputs.embedding.length,
      none: await llm.embed([]),
    };
  }, TINY);
  expect(outcomes.codes).toEqual([
    'invalid-input',
    'invalid-input',
    'invalid-input',
    'invalid-input',
    'invalid-input',
    'invalid-input',
    'input-too-long',
    'invalid-option',
    'invalid-option',
    'invalid-option',
    'invalid-option',
  ]);
  expect(outcomes.good).toEqual(Array.from({ length: 6 }, () => '1.000'));
  expect(outcomes).toMatchObject({ cut: 8, none: [] });
});

test('dispose during a call, and while a new worker is loaded, settles the calls', async ({ blank }) => {
  const result = await blank.evaluate(async (model) => {
    const llm = await window.LLM.load(model, { device: 'wasm', onLog: () => {} });
    const call = window.outcome(llm.embed(Array.from({ length: 500 }, () => 'some text')));
    await llm.dispose();
    await llm.dispose();
    const { worker, workers } = window.tampered('plain');
    const second = await window.LLM.load(model, { device: 'wasm', worker, onLog: () => {} });
    workers[0]!.terminate();
    while (workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const waiting = window.outcome(second.embed('a'));
    await second.dispose();
    return [await call, await window.outcome(llm.embed('later')), await waiting];
  }, TINY);
  expect(result).toMatchObject([{ code: 'disposed' }, { code: 'disposed' }, { code: 'disposed' }]);
});

test('the main thread has no task over 50 ms while 1,000 texts are embedded', { tag: '@alone' }, async ({ blank }) => {
  const tasks = await blank.evaluate(async (model) => {
    const llm = await window.LLM.load(model, { device: 'wasm', onLog: () => {} });
    const texts = Array.from({ length: 1000 }, (_, i) => `text number ${i} is about ${i * 7} things`);
    const long: number[] = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    await llm.embed(texts, { onProgress: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 200));
    return long;
  }, TINY);
  expect(tasks).toEqual([]);
});
