/** The Tokens view: a text in; what the model makes of each of its tokens, how alike they are, and four ways to make one vector of them. */
import '../styles/tokens.css';
import { embedQuery } from '../model/embed-query.ts';
import { createModelGate } from '../model/model-gate.ts';
import { LiveCall } from '../model/live-call.ts';
import { createResultsRoom } from '../model/results-room.ts';
import { waysOut } from '../model/ways-out.ts';
import type { Page } from '../frame/page.ts';
import { createAsk, findExample } from '../ui/ask.ts';
import { el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { plural } from '../ui/format.ts';
import { exampleGroups } from './examples.ts';
import { createPoolingStrips } from './pooling-strips.ts';
import { readTokens } from './read-tokens.ts';
import { createSimilarityGrid } from './similarity-grid.ts';
import { createTokenChips } from './token-chips.ts';
import { createTokenDetail } from './token-detail.ts';

const words = {
  id: 'tokens-text',
  label: 'A sentence to take apart',
  placeholder: 'The bank of the river',
  maxLength: 400,
  groups: exampleGroups,
};

const loadWords = {
  needs: 'Taking a text apart needs a model. It will run in this tab.',
  without: 'Without it there is nothing to see here.',
};

export function mount(place: HTMLElement, page: Page): void {
  const { route } = page;
  const host = page.models.embedder;
  const call = new LiveCall(host, readTokens);
  const whole = new LiveCall(host, embedQuery, 0);

  const ask = createAsk(
    words,
    (text) => read(text, null),
    (example) => read(example.text, example.id),
  );
  const read = (text: string, example: string | null) => {
    if (example !== null) ask.fill(text);
    route.set('example', example);
    route.set('token', null);
    call.ask(text.trim() === '' ? null : text);
  };

  const note = el('p', { class: 'fine numbers', 'data-testid': 'tokens-note' });
  const chips = createTokenChips((index) => {
    route.set('token', String(index));
    render();
  });
  const detail = createTokenDetail();
  const grid = createSimilarityGrid();
  const strips = createPoolingStrips();
  const problem = el('div', {});
  const results = el(
    'div',
    { class: 'token-results', hidden: true },
    el(
      'section',
      { 'aria-labelledby': 'tokens-heading' },
      el('h2', { id: 'tokens-heading' }, 'Tokens'),
      note,
      chips.element,
      detail.element,
    ),
    el(
      'div',
      { class: 'token-columns' },
      el(
        'section',
        { 'aria-labelledby': 'grid-heading' },
        el('h2', { id: 'grid-heading' }, 'How alike the tokens are'),
        el(
          'p',
          { class: 'fine' },
          'Cosine of their vectors: 1 is the same direction. A token’s vector depends on all the words around it.',
        ),
        grid.element,
      ),
      el(
        'section',
        { 'aria-labelledby': 'poolings-heading' },
        el('h2', { id: 'poolings-heading' }, 'Pooling: one vector of them all'),
        el('p', { class: 'fine' }, 'One column for each of the 384 numbers. Green is above zero, orange below, faint near it.'),
        strips.element,
      ),
    ),
  );
  place.append(
    el('h1', {}, 'A text is tokens, and each token a vector'),
    ask.element,
    createModelGate(host, loadWords),
    problem,
    createResultsRoom(host, results, 'The tokens come here, as soon as there is a text to take apart.'),
    how(),
  );

  const render = () => {
    const state = call.state.get();
    problem.replaceChildren();
    if (state.kind === 'failed')
      problem.append(
        errorBox(
          state.error,
          waysOut(state.error, host, () => call.retry()),
        ),
      );
    const last = state.kind === 'answered' || state.kind === 'asking' ? state.last : null;
    results.hidden = last === null;
    if (!last) return;
    const tokens = last.result;
    const picked = pickedToken(route.get('token'), tokens.length);
    const added = tokens.filter(({ special }) => special).length;
    setText(note, `${plural(tokens.length - added, 'piece', 'pieces')} of your text, ${added} marks that the model adds. Pick one.`);
    chips.show(tokens, picked);
    detail.show(last.question, tokens, picked);
    grid.show(tokens, picked);
  };
  call.state.subscribe((state) => {
    render();
    if (state.kind !== 'answered') return;
    strips.show(state.last.result);
    whole.ask(state.last.question); // after it, so that neither waits for the other in the numbers below
    page.footer.setTimings(state.last);
    page.announce(plural(state.last.result.length, 'token', 'tokens'));
  });

  whole.state.subscribe((state) => {
    const now = call.state.get();
    if (state.kind === 'answered' && now.kind === 'answered' && now.last.question === state.last.question) strips.check(state.last.result);
  });

  const openExample = () => {
    const token = route.get('token');
    const example = findExample(exampleGroups, route.get('example'));
    if (!example) return;
    read(example.text, example.id);
    route.set('token', token);
  };
  route.onChange(openExample);
  if (route.get('example') === null) route.set('example', exampleGroups[0].examples[0].id);
  openExample();
}

/** The first word, unless another token is picked. */
function pickedToken(picked: string | null, count: number): number {
  const index = picked === null ? 1 : Number(picked);
  return Number.isInteger(index) && index >= 0 ? Math.min(index, count - 1) : 0;
}

function how(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'What is pooling, and why does it matter which one?'),
    el(
      'p',
      {},
      'A model reads a text as tokens, words or pieces of words, and gives back one vector for each of them. A search needs one vector for the whole text. ',
      'Making one of many is called pooling.',
    ),
    el(
      'p',
      {},
      'Each model is trained with one kind, and only that one gives good vectors: the others point elsewhere, as the cosines show, and nothing warns of it. ',
      'rockpool reads from the model’s own files which one it is.',
    ),
  );
}
