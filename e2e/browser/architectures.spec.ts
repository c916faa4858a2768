/** Every architecture and task in the page: in a worker on WASM and on WebGPU, against what Sentence-Transformers and transformers answer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { answer, byLoad, errorsOf, type ArchitectureCase, type ArchitectureFixture } from '../oracle/architectures.ts';
import type { TestServer } from '../server.ts';
import { expect, test } from './harness.ts';

const folder = join(import.meta.dirname, '../oracle/fixtures/architectures');
const fixtures = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ArchitectureFixture);

/** Cases of each method; all of them are computed in Node: architectures.test.ts. */
const FEW_CASES = 2;
/** Tokens that a case may have on a software GPU, which takes seconds for what others do in milliseconds. */
const FEW_TOKENS = 64;

/** Computed wrongly by onnxruntime-web 1.30 on SwiftShader where a text has 12, 16, 20, … tokens; e2e/models/README.md has the numbers. */
const WRONG_IN_SOFTWARE = ['tiny-modernbert-classifier', 'tiny-modernbert-reranker'];

test.describe('wasm', () => {
  for (const { model, cases } of fixtures) {
    test(model, async ({ lasting, server }) => {
      for (const group of byLoad(cases)) await runGroup(lasting, server, model, few(group), 'wasm');
    });
  }
});

test.describe('webgpu', () => {
  for (const { model, cases } of fixtures) {
    test(model, async ({ lasting, server }) => {
      test.setTimeout(300_000);
      if (WRONG_IN_SOFTWARE.includes(model)) return expectRefusal(lasting, model);
      // The graph is the same in every group of a dtype: checked once, it need not be made twice for each.
      const checked = new Set<string | undefined>();
      for (const group of byLoad(cases).filter(isNews)) {
        const short = few(group.filter((one) => tokensOf(one) <= FEW_TOKENS));
        const dtype = group[0]!.load?.dtype;
        if (short.length === 0) continue;
        await runGroup(lasting, server, model, short, 'webgpu', !checked.has(dtype));
        checked.add(dtype);
      }
      expect(checked.size).toBeGreaterThan(0);
    });
  }
});

const few = (group: ArchitectureCase[]) =>
  group.filter((one) => group.filter(({ method }) => method === one.method).indexOf(one) < FEW_CASES);

/** Old spellings of a Pooling module's file are read as the new ones are, and have been on WASM: nothing of them reaches the device. */
function isNews([first]: ArchitectureCase[]): boolean {
  return !first?.load?.files?.['1_Pooling/config.json']?.includes('pooling_mode_');
}

/** No wrong score is ever returned: the self-check finds it. */
async function expectRefusal(page: Page, model: string): Promise<void> {
  const outcome = await page.evaluate(async (name) => {
    await window.llm?.dispose();
    return window.outcome(
      window.LLM.load(`/e2e/models/${name}`, { device: 'webgpu', worker: () => window.lasting('webgpu'), cache: false, onLog: () => {} }),
    );
  }, model);
  expect(outcome).toMatchObject({ ok: false, code: 'webgpu-wrong-results' });
}

async function runGroup(
  page: Page,
  server: TestServer,
  model: string,
  group: ArchitectureCase[],
  device: 'wasm' | 'webgpu',
  selfCheck = true,
): Promise<void> {
  const { files = {}, ...options } = group[0]!.load ?? {};
  const faults = Object.entries(files).map(([path, text]) =>
    server.fault(`/${model}/model/${path}`, (_, response) => {
      response.end(text);
      return true;
    }),
  );
  const info = await page.evaluate(
    async ([name, given]) => {
      await window.llm?.dispose();
      window.llm = await window.LLM.load(`/nameless/${name}/model`, {
        ...given,
        worker: () => window.lasting(given.device),
        cache: false,
        onLog: () => {},
      });
      return window.llm.info;
    },
    [model, { ...options, device, selfCheck }] as const,
  );
  for (const restore of faults) restore();
  expect(info.device).toBe(device);
  for (const one of group) {
    const { vectors, scores, exact } = errorsOf(await page.evaluate(inPage, [answer.toString(), one] as const), one);
    expect(exact, one.id).toEqual([]);
    expect(vectors, one.id).toBeLessThanOrEqual(1e-5);
    expect(scores, one.id).toBeLessThanOrEqual(1e-4);
  }
}

/** `answer` goes to the page as its source: it holds nothing from outside. */
function inPage([source, one]: readonly [string, ArchitectureCase]): ReturnType<typeof answer> {
  return (new Function(`return ${source}`)() as typeof answer)(window.llm as never, one);
}

function tokensOf({ expected: { ids = [] } }: ArchitectureCase): number {
  return ids.length * Math.max(0, ...ids.map((each) => each.length));
}
