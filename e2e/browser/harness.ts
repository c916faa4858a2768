/** A blank page with the built package in it: window.LLM, and the oracle's texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { byPooler, callOptions, compare, expected, type Fixture, type OracleCase } from '../oracle/fixtures.ts';
import { startServer, type TestServer } from '../server.ts';

export { expect };
export const MINILM = '/models/all-MiniLM-L6-v2';
export const TINY = '/e2e/models/tiny-bert';

declare global {
  interface Window {
    LLM: typeof import('../../src/index.ts').LLM;
    PoolingError: typeof import('../../src/index.ts').PoolingError;
    llm: import('../../src/index.ts').LLM;
    /** What a call came to: `ok`, or the code and text of its error. */
    outcome(call: Promise<unknown>): Promise<{ ok: boolean; code?: string; message?: string }>;
    /** A worker whose WebGPU can be tampered with: see tampered-worker.js. */
    tampered(how: string): { worker: () => Worker; workers: Worker[] };
    /** The page's one worker of a device, for loads that follow each other: see lasting-worker.js. */
    lasting(device: 'wasm' | 'webgpu'): Worker;
  }
}

export const test = base.extend<{ blank: Page }, { server: TestServer; lasting: Page }>({
  server: [
    // Playwright reads the fixture's needs from this pattern.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],
  blank: async ({ page, server }, use) => {
    await prepare(page, server);
    await use(page);
  },
  // One for many tests. Playwright makes a new one after a test that failed.
  lasting: [
    async ({ browser, server }, use) => {
      const page = await browser.newPage();
      await prepare(page, server);
      await use(page);
      await page.close();
    },
    { scope: 'worker' },
  ],
});

async function prepare(page: Page, server: TestServer): Promise<void> {
  await page.goto(`${server.url}/blank`);
  await page.evaluate(async () => {
    const { LLM, PoolingError } = (await import('/dist/index.js' as string)) as typeof import('../../src/index.ts');
    const outcome: Window['outcome'] = (call) =>
      call.then(
        () => ({ ok: true }),
        (error: unknown) =>
          error instanceof PoolingError
            ? { ok: false, code: error.code, message: error.message }
            : { ok: false, code: 'not a PoolingError', message: String(error) },
      );
    const tampered: Window['tampered'] = (how) => {
      const workers: Worker[] = [];
      const worker = () => {
        const made = new Worker(`/e2e/browser/tampered-worker.js?${how}`, { type: 'module' });
        workers.push(made);
        return made;
      };
      return { worker, workers };
    };
    const kept = new Map<string, Worker>();
    const lasting: Window['lasting'] = (device) => {
      const script = device === 'wasm' ? 'worker-wasm' : 'worker';
      const old = kept.get(script);
      if (old) {
        const ready = new MessageEvent('message', { data: { kind: 'ready', lock: null } });
        setTimeout(() => old.dispatchEvent(ready));
        return old;
      }
      const worker = new Worker(`/e2e/browser/lasting-worker.js?${script}`, { type: 'module' });
      worker.terminate = () => {};
      kept.set(script, worker);
      return worker;
    };
    Object.assign(window, { LLM, PoolingError, outcome, tampered, lasting });
  });
}

const read = <T>(path: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../oracle', path), 'utf8')) as T;
export const texts = read<Record<string, string>>('texts.json');
export const fixture = (name: string) => read<Fixture>(`fixtures/${name}.json`);

/** Runs cases on the page's `llm` and holds direction and length against the oracle. */
export async function expectOracle(page: Page, cases: OracleCase[], least: number, tolerance = 1e-4): Promise<void> {
  expect(cases.length).toBeGreaterThan(0);
  for (const one of cases) {
    const vector = await page.evaluate(
      async ([text, options, all]) => {
        if (all) return [...(await window.llm.encode(text, options))[0]!.outputs.data];
        return [...(await window.llm.embed(text, options))[0]!.outputs.embedding];
      },
      [texts[one.text]!, callOptions(one), one.options.pooling_type === 'ALL'] as const,
    );
    const { cosine, norm } = compare(Float32Array.from(vector), expected(one));
    expect(cosine, one.id).toBeGreaterThanOrEqual(least);
    expect(norm, one.id).toBeLessThanOrEqual(tolerance);
  }
}

export { byPooler };
