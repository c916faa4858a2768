/** What a run shows in, blocks of text out, with how long it took; or what went wrong. */
import { el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { errorWords, codeOf, messageOf } from '../ui/error-words.ts';
import type { ErrorWords } from '../ui/error-words.ts';
import { print } from './print.ts';
import { CodeNotRun } from './run-code.ts';

export interface AnswerPane {
  element: HTMLElement;
  begin(): void;
  /** Scrolls to it where it lies below the screen, as on a phone. */
  reveal(): void;
  add(value: unknown): void;
  end(ms: number): void;
  fail(error: unknown): void;
  /** The answer is of code that was changed since. */
  setStale(stale: boolean): void;
}

export function createAnswerPane(): AnswerPane {
  const blocks = el('div', { class: 'answers', 'data-testid': 'answers', tabindex: 0, role: 'group', 'aria-label': 'Answer' });
  const note = el('p', { class: 'fine numbers', 'data-testid': 'answer-note', role: 'status' });
  const problem = el('div', {});
  let fresh = false;
  return {
    element: el('div', { class: 'answer-pane' }, note, problem, blocks),
    begin() {
      fresh = true; // the old answer stays until there is something new
      problem.replaceChildren();
      setText(note, 'Running.');
    },
    reveal() {
      if (note.getBoundingClientRect().top > innerHeight - 120) note.scrollIntoView({ block: 'center' });
    },
    add(value) {
      if (fresh) blocks.replaceChildren();
      fresh = false;
      blocks.append(el('pre', {}, print(value)));
    },
    end(ms) {
      if (fresh) blocks.replaceChildren();
      setText(
        note,
        fresh
          ? `Ran for ${Math.round(ms)} ms and showed nothing. Call show(…) with what you want to see.`
          : `Answered in ${Math.round(ms)} ms, from this tab.`,
      );
      fresh = false;
    },
    fail(error) {
      if (fresh) blocks.replaceChildren();
      fresh = false;
      setText(note, 'Stopped.');
      problem.replaceChildren(errorBox(error, [], wordsFor(error)));
    },
    setStale: (stale) => blocks.classList.toggle('stale', stale),
  };
}

function wordsFor(error: unknown): ErrorWords {
  if (codeOf(error) !== null) return errorWords(error);
  if (error instanceof CodeNotRun)
    return {
      what: 'This could not be run as a program.',
      means: `The browser says: ${error.message}.`,
      todo: 'Mend it and run it again. OpenAI, llm, reranker and show are given, so nothing needs to be imported.',
    };
  return { what: 'The code stopped with an error.', means: `${messageOf(error)}.`, todo: 'Change it and run it again.' };
}
