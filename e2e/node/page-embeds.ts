/** A page that runs app/main.js -> its vectors are Sentence-Transformers', and what it asked for was found. */
import { availableParallelism } from 'node:os';
import type { Browser } from '@playwright/test';
import { expect } from 'vitest';
import { expectOracle, texts } from './oracle-texts.ts';

interface PageResult {
  error?: string;
  message?: string;
  threads: number;
  vectors: number[][];
  /** Of llm.fetch. */
  served: number[][];
  /** Models in the cache. */
  cached: number;
  /** Of an index of the texts. */
  storage: string;
  /** The second text was looked for. */
  found: string[];
}

/** Opens the page in a new context, without a cache of earlier ones, and waits for its result. */
export async function expectPageEmbeds(browser: Browser, url: string, isolated = true): Promise<void> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript((given) => Object.assign(globalThis, { texts: given }), texts);
    await page.goto(url);
    const waited = await page.waitForFunction(() => 'result' in globalThis, null, { timeout: 60_000 }).catch((error: unknown) => error);
    expect(waited, complaints.join('\n')).not.toBeInstanceOf(Error);
    const result = await page.evaluate(() => (globalThis as unknown as { result: PageResult }).result);
    expect(result.error, `${result.message}\n${complaints.join('\n')}`).toBeUndefined();
    if (isolated && availableParallelism() > 1) expect(result.threads).toBeGreaterThan(1);
    await expectOracle(result.vectors, 'tiny-bert');
    expect(result.served).toEqual(result.vectors);
    expect(result.cached).toBe(1);
    expect(result.storage, complaints.join('\n')).toBe('opfs');
    expect(result.found[0]).toBe('1');
    expect(result.found).toHaveLength(texts.length);
  } finally {
    await context.close();
  }
}
