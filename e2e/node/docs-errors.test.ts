/** docs/errors.md has every error code, and no other: each with what happened, what it means and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from 'rockpool/edge';
import { expect, test } from 'vitest';
import { pages, root } from './docs/blocks.ts';

const read = (page: string) => readFileSync(join(root, page), 'utf8');
const sections = read('docs/errors.md').split(/^### /m).slice(1);
const codeOf = (section: string) => /^`([\w-]+)`\n/.exec(section)?.[1];

test('it has the codes that there are, each once', () => {
  expect(sections.map(codeOf).sort()).toEqual([...errorCodes].sort());
});

test.each(sections.map((section) => [codeOf(section), section] as const))('%s: what happened, what it means, what to do', (_, section) => {
  const parts = [...section.split(/^## /m)[0]!.matchAll(/\*\*(What happened|What it means|What to do)\.\*\* (\S[^*]{10,})/g)];
  expect(parts.map(([, name]) => name)).toEqual(['What happened', 'What it means', 'What to do']);
});

test('what looks like a code anywhere in the documents, is one', () => {
  const known = new Set<string>(errorCodes);
  const stems = [...new Set(errorCodes.map((code) => code.split('-')[0]))].join('|');
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(new RegExp(`\`((?:${stems})-[a-z-]+)\``, 'g'))].map(([, code]) => ({ page, code: code! })),
  );
  expect(named.length).toBeGreaterThan(30);
  // Others that begin alike.
  const others = ['model-reranker', 'index-file'];
  expect(named.filter(({ code }) => !known.has(code) && !others.includes(code))).toEqual([]);
});

test('the README names it', () => expect(read('README.md')).toContain('(docs/errors.md)'));
