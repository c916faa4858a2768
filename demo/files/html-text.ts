/** A page of HTML in, the text that a reader of it sees out. The parsed document is never shown: no script in it runs, and nothing is fetched. */
import { createPace } from '../ui/pace.ts';

/** What is not read: a menu would be part of the passage that stands beside it. */
const silent = 'script, style, template, noscript, svg, math, iframe, object, canvas, select, nav, [role=navigation], [hidden]';
/** Where a page says what its matter is, these frame it. One with a heading may hold the page's title. */
const frames = 'header:not(:has(h1, h2)), footer';
/** What stands on a line of its own, and what has space around it. */
const lines = 'br, dd, div, dt, figcaption, footer, header, hr, li, main, summary, tr';
const paragraphs = 'address, article, aside, blockquote, details, dl, figure, form, h1, h2, h3, h4, h5, h6, ol, p, pre, section, table, ul';

export async function htmlText(html: string): Promise<{ text: string; title: string }> {
  const pace = createPace();
  const page = new DOMParser().parseFromString(html, 'text/html');
  await pace();
  for (const element of page.querySelectorAll(silent)) element.remove();
  if (page.querySelector('main'))
    for (const element of page.querySelectorAll(frames)) if (!element.closest('main, article')) element.remove();
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.parentElement?.closest('pre')) node.nodeValue = node.nodeValue!.replace(/\s+/g, ' ');
    await pace();
  }
  const part = async (selector: string, by: string) => {
    for (const element of page.body.querySelectorAll(selector)) {
      element.before(by);
      element.after(by);
      await pace();
    }
  };
  await part(lines, '\n');
  await part(paragraphs, '\n\n\n');
  await part('td, th', ' ');
  const all = (page.body.textContent ?? '').split('\n').map((line) => line.trim());
  const text = all.join('\n').replace(/\n+/g, (run) => (run.length > 2 ? '\n\n' : '\n'));
  return { text: text.trim(), title: page.title.trim() };
}
