/** The code blocks of README.md and docs/, as they stand there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Lexer } from 'marked';

export const root = resolve(import.meta.dirname, '../../..');

export interface Block {
  /** Of the page, from the root. */
  page: string;
  /** The first word behind the fence; '' without one. */
  language: string;
  /** Of the other words, `file=PATH`: the file that the block is an excerpt of. */
  excerptOf: string | null;
  code: string;
  /** `page › first line of the block`, which is no other block's. */
  name: string;
}

export const pages: string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    .sort(),
];

export const blocks: Block[] = pages.flatMap(blocksOf);

function blocksOf(page: string): Block[] {
  const found: Block[] = [];
  const walk = (tokens: readonly unknown[]): void => {
    for (const token of tokens as { type: string; lang?: string; text: string; tokens?: unknown[]; items?: unknown[] }[]) {
      if (token.type === 'code') {
        const [language = '', ...rest] = (token.lang ?? '').split(/\s+/);
        const file = rest.find((word) => word.startsWith('file='))?.slice('file='.length) ?? null;
        const first = token.text.split('\n').find((line) => line.trim() !== '') ?? '';
        found.push({ page, language, excerptOf: file, code: token.text, name: `${page} › ${first.trim()}` });
      }
      walk(token.tokens ?? token.items ?? []);
    }
  };
  walk(new Lexer().lex(readFileSync(join(root, page), 'utf8')));
  // Of several with one first line, the later ones have a number.
  const seen = new Map<string, number>();
  for (const block of found) {
    const before = seen.get(block.name) ?? 0;
    seen.set(block.name, before + 1);
    if (before > 0) block.name += ` (${before + 1})`;
  }
  return found;
}
