/**
 * The documentation as static pages in site/docs/: README.md, docs/ and the documents that they link to, and an API reference of the built
 * declarations. After `vite build`, which empties site/.
 */
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiPages } from './docs/api.mjs';
import { renderMarkdown } from './docs/markdown.mjs';
import { htmlPage } from './docs/page.mjs';
import { groups } from './docs/pages.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const site = join(root, 'site/docs');

const pages = groups.flatMap(({ pages }) => pages);
/** Source -> page in site/docs. */
const targets = new Map(pages.map(({ source, target }) => [source, target]));
/** Those of docs/screenshots/ that pages show: the others would only make the site larger. */
const pictures = new Set();

/** A link in a document, as it stands there -> the same from its page. Throws if there is no such page: a link must not lead nowhere. */
function linkFrom(source, target) {
  return (href) => {
    if (/^(?:https?:|#)/.test(href)) return href;
    const [path, anchor] = href.split('#');
    const file = posix.join(posix.dirname(source), path);
    const picture = file.startsWith('docs/screenshots/') ? file.slice('docs/'.length) : null;
    if (picture) pictures.add(picture);
    const found = targets.get(file) ?? targets.get(`${file}/README.md`) ?? picture;
    if (!found) throw new Error(`${source} links to ${href}, which is no page of the documentation. scripts/docs/pages.mjs has the pages.`);
    return `${posix.relative(posix.dirname(target), found)}${anchor === undefined ? '' : `#${anchor}`}`;
  };
}

async function write(target, html) {
  await mkdir(dirname(join(site, target)), { recursive: true });
  await writeFile(join(site, target), html);
}

for (const { source, target } of pages.filter(({ source }) => source !== null)) {
  const text = await readFile(join(root, source), 'utf8');
  const { html, title, headings } = renderMarkdown(text, linkFrom(source, target));
  await write(target, htmlPage({ target, title, headings, html }));
}
const api = await apiPages(root);
for (const { target, title, headings, html } of api) await write(target, htmlPage({ target, title, headings, html }));
await copyFile(join(root, 'demo/styles/base.css'), join(site, 'base.css'));
for (const name of ['text.css', 'docs.css', 'copy.js']) await copyFile(join(root, 'scripts/docs', name), join(site, name));
for (const picture of pictures) await cp(join(root, 'docs', picture), join(site, picture));
console.log(`site/docs: ${pages.filter(({ source }) => source !== null).length} pages, and ${api.length} of the API`);
