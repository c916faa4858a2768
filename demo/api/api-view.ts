/** The API view: code for the stock client on the left, what the model in this tab answers on the right. */
import '../styles/api.css';
import type { Page } from '../frame/page.ts';
import { createModelGate } from '../model/model-gate.ts';
import { copyButton } from '../ui/copy-button.ts';
import { button, el, setAttribute, setText } from '../ui/dom.ts';
import { createAnswerPane } from './answer-pane.ts';
import { clientBytes } from './client-bytes.ts';
import { createCodeEditor } from './code-editor.ts';
import { codeExamples } from './examples.ts';
import type { CodeExample } from './examples.ts';
import { createMeter } from './meter.ts';
import { programOf } from './program.ts';
import { runCode } from './run-code.ts';

const loadWords = { needs: 'Something has to answer: a model, in this tab.', without: 'The code is here to read and to copy.' };
const rerankerWords = { needs: 'This code asks the reranker, a second model.', without: 'The other examples work without it.' };

export function mount(place: HTMLElement, page: Page): void {
  const { route } = page;
  const { embedder, reranker } = page.models;
  const answer = createAnswerPane();
  let example: CodeExample = codeExamples[0]!;
  /** An example that waits for its model. Code that was changed is never run unasked. */
  let waiting = false;
  let latest = 0;

  const editor = createCodeEditor(
    () => {
      waiting = false;
      answer.setStale(true);
      renderGates();
    },
    () => runHere(),
  );
  const what = el('p', { class: 'fine', 'data-testid': 'example-what' });
  const picks = codeExamples.map((one) => ({
    one,
    element: button(one.label, { class: 'example', 'data-example': one.id }, () => open(one)),
  }));
  const open = (one: CodeExample) => {
    example = one;
    route.set('example', one.id);
    editor.fill(one.code);
    answer.setStale(true);
    setText(what, one.what);
    for (const { one: other, element } of picks) setAttribute(element, 'aria-pressed', other === one ? 'true' : 'false');
    waiting = true;
    renderGates();
    runIfReady();
  };
  const asksReranker = () => /\breranker\b/.test(editor.element.value);
  const ready = () => embedder.state.get().kind === 'ready' && (!asksReranker() || reranker.state.get().kind === 'ready');
  const runIfReady = () => {
    if (waiting && ready()) void run();
  };

  const run = async () => {
    const model = embedder.state.get();
    if (model.kind !== 'ready') return;
    const second = reranker.state.get();
    const mine = ++latest;
    waiting = false;
    answer.begin();
    answer.setStale(false);
    const began = performance.now();
    const meter = createMeter();
    try {
      const { default: OpenAI } = await import('openai');
      await runCode(editor.element.value, {
        OpenAI,
        llm: meter.measured(model.llm),
        reranker: second.kind === 'ready' ? meter.measured(second.llm) : null,
        show: (value) => mine === latest && answer.add(value),
      });
      if (mine === latest) answer.end(performance.now() - began);
    } catch (error) {
      if (mine === latest) answer.fail(error);
    }
    const used = meter.sum();
    if (used && mine === latest) page.footer.setTimings(used);
  };
  const runHere = () => {
    void run();
    answer.reveal();
  };
  const act = button('Run', { class: 'primary', 'data-testid': 'run' }, runHere);
  const gate = createModelGate(embedder, loadWords);
  const rerankerGate = el('div', {}, createModelGate(reranker, rerankerWords));
  const renderGates = () => {
    rerankerGate.hidden = embedder.state.get().kind !== 'ready' || !asksReranker();
    act.disabled = !ready();
  };

  place.append(
    el('h1', {}, 'Any OpenAI client, without a server'),
    el('div', { class: 'examples', role: 'group', 'aria-label': 'Examples' }, ...picks.map(({ element }) => element)),
    what,
    gate,
    rerankerGate,
    el(
      'div',
      { class: 'api-columns' },
      el(
        'section',
        { 'aria-labelledby': 'code-label' },
        el(
          'div',
          { class: 'api-head' },
          el('h2', {}, el('label', { for: 'code', id: 'code-label' }, 'Code')),
          el(
            'div',
            { class: 'actions' },
            copyButton('Copy the program', () => programOf(editor.element.value), 'copy-code'),
            act,
          ),
        ),
        editor.element,
        el(
          'p',
          { class: 'fine', id: 'code-note' },
          `Change it and run it: Ctrl or ⌘ with Enter. It runs in this page, as your own code, and a loop without end would freeze the tab. The client is ${clientBytes / 1000} kB, fetched with the first run.`,
        ),
      ),
      el(
        'section',
        { 'aria-labelledby': 'answer-heading' },
        el('div', { class: 'api-head' }, el('h2', { id: 'answer-heading' }, 'Answer')),
        answer.element,
      ),
    ),
    how(),
  );

  for (const host of [embedder, reranker])
    host.state.subscribe(() => {
      renderGates();
      runIfReady();
    });
  const openLink = () => {
    const wanted = codeExamples.find(({ id }) => id === route.get('example')) ?? codeExamples[0]!;
    if (wanted !== example || editor.element.value === '') open(wanted);
  };
  route.onChange(openLink);
  openLink();
}

function how(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'Who answers, if there is no server?'),
    el(
      'p',
      {},
      'llm.fetch is a fetch that the model answers itself: the same requests and answers as over HTTP, in the same words, errors too, but nothing goes over a network. ',
      'So every client that takes a fetch works: OpenAI’s, Cohere’s, LangChain, the AI SDK.',
    ),
    el(
      'p',
      {},
      'The same routes come from npx rockpool serve, from Deno, Bun, Cloudflare Workers and a service worker. They are OpenAI’s embeddings, vLLM’s pooling routes and Cohere’s and Jina’s rerank.',
    ),
  );
}
