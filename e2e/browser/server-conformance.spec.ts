/** The server in a page, by the cases of e2e/server: the models' own `fetch`, the handler of several models, and both behind a service worker. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { rolldown } from 'rolldown';
import type { Case } from '../server/case.ts';
import { cases } from '../server/cases.ts';
import { ROUTES } from '../server/cases/information.ts';
import { runCases, type Received, type Sent } from '../server/run-cases.ts';
import { expect, test } from './harness.ts';

declare global {
  interface Window {
    conformance: typeof import('../server/hosts/page.ts');
  }
}

/** The Fetch standard keeps them from pages. */
const FORBIDDEN = ['origin', 'access-control-request-method', 'access-control-request-headers'];
const lacksHeaders = ({ headers = {} }: Case) =>
  Object.keys(headers).some((name) => FORBIDDEN.includes(name.toLowerCase())) ? 'headers that a page may not set' : null;
const lacksServer = ({ on = 'open', several }: Case) =>
  on !== 'open' || several ? 'options, or several models: a model has neither by itself' : null;

let script: string;
test.beforeAll(async () => {
  const bundle = await rolldown({ input: join(import.meta.dirname, '../server/hosts/page.ts'), external: /^\/dist\// });
  script = (await bundle.generate({ format: 'esm' })).output[0].code;
  await bundle.close();
});

async function expectAll(page: Page, ownFetch: boolean, through: 'page' | 'network', lacks: (one: Case) => string | null): Promise<void> {
  const send = (sent: Sent): Promise<Received> =>
    page.evaluate(([given, own, way]) => window.conformance.send(given, own, way), [sent, ownFetch, through] as const);
  const { failures, passed, left } = await runCases(cases, { name: '', send, lacks });
  console.log(`${through}, ${ownFetch ? "a model's own fetch" : 'createHandler'}: ${passed} of ${cases.length} cases; left out:`, left);
  expect(failures).toEqual([]);
}

/** A page with the servers in it. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.addScriptTag({ type: 'module', content: script });
  await page.waitForFunction(() => 'conformance' in window, null, { timeout: 120_000 });
}

// One page for both of them: its models are loaded once.
test("in a tab: a model's own fetch, and createHandler", async ({ page, server }) => {
  test.setTimeout(240_000);
  await open(page, `${server.url}/blank`);
  await expectAll(page, true, 'page', (one) => lacksServer(one) ?? lacksHeaders(one));
  await expectAll(page, false, 'page', lacksHeaders);
});

/** A service worker takes the API's paths alone, and a body without a length needs HTTP/2. */
const lacksNetwork = ({ path, streamed }: Case) => {
  if (!/^\/v[12]\//.test(path) && !Object.hasOwn(ROUTES, path)) return 'paths that are not the API’s';
  return streamed ? 'bodies without a length' : null;
};

test("behind the service worker of demo/edge: a model's own fetch, and createHandler", async ({ page, server }) => {
  test.setTimeout(240_000);
  const blank = '/demo/edge/service-worker/blank.html';
  server.fault(blank, (_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>suite</title>');
    return true;
  });
  await open(page, server.url + blank);
  await page.evaluate(async () => {
    const { answerRequests } = (await import('/demo/edge/service-worker/answer-requests.js' as string)) as {
      answerRequests(fetch: unknown): Promise<void>;
    };
    await answerRequests(window.conformance.answer);
  });
  await expectAll(page, true, 'network', (one) => lacksServer(one) ?? lacksHeaders(one) ?? lacksNetwork(one));
  await expectAll(page, false, 'network', (one) => lacksHeaders(one) ?? lacksNetwork(one));
});
