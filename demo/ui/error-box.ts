/** An error and the ways out of it in, a box out that says in place what happened, what it means and what to do. */
import type { ErrorCode } from 'rockpool';
import { button, el } from './dom.ts';
import { codeOf, errorWords, messageOf } from './error-words.ts';

export interface WayOut {
  label: string;
  run: () => void;
}

/** `words`: for errors that are not the library's. */
export function errorBox(error: unknown, ways: readonly WayOut[], words = errorWords(error)): HTMLElement {
  const { what, means, todo } = words;
  const code = codeOf(error);
  return el(
    'div',
    { class: 'error', role: 'alert', 'data-testid': 'error', 'data-code': code },
    el('p', {}, el('strong', {}, what), ` ${means} ${todo} `, code && docsLink(code)),
    el(
      'div',
      { class: 'actions' },
      ...ways.map(({ label, run }, index) =>
        button(label, { class: index === 0 ? 'primary' : null, 'data-testid': index === 0 ? 'retry' : null }, run),
      ),
    ),
    el('details', {}, el('summary', {}, 'Details'), el('p', { class: 'detail' }, code ? `${code}: ${messageOf(error)}` : messageOf(error))),
  );
}

/** In a tab of its own: what was typed here would be gone. The documentation is part of the site, without a network too. */
const docsLink = (code: ErrorCode) => el('a', { href: `./docs/errors.html#${code}`, target: '_blank' }, 'More about this error (new tab)');
