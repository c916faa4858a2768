/** The Benchmark view: a button in; how many tokens a second each backend of this machine reads, by batch size, out. */
import '../styles/benchmark.css';
import { packagesMissing } from '../corpus/packages-missing.ts';
import { textOf } from '../corpus/packages.ts';
import type { Page } from '../frame/page.ts';
import { modelCards, runtimeBytes } from '../model/model-cards.ts';
import { copyButton } from '../ui/copy-button.ts';
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { errorWords } from '../ui/error-words.ts';
import { megabytes } from '../ui/format.ts';
import { createProgressBar } from '../ui/progress-bar.ts';
import { createSegments } from '../ui/segments.ts';
import { findBackends, noWebgpu } from './backends.ts';
import type { Backend } from './backends.ts';
import { Bench } from './bench.ts';
import { tokensPerText } from './measure.ts';
import { reportOf } from './report.ts';
import { createSpeedChart } from './speed-chart.ts';
import { createSpeedTable } from './speed-table.ts';

const upTo = ['4', '16', '32', '64'] as const;
/** Texts that are longer than what is read of them. */
const longEnough = 400;

export function mount(place: HTMLElement, page: Page): void {
  const { route, corpus } = page;
  const card = modelCards.embedder;
  const bench = new Bench(card);
  let backends: Backend[] = [];
  let batches: number[] = [];

  const wantedMost = () => upTo.find((value) => value === route.get('most')) ?? '32';
  const most = createSegments('bench-most', 'Texts a call, up to', upTo, (value) => route.set('most', value));
  most.set(wantedMost());
  const choice = el('fieldset', { class: 'bench-backends' }, el('legend', {}, 'Measure'));
  const chosen = () => backends.filter(({ device }) => choice.querySelector<HTMLInputElement>(`#bench-${device}`)?.checked);
  const act = button('', { class: 'primary', 'data-testid': 'bench' }, () =>
    bench.state.get().kind === 'running' ? bench.cancel() : void start(),
  );
  const start = async () => {
    const { packages } = corpus.state.get();
    batches = powersUpTo(Number(wantedMost()));
    // It would take its share of the machine.
    const indexes = corpus.indexer.state.get().kind === 'running';
    if (indexes) corpus.indexer.pause();
    await bench.start(
      chosen(),
      batches,
      packages.map(textOf).filter((text) => text.length > longEnough),
    );
    if (indexes && corpus.indexer.state.get().kind === 'paused') void corpus.indexer.start();
  };
  /** The model is not in this browser yet. */
  const downloads = () => {
    const state = page.models.embedder.state.get();
    return !(state.kind === 'ready' || (state.kind === 'asking' && state.whole));
  };
  const fine = el('p', { class: 'fine' });
  const step = el('p', { class: 'numbers', 'data-testid': 'bench-step' });
  const bar = createProgressBar('Measuring');
  const problem = el('div', {});
  const chart = createSpeedChart();
  const table = createSpeedTable();
  const facts = el('ul', { class: 'bench-facts fine numbers' });
  const results = el(
    'section',
    { class: 'bench-results', hidden: true, 'aria-labelledby': 'bench-heading' },
    el('h2', { id: 'bench-heading' }, 'Tokens a second'),
    facts,
    chart.element,
    el('div', { class: 'table-scroller', tabindex: 0, role: 'group', 'aria-label': 'Table, to scroll' }, table.element),
    el(
      'div',
      { class: 'actions' },
      copyButton('Copy as JSON', () => reportOf(card, bench.state.get().series), 'copy-json'),
    ),
  );
  place.append(
    el('h1', {}, 'How fast is this machine?'),
    el('div', { class: 'bench-settings' }, choice, most.element),
    el(
      'div',
      { class: 'status' },
      el('div', { class: 'panel' }, el('div', { class: 'panel-row' }, el('div', { class: 'panel-words' }, step, fine), act), bar.element),
    ),
    problem,
    results,
    how(),
  );

  const render = () => {
    const { kind, series, share, step: doing } = bench.state.get();
    const { packages, error } = corpus.state.get();
    const running = kind === 'running';
    setText(
      act,
      running ? 'Cancel' : kind === 'idle' ? `Measure this machine${downloads() ? ` (${megabytes(card.bytes)})` : ''}` : 'Measure again',
    );
    act.disabled = !running && (packages.length === 0 || chosen().length === 0);
    const words = {
      idle: 'Nothing is measured yet.',
      running: doing,
      cancelled: 'Cancelled. What was measured is kept.',
      done: 'Done. The models of the measurement are put away again.',
    };
    setText(step, words[kind]);
    const runtime = Math.max(0, ...chosen().map(({ device }) => runtimeBytes(device).whole));
    setText(
      fine,
      `Each backend loads a model of its own, ${card.name}, ${megabytes(card.bytes)} and up to ${megabytes(runtime)} of runtime, from this browser’s cache if it is there. Indexing waits meanwhile.`,
    );
    bar.element.hidden = !running;
    bar.set(share, doing);
    problem.replaceChildren();
    if (error) problem.append(packagesMissing(corpus, error));
    for (const { backend, error: failed } of series)
      if (failed !== null && !running)
        problem.append(
          errorBox(failed, [{ label: 'Measure again', run: () => void start() }], {
            ...errorWords(failed),
            todo: `Left out: ${backend.label}. Whatever else was chosen was measured.`,
          }),
        );
    const measured = series.filter(({ speeds }) => speeds.length > 0);
    results.hidden = measured.length === 0;
    if (results.hidden) return;
    chart.show(measured, batches);
    table.show(measured, batches);
    facts.replaceChildren(
      ...measured.map(({ backend, info }) => {
        const mark = el('span', { class: `bench-mark bench-mark-${backend.device}` });
        const threads = backend.device === 'wasm' ? `, ${info?.threads} of ${navigator.hardwareConcurrency} threads` : '';
        return el('li', {}, mark, `${backend.label}${threads}, weights ${info?.dtype === 'q8' ? 'of 8 bits (q8)' : info?.dtype}`);
      }),
    );
  };
  let said = '';
  bench.state.subscribe((state) => {
    render();
    const sentence = state.kind === 'running' ? state.step.split(':')[0]! : state.kind;
    if (sentence !== said && state.kind !== 'idle')
      page.announce(
        state.kind === 'running' ? `Measuring ${sentence}.` : state.kind === 'done' ? 'Measured. The table has the numbers.' : 'Cancelled.',
      );
    said = sentence;
  });
  corpus.state.subscribe(render);
  page.models.embedder.state.subscribe(render);
  choice.addEventListener('change', render);
  void findBackends().then((found) => {
    backends = found;
    const reason = found.some(({ device }) => device === 'webgpu') ? null : noWebgpu();
    choice.append(
      ...(reason ? [el('span', { class: 'fine', 'data-testid': 'no-webgpu' }, reason)] : []),
      ...found.map(({ device, label, software }) =>
        el('label', {}, el('input', { type: 'checkbox', id: `bench-${device}`, checked: !software }), ` ${label}`),
      ),
    );
    render();
  });
  route.onChange(() => most.set(wantedMost()));
  void corpus.load();
}

const powersUpTo = (most: number): number[] => Array.from({ length: Math.log2(most) + 1 }, (_, i) => 2 ** i);

function how(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'What is measured, and why does the batch matter?'),
    el(
      'p',
      {},
      `Real package descriptions, cut to ${tokensPerText} tokens each, go through embed(): tokenising, the model, pooling, and the way to the worker and back. `,
      'Each point is the median of at least two calls after one that does not count. Other tabs and a warm laptop change it.',
    ),
    el(
      'p',
      {},
      'A graphics card does thousands of things at once, so one text leaves it idle and a batch fills it. A CPU is busy with one text already, and gains little.',
    ),
  );
}
