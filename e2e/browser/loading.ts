/** Loading a model on the blank page: what it comes to, and that it works (again). */
import type { Page } from '@playwright/test';
import { expect, TINY } from './harness.ts';

/** After a fault: a fresh load and a call work. */
export async function expectWorking(page: Page, model = TINY): Promise<void> {
  const length = await page.evaluate(async (folder) => {
    const llm = await window.LLM.load(folder, { device: 'wasm', onLog: () => {} });
    const [output] = await llm.embed('works again');
    await llm.dispose();
    return Math.hypot(...output!.outputs.embedding);
  }, model);
  expect(length).toBeCloseTo(1, 4);
}

export const loading = (page: Page, options: object = {}, model = TINY) =>
  page.evaluate(([folder, given]) => window.outcome(window.LLM.load(folder, { device: 'wasm', onLog: () => {}, ...given })), [
    model,
    options,
  ] as const);
