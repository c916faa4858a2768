/** The one template: navigation, contents of the page, and its text. Without scripts, but for the buttons that copy code. */
import { posix } from 'node:path';
import { escapeHtml } from './markdown.mjs';
import { groups } from './pages.mjs';

const pages = groups.flatMap((group) => group.pages);
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%230b6b70'/%3E%3Ccircle cx='6' cy='7' r='2.5' fill='%23bfe6e4'/%3E%3C/svg%3E";

/** `target`: the page in site/docs. */
export function htmlPage({ target, title, headings, html }) {
  const to = (page) => posix.relative(posix.dirname(target), page) || '.';
  const own = pages.findIndex((page) => page.target === target);
  const item = (page) =>
    `<li><a href="${to(page.target)}"${page.target === target ? ' aria-current="page"' : ''}>${escapeHtml(page.title)}</a></li>`;
  const navigation = groups.map(({ name, pages }) => `<h2>${name}</h2>\n<ul>${pages.map(item).join('\n')}</ul>`).join('\n');
  const contents = headings.map(({ depth, id, html }) => `<li class="depth-${depth}"><a href="#${id}">${html}</a></li>`).join('\n');
  const beside = (page, words) =>
    page ? `<a href="${to(page.target)}"><span>${words}</span>${escapeHtml(page.title)}</a>` : '<span></span>';
  const full = pages[own]?.title === title || target === 'index.html' ? escapeHtml(title) : `${escapeHtml(title)} · rockpool`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${full}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${to('base.css')}">
<link rel="stylesheet" href="${to('text.css')}">
<link rel="stylesheet" href="${to('docs.css')}">
<script src="${to('copy.js')}" defer></script>
</head>
<body${target.startsWith('api/') ? ' class="api"' : ''}>
<a class="skip" href="#text">To the text</a>
<header class="top"><a class="brand" href="${to('index.html')}">rockpool</a> <a href="${to('../index.html')}">Demo</a></header>
<div class="columns">
<nav class="pages" aria-label="Pages" tabindex="0"><details class="fold"><summary>All pages</summary>
${navigation}
</details></nav>
${headings.length > 1 ? `<nav class="contents" aria-label="On this page" tabindex="0"><details class="fold"><summary>On this page</summary><h2>On this page</h2><ul>${contents}</ul></details></nav>` : ''}
<main id="text" class="text">
${html}
<footer class="beside">${beside(pages[own - 1], 'Before')}${beside(pages[own + 1], 'Next')}</footer>
</main>
</div>
</body>
</html>
`;
}
