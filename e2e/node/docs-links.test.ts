/**
 * Links of the documents as they lie in the repository, and of the demo's own page: files and headings are there; addresses elsewhere are
 * well-formed.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';
import { Lexer, type Token, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { root } from './docs/blocks.ts';

const made = ['node_modules', 'site', 'dist', 'test-results', '.git'];
const documents = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !made.includes(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((path) => join(entry.name, path))
      : [entry.name],
  )
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules'));

/** All tokens of a document, those inside others too. */
function tokensOf(path: string): Token[] {
  const found: Token[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (value === null || typeof value !== 'object') return;
    if ('type' in value && 'raw' in value) found.push(value as Token);
    Object.values(value).forEach(visit);
  };
  visit(new Lexer({ gfm: true }).lex(readFileSync(path, 'utf8')));
  return found;
}

const linksOf = (path: string) =>
  tokensOf(path)
    .filter((token): token is Tokens.Link | Tokens.Image => token.type === 'link' || token.type === 'image')
    .map(({ href }) => href);

/** As GitHub names them. */
function anchorsOf(path: string): string[] {
  const slugger = new GithubSlugger();
  const plain = (text: string) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return tokensOf(path)
    .filter((token): token is Tokens.Heading => token.type === 'heading')
    .map(({ text }) => slugger.slug(plain(text)));
}

/** Why a link leads nowhere; null if it leads somewhere, as far as that can be known without a network. */
function fault(link: string, from: string): string | null {
  if (/^[a-z]+:/i.test(link)) return isAddress(link) ? null : 'not a well-formed address';
  const [path, anchor] = link.split('#') as [string, string?];
  const target = path === '' ? from : resolve(dirname(from), decodeURIComponent(path));
  if (relative(root, target).startsWith('..')) return 'outside of the repository';
  if (!existsSync(target)) return 'no such file';
  if (!anchor) return null;
  const page = statSync(target).isDirectory() ? join(target, 'README.md') : target;
  return anchorsOf(page).includes(decodeURIComponent(anchor)) ? null : 'no such heading';
}

/** https, or a machine's own http, with a host that can be one. */
function isAddress(link: string): boolean {
  if (link.startsWith('data:image/')) return true;
  const url = URL.canParse(link) ? new URL(link) : null;
  const isLocal = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  return url !== null && !/\s/.test(link) && (isLocal || (url.protocol === 'https:' && /^[\w-]+(\.[\w-]+)+$/.test(url.hostname)));
}

describe.each(documents)('%s', (document) => {
  test('has links that lead somewhere', () => {
    const path = join(root, document);
    const broken = linksOf(path).map((link) => ({ link, why: fault(link, path) }));
    expect(broken.filter(({ why }) => why !== null)).toEqual([]);
  });
});

test('a link that leads nowhere would be found', () => {
  const readme = join(root, 'README.md');
  expect(linksOf(readme).length).toBeGreaterThan(10);
  const [heading] = anchorsOf(join(root, 'docs/design.md'));
  expect(fault(`docs/design.md#${heading}`, readme)).toBeNull();
  expect(fault('docs/design.md#nothing-of-that-name', readme)).toBe('no such heading');
  expect(fault('docs/nothing.md', readme)).toBe('no such file');
  expect(fault('../elsewhere.md', readme)).toBe('outside of the repository');
  for (const bad of ['https://', 'https://exa mple.org', 'http://example.org', 'https://localhost.', 'htps://example.org'])
    expect(fault(bad, readme), bad).toBe('not a well-formed address');
  expect(fault('https://example.org/a#b', readme)).toBeNull();
});

describe('the site', () => {
  const site = join(root, 'site');
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
  const linksIn = (html: string) => [...html.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));

  test('the demo’s page leads to files that are there', () => {
    const links = linksIn(readFileSync(join(site, 'index.html'), 'utf8')).filter((link) => !link.startsWith('data:'));
    expect(links).toContain('./docs/index.html');
    expect(links.filter((link) => !existsSync(resolve(site, link)))).toEqual([]);
  });

  test('addresses elsewhere are well-formed, in the pages and in the views', () => {
    const views = readdirSync(join(root, 'demo'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const inViews = views.flatMap((path) => [...readFileSync(join(root, 'demo', path), 'utf8').matchAll(/href: ['"`](https?:[^'"`$]+)/g)]);
    const links = [...pages.flatMap((page) => linksIn(readFileSync(join(site, page), 'utf8'))), ...inViews.map(([, link]) => link!)].filter(
      (link) => /^[a-z]+:/i.test(link),
    );
    expect(links.length).toBeGreaterThan(20);
    expect([...new Set(links)].filter((link) => !isAddress(link))).toEqual([]);
  });
});
