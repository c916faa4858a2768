/** A page of HTML in, the text that a reader of it sees out. The parsed document is never shown: no script in it runs, and nothing is fetched. */

/** What is not read. */
const silent = 'script, style, template, noscript, svg, math, iframe, object, canvas, select, [hidden]';
/** What stands on a line of its own, and what has space around it. */
const lines = 'br, dd, div, dt, figcaption, footer, header, hr, li, main, nav, summary, tr';
const paragraphs = 'address, article, aside, blockquote, details, dl, figure, form, h1, h2, h3, h4, h5, h6, ol, p, pre, section, table, ul';

export function htmlText(html: string): { text: string; title: string } {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of page.querySelectorAll(silent)) element.remove();
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    if (!node.parentElement?.closest('pre')) node.nodeValue = node.nodeValue!.replace(/\s+/g, ' ');
  const part = (selector: string, by: string) => {
    for (const element of page.body.querySelectorAll(selector)) {
      element.before(by);
      element.after(by);
    }
  };
  part(lines, '\n');
  part(paragraphs, '\n\n\n');
  part('td, th', ' ');
  const text = page.body.textContent ?? '';
  const tidy = text.replace(/[ \t]*\n[ \t]*/g, '\n').replace(/\n+/g, (run) => (run.length > 2 ? '\n\n' : '\n'));
  return { text: tidy.trim(), title: page.title.trim() };
}
