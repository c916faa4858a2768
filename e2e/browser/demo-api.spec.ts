/** The API view with the real model on WASM: the stock client in the page, edited code, errors in words, and a program to take along. */
import { gzipSync } from 'node:zlib';
import { expect, type Page } from '@playwright/test';
import { clientBytes } from '../../demo/api/client-bytes.ts';
import { expectAccessible, expectFitsPhone, loadModel, openView, test } from './demo-site.ts';

const answers = (page: Page) => page.getByTestId('answers');
const pick = (page: Page, label: string) => page.locator('.view-api').getByRole('button', { name: label, exact: true }).click();

test('the stock client is fetched when it is needed, and answered by the tab', async ({ shared, site }) => {
  expect(site.requests.filter((path) => path.includes('openai'))).toEqual([]);
  const client = shared.waitForResponse((response) => /assets\/openai-.*\.js$/.test(response.url()));
  await openView(shared, 'API');
  await loadModel(shared);
  await expect(answers(shared)).toContainText(/embedding: \[-?0\.[\d, .-]+ … 384 numbers\]/, { timeout: 20_000 });
  const [, near, far] = /"cat and kitten": ([\d.-]+), "cat and rates": ([\d.-]+)/.exec((await answers(shared).textContent())!)!;
  expect(Number(near)).toBeGreaterThan(Number(far) + 0.3);
  await expect(shared.getByTestId('answer-note')).toContainText(/^Answered in \d+ ms, from this tab\.$/);
  const [, tokens] = /prompt_tokens: (\d+)/.exec((await answers(shared).textContent())!)!;
  await expect(shared.getByTestId('timings')).toContainText(new RegExp(`^${tokens} tokens · [\\d.]+ ms = tokenise .* model [\\d.]+`));
  const bytes = gzipSync(await (await client).body()).length;
  expect(Math.abs(bytes - clientBytes)).toBeLessThan(2500);
  // On a phone the answer lies below the code.
  const size = shared.viewportSize()!;
  await shared.setViewportSize({ width: 390, height: 800 });
  await shared.evaluate(() => scrollTo(0, 0));
  await expect(shared.getByTestId('answer-note')).not.toBeInViewport();
  await shared.getByTestId('run').click();
  await expect(shared.getByTestId('answer-note')).toBeInViewport();
  await shared.setViewportSize(size);
});

test('classify, tokenize, models and a mistake answer as a server would', async ({ shared }) => {
  await openView(shared, 'API');
  await loadModel(shared);
  await pick(shared, 'Classify');
  await expect(answers(shared)).toContainText('label: "haskell"');
  await pick(shared, 'Tokenize');
  await expect(answers(shared)).toContainText('"rock", "##pool", "##s"');
  await pick(shared, 'Models');
  await expect(answers(shared)).toContainText('id: "models/all-MiniLM-L6-v2"');
  await pick(shared, 'A mistake');
  await expect(answers(shared)).toContainText('"OpenAI.NotFoundError": true');
  expect(shared.url()).toContain('example=mistake');
});

test('edited code runs by keyboard, and is copied as a whole program', async ({ shared }) => {
  await openView(shared, 'API');
  await loadModel(shared);
  await shared.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await shared.locator('#code').fill('const [a] = await llm.embed("hi");\nshow(a.outputs.embedding.length * 2);');
  await shared.locator('#code').press('Control+Enter');
  await expect(answers(shared)).toHaveText('768');
  await expect(shared.getByTestId('timings')).toContainText('3 tokens');
  await shared.getByTestId('copy-code').click();
  await expect(shared.getByTestId('copy-code')).toHaveText('Copied');
  const program = await shared.evaluate(() => navigator.clipboard.readText());
  expect(program).toMatch(/^import \{ LLM \} from 'rockpool';\n\nconst llm = await LLM\.load\('models\/all-MiniLM-L6-v2'/);
  expect(program).toContain('show(a.outputs');
});

test('what is no program, and what throws, is said in words; nothing hangs', async ({ shared }) => {
  await openView(shared, 'API');
  await loadModel(shared);
  const error = shared.locator('.view-api').getByTestId('error');
  await shared.locator('#code').fill('show(1');
  await shared.getByTestId('run').click();
  await expect(error).toContainText('This could not be run as a program.');
  await shared.locator('#code').fill('throw new Error("of my own")');
  await shared.getByTestId('run').click();
  await expect(error).toContainText('The code stopped with an error. of my own. Change');
  await shared.locator('#code').fill('await llm.embed("x".repeat(3), { truncatePromptTokens: 1.5 })');
  await shared.getByTestId('run').click();
  await expect(error).toHaveAttribute('data-code', 'invalid-option');
  await shared.locator('#code').fill('1 + 1');
  await shared.getByTestId('run').click();
  await expect(shared.getByTestId('answer-note')).toContainText('showed nothing');
  await expect(error).toHaveCount(0);
});

test('the rerank example asks for its model first', async ({ shared }) => {
  await openView(shared, 'API');
  await loadModel(shared);
  await pick(shared, 'Rerank');
  await expect(shared.getByTestId('run')).toBeDisabled();
  // What stands there answers other code.
  await expect(answers(shared)).toHaveClass(/stale/);
  await expectAccessible(shared);
  await expectFitsPhone(shared);
  await shared.getByTestId('load').filter({ visible: true }).click();
  await expect(answers(shared)).toContainText(/relevance_score: 0\.\d+/, { timeout: 60_000 });
  await expect(answers(shared)).toContainText(/results: \[\s*\{\s*index: 2,[\s\S]*index: 1,/);
  await expect(answers(shared)).not.toHaveClass(/stale/);
});
