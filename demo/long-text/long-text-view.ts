/** The Long text view: a book in; its chunks, a bar each, and the one vector that is made of them, out. */
import '../styles/long-text.css';
import type { Page } from '../frame/page.ts';
import { embedQuery } from '../model/embed-query.ts';
import { LiveCall } from '../model/live-call.ts';
import { createModelGate } from '../model/model-gate.ts';
import { waysOut } from '../model/ways-out.ts';
import { createAsk, findExample } from '../ui/ask.ts';
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { count } from '../ui/format.ts';
import { createSwitcher } from '../ui/switcher.ts';
import { dot } from '../vectors/cosine.ts';
import { weightedMean } from '../vectors/weighted-mean.ts';
import { createChunkBars } from './chunk-bars.ts';
import { createChunkDetail } from './chunk-detail.ts';
import { Reader } from './reader.ts';
import { showReadPanel } from './read-panel.ts';
import { exampleGroups } from './samples.ts';
import { createTextSource } from './text-source.ts';
import { createWholeVector } from './whole-vector.ts';

const loadWords = {
  needs: 'Reading a text needs a model. It will run in this tab.',
  without: 'Without it there is nothing to see here.',
};
const bestCount = 3;

export function mount(place: HTMLElement, page: Page): void {
  const { route } = page;
  const host = page.models.embedder;
  const reader = new Reader(host);
  const query = new LiveCall(host, embedQuery);

  const source = createTextSource((text, sample) => {
    if (text !== reader.state.get().text) {
      // A bar that was picked is one of the text before, unless a link names it with its book.
      const chunk = sample !== null && sample.id === linked?.sample ? linked.chunk : null;
      route.set('chunk', chunk);
      pickedByHand = chunk !== null;
    }
    linked = null;
    route.set('sample', sample?.id ?? null);
    ask.element.querySelector<HTMLElement>('.examples')!.hidden = sample === null;
    reader.read(text);
  });
  const ask = createAsk(
    {
      id: 'long-query',
      label: 'What are you looking for in it?',
      placeholder: 'a scene, a thought, a thing …',
      maxLength: 400,
      groups: exampleGroups,
    },
    (text) => search(text, null),
    (example) => search(example.text, example.id),
  );
  const search = (text: string, example: string | null) => {
    if (example !== null) ask.fill(text);
    route.set('query', example);
    pickedByHand = false;
    query.ask(text.trim() || null);
  };
  /** Until a bar is picked, the best one is. */
  let pickedByHand = false;
  /** A link's book that is on its way, and the bar it names. */
  let linked: { sample: string; chunk: string | null } | null = null;

  const status = el('div', { class: 'status', hidden: true });
  const panel = createSwitcher(status);
  const bars = createChunkBars((index) => pick(index));
  const pick = (index: number) => {
    pickedByHand = true;
    route.set('chunk', String(index + 1));
    render();
  };
  const note = el('p', { class: 'fine', 'data-testid': 'bars-note' });
  const best = el('div', { class: 'actions', role: 'group', 'aria-label': 'Nearest chunks', 'data-testid': 'best-chunks' });
  const detail = createChunkDetail();
  const whole = createWholeVector(host);
  const problem = el('div', {});
  const results = el(
    'div',
    { class: 'long-results', hidden: true },
    el('div', {}, ask.element, problem),
    el(
      'section',
      { 'aria-labelledby': 'bars-heading' },
      el('h2', { id: 'bars-heading' }, 'One bar a chunk'),
      note,
      bars.element,
      best,
      detail.element,
    ),
    el('section', { 'aria-labelledby': 'whole-heading' }, el('h2', { id: 'whole-heading' }, 'The whole text as one vector'), whole.element),
  );
  place.append(el('h1', {}, 'However long the text: one vector'), source.element, createModelGate(host, loadWords), status, results, how());

  const render = () => {
    const { chunks, done, kind } = reader.state.get();
    results.hidden = kind === 'empty' || chunks.length === 0;
    if (results.hidden) return;
    const ready = chunks.filter(({ vector }) => vector !== null);
    const mean = weightedMean(
      ready.map(({ vector }) => vector!),
      ready.map(({ ids }) => ids.length),
    );
    const asked = query.state.get();
    const answer = asked.kind === 'answered' || asked.kind === 'asking' ? asked.last : null;
    const heights = chunks.map(({ vector }) => vector && dot(vector, answer ? answer.result : mean));
    const order = heights.flatMap((value, index) => (value === null ? [] : [{ value, index }])).sort((a, b) => b.value - a.value);
    const top = answer ? order.slice(0, bestCount) : [];
    const wanted = pickedByHand ? Number(route.get('chunk')) - 1 : (top[0]?.index ?? 0);
    const picked = Number.isInteger(wanted) ? Math.min(chunks.length - 1, Math.max(0, wanted)) : 0;
    const height = heights[picked] ?? null;
    const like = answer ? 'cosine to your query' : 'cosine to the whole';
    const heightWords = height === null ? 'not read yet' : `${like} ${height.toFixed(2).replace('-', '−')}`;
    setText(note, `Height: ${like}. Click a bar, or walk with the arrow keys. ${weightWords(chunks.map(({ ids }) => ids.length))}`);
    bars.show(heights, picked, new Set(top.map(({ index }) => index)), `${picked + 1} of ${chunks.length}, ${heightWords}`);
    showBest(top);
    detail.show(chunks, picked, heightWords);
    if (done > 0) whole.show(reader.state.get(), mean);
  };
  const showBest = (top: readonly { value: number; index: number }[]) => {
    best.hidden = top.length === 0;
    const labels = top.map(({ value, index }) => `Chunk ${count(index + 1)} · ${value.toFixed(2)}`);
    if (best.textContent === labels.join('')) return; // a focused button stays
    best.replaceChildren(...top.map(({ index }, place) => button(labels[place]!, { class: 'example' }, () => pick(index))));
  };

  let frame = 0;
  const renderSoon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(render);
  };
  let said = '';
  reader.state.subscribe((state) => {
    status.hidden = state.kind === 'empty' || state.kind === 'waiting';
    if (!status.hidden) showReadPanel(panel, reader, host, state);
    renderSoon();
    const sentence =
      state.kind === 'done'
        ? `The text is read: ${state.chunks.length} chunks, one vector.`
        : state.kind === 'reading'
          ? 'Reading the text.'
          : '';
    if (sentence !== '' && sentence !== said) page.announce(sentence);
    said = sentence || said;
  });
  query.state.subscribe((state) => {
    problem.replaceChildren();
    if (state.kind === 'failed')
      problem.append(
        errorBox(
          state.error,
          waysOut(state.error, host, () => query.retry()),
        ),
      );
    if (state.kind === 'answered') {
      page.footer.setTimings(state.last);
      renderSoon();
      page.announce('The bars show how near each chunk is to your query.');
    }
    if (state.kind === 'idle') renderSoon();
  });

  const openLink = () => {
    const [chunk, example] = [route.get('chunk'), findExample(exampleGroups, route.get('query'))];
    if (example) search(example.text, example.id);
    const sample = route.get('sample');
    if (sample !== null) {
      linked = { sample, chunk };
      source.openSample(sample);
    }
    route.set('chunk', chunk);
    pickedByHand = chunk !== null;
  };
  route.onChange(openLink);
  openLink();
}

/** All weigh the same but the last, as a rule. */
function weightWords(tokens: readonly number[]): string {
  const [first, last] = [tokens[0]!, tokens.at(-1)!];
  if (tokens.length === 1) return `It has ${first} tokens and is the whole text.`;
  return first === last ? `Each weighs ${first} tokens.` : `Each weighs ${first} tokens, the last one ${last}.`;
}

function how(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'How does a book fit into a model that reads 256 tokens?'),
    el(
      'p',
      {},
      'It does not. The tokens are cut every 256, each chunk becomes a vector of its own, and the mean of these, weighted by their tokens, stands for the whole. ',
      'vLLM calls this chunked processing; in code it is overridePoolerConfig: { enable_chunked_processing: true }, and then embed() takes a text of any length.',
    ),
    el(
      'p',
      {},
      'One vector for a book is a blunt tool: it says what the book is like as a whole. To find a place in it, compare with the chunks, as the bars do. ',
      'A cut may fall into the middle of a sentence, since it goes by tokens alone.',
    ),
  );
}
