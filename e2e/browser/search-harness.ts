/** Tabs of one browser profile, each with the built search, a model that costs nothing, and search-page.js: window.search, hashModel, page. */
import type { BrowserContext, Page } from '@playwright/test';
import { hashModel, vectorOf } from '../../src/search/model-for-tests.ts';
import { test as base } from './harness.ts';

export { expect } from './harness.ts';

type Search = typeof import('../../src/search.ts');
type Index = import('../../src/search.ts').SearchIndex;
type Document = import('../../src/search.ts').SearchDocument;

declare global {
  interface Window {
    search: Search;
    hashModel: typeof hashModel;
    vectorOf: typeof vectorOf;
    page: {
      packages(): Promise<Document[]>;
      ofRound(document: Document, round: unknown): Document[];
      faultsOf(index: Index, given: readonly Document[]): Promise<string[]>;
      tamper(change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Promise<number>;
      longestTask(work: () => Promise<unknown>): Promise<number>;
    };
    index: Index;
    /** What onLog told. */
    told: string[];
    /** Of a test's own. */
    documents: Document[];
  }
}

export const test = base.extend<{ context: BrowserContext; tab: () => Promise<Page> }>({
  tab: async ({ context, server }, use) => {
    await use(async () => {
      const page = await context.newPage();
      await page.goto(`${server.url}/blank`);
      await page.addScriptTag({ content: `${vectorOf}\n${hashModel}` });
      await page.evaluate(async () => {
        const outcome: Window['outcome'] = (call) =>
          call.then(
            () => ({ ok: true }),
            (error: { code?: string; message?: string }) => ({ ok: false, code: error.code ?? 'no code', message: String(error.message) }),
          );
        Object.assign(window, {
          search: await import('/dist/search.js' as string),
          page: await import('/e2e/browser/search-page.js' as string),
          outcome,
          told: [],
        });
      });
      return page;
    });
  },
});

/** Opens `name` in a tab as window.index. */
export const open = (page: Page, name: string, options: object = {}) =>
  page.evaluate(
    async ([name, { model, ...options }]) => {
      const onLog = ({ message }: { message: string }) => window.told.push(message);
      window.index = await window.search.createIndex(window.hashModel({ size: 64, most: 256, ...model }), { name, onLog, ...options });
      return { ...window.index.size, told: window.told };
    },
    [name, options as { model?: object }] as const,
  );
