/** Every architecture and task in the page: in a worker on WASM and on WebGPU, against what Sentence-Transformers and transformers answer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { answer, byLoad, errorsOf, type ArchitectureCase, type ArchitectureFixture } from '../oracle/architectures.ts';
import type { TestServer } from '../server.ts';
import { expect, test } from './harness.ts';

const folder = join(import.meta.dirname, '../oracle/fixtures/architectures');
const fixtures = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ArchitectureFixture);

/** Tokens that a case may have where a software GPU computes it: it takes seconds for what others do in milliseconds. */
const FEW_TOKENS = 120;

for (const device of ['wasm', 'webgpu'] as const) {
  test.describe(device, () => {
    for (const fixture of fixtures) {
      test(fixture.model, async ({ blank, server }) => {
        for (const group of byLoad(fixture.cases)) {
          const few = group.filter((one) => device === 'wasm' || tokensOf(one) <= FEW_TOKENS);
          if (few.length > 0) await runGroup(blank, server, fixture.model, few, device);
        }
      });
    }
  });
}

async function runGroup(
  page: Page,
  server: TestServer,
  model: string,
  group: ArchitectureCase[],
  device: 'wasm' | 'webgpu',
): Promise<void> {
  const { files = {}, ...options } = group[0]!.load ?? {};
  const faults = Object.entries(files).map(([path, text]) =>
    server.fault(`/${model}/${path}`, (_, response) => {
      response.end(text);
      return true;
    }),
  );
  const info = await page.evaluate(
    async ([name, given]) => {
      await window.llm?.dispose();
      window.llm = await window.LLM.load(`/e2e/models/${name}`, { ...given, cache: false, onLog: () => {} });
      return window.llm.info;
    },
    [model, { ...options, device }] as const,
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
