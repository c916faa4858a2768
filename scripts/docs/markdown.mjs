/** Markdown -> HTML with anchors as GitHub names them, code in colours, and tables that scroll on their own. */
import GithubSlugger from 'github-slugger';
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import { Marked } from 'marked';

for (const [name, language] of Object.entries({ bash, javascript, json, python, typescript, xml })) hljs.registerLanguage(name, language);
const LANGUAGES = {
  ts: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  sh: 'bash',
  json: 'json',
  python: 'python',
  html: 'xml',
  vue: 'xml',
  svelte: 'xml',
};

export const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** By keyboard, what is too wide can be scrolled only if it takes the focus. */
export function codeBlock(code, language = '') {
  const known = LANGUAGES[language];
  const html = known ? hljs.highlight(code, { language: known }).value : escapeHtml(code);
  return `<pre tabindex="0"><code>${html}</code></pre>\n`;
}

/** `link`: an address in the document -> one in its page. */
export function renderMarkdown(text, link) {
  const slugger = new GithubSlugger();
  const headings = [];
  let title = '';
  let tables = 0;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const plain = this.parser.parseInline(tokens, this.parser.textRenderer);
        const id = slugger.slug(plain);
        if (depth === 1) title = plain;
        else if (depth <= 3) headings.push({ depth, id, html: html.replace(/<\/?a\b[^>]*>/g, '') });
        return `<h${depth} id="${id}">${html} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      code({ text: code, lang = '' }) {
        return codeBlock(code, lang.split(/\s/)[0]);
      },
      link({ href, tokens }) {
        return `<a href="${escapeHtml(link(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text: alt }) {
        return `<img src="${escapeHtml(link(href))}" alt="${escapeHtml(alt)}" loading="lazy">`;
      },
      table(token) {
        // The corner above a column of names heads nothing.
        const cell = ({ text, tokens, align }, wanted) => {
          const tag = text === '' ? 'td' : wanted;
          return `<${tag}${align ? ` class="${align}"` : ''}>${this.parser.parseInline(tokens)}</${tag}>`;
        };
        const row = (cells, tag) => `<tr>${cells.map((one) => cell(one, tag)).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<div class="table" tabindex="0" role="region" aria-label="Table ${++tables}"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(text);
  return { html, title, headings };
}
