/** Markdown in, the text that a reader of the page made of it sees out. This file comes when the first such file does. */
import { marked } from 'marked';
import { htmlText } from './html-text.ts';

/** Settings of a page that stand before it, between two lines of dashes. */
const frontMatter = /^---\n[\s\S]*?\n---\n/;

export async function markdownText(markdown: string): Promise<{ text: string }> {
  const { text } = await htmlText(await marked.parse(markdown.replace(frontMatter, '')));
  return { text };
}
