/** The Classify view: a text in, the probability of each section of Debian's archive out, moving while one types. */
import '../styles/classify.css';
import { packagesMissing } from '../corpus/packages-missing.ts';
import { textOf } from '../corpus/packages.ts';
import type { Page } from '../frame/page.ts';
import { LiveCall } from '../model/live-call.ts';
import type { Run } from '../model/live-call.ts';
import { sectionsHead } from '../model/model-cards.ts';
import { createModelGate } from '../model/model-gate.ts';
import { createResultsRoom } from '../model/results-room.ts';
import { waysOut } from '../model/ways-out.ts';
import { createAsk, findExample } from '../ui/ask.ts';
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { term } from '../ui/explain.ts';
import { topOf } from '../vectors/top.ts';
import { exampleGroups } from './examples.ts';
import { howItWorks } from './how-it-works.ts';
import { createLabelBars, percent } from './label-bars.ts';
import { createPackagePicker } from './package-picker.ts';
import { sections, sectionWords } from './sections.ts';

const best = 3;

const words = {
  id: 'classify-text',
  label: 'Describe a piece of software',
  placeholder: 'a program that …',
  maxLength: 2000,
  groups: exampleGroups,
};
const loadWords = {
  needs: 'Telling the section needs a model. It will run in this tab.',
  without: 'Without it there is nothing to see here.',
};

const probabilitiesOf: Run<string, Float32Array> = async (llm, text, options) => {
  const [output] = await llm.classify(text, { ...options, head: sectionsHead, truncatePromptTokens: -1 });
  return output!.outputs.probs;
};

export function mount(place: HTMLElement, page: Page): void {
  const { route, corpus } = page;
  const host = page.models.embedder;
  const call = new LiveCall(host, probabilitiesOf);
  const pick = createPackagePicker(corpus);

  const ask = createAsk(
    words,
    (text) => classify(text, {}),
    (example) => classify(example.text, { example: example.id }),
  );
  /** The text, and where it is from if it is not the user's. */
  const classify = (text: string, { example, name, section }: { example?: string; name?: string; section?: string }) => {
    if (example ?? name) ask.fill(text);
    route.set('example', example ?? null);
    route.set('package', name ?? null);
    setText(truth, name === undefined || section === undefined ? '' : truthOf(name, section));
    call.ask(text.trim() || null);
  };
  const takePackage = (wanted?: string) =>
    void pick(wanted).then(
      (entry) => {
        problem.replaceChildren();
        if (entry) classify(textOf(entry).replace(/\s+/g, ' '), entry);
      },
      (error: unknown) => problem.replaceChildren(packagesMissing(corpus, error)),
    );
  ask.element.querySelector('.examples')!.append(
    el('span', { class: 'fine' }, 'Or'),
    button('a package of Debian, by chance', { class: 'example', 'data-testid': 'any-package' }, () => takePackage()),
  );

  const headline = el('p', { class: 'headline', 'data-testid': 'headline' });
  const truth = el('p', { class: 'fine', 'data-testid': 'truth' });
  const bars = createLabelBars();
  const problem = el('div', {});
  const results = el(
    'section',
    { class: 'classify', hidden: true, 'aria-labelledby': 'classify-heading' },
    el(
      'div',
      { class: 'column-head' },
      el('h2', { id: 'classify-heading' }, 'Sections of Debian’s archive'),
      term(
        'probability',
        () =>
          'The 28 of them always sum to 100 %: each is weighed against the others. So a text that fits nowhere gets a section all the same.',
      ),
    ),
    headline,
    truth,
    bars.element,
  );
  place.append(
    el('h1', {}, 'Which kind of software is this?'),
    ask.element,
    createModelGate(host, loadWords),
    problem,
    createResultsRoom(host, results, 'The bars come here, as soon as there is something to classify.'),
    howItWorks(),
  );

  call.state.subscribe((state) => {
    problem.replaceChildren();
    if (state.kind === 'failed')
      problem.append(
        errorBox(
          state.error,
          waysOut(state.error, host, () => call.retry()),
        ),
      );
    results.hidden = !('last' in state && state.last);
    if (state.kind !== 'answered') return;
    const { result } = state.last;
    const top = topOf(result, best);
    const [first, ...others] = top.map((i) => `${sections[i]} ${percent(result[i]!)}`);
    headline.replaceChildren(
      el('strong', {}, first!),
      el('span', { class: 'fine' }, ` ${sectionWords[sections[top[0]!]!]}. Then ${others.join(', ')}.`),
    );
    bars.show(result, top);
    page.footer.setTimings(state.last);
    page.announce(`Most likely ${first}.`);
  });

  const openRoute = () => {
    const example = findExample(exampleGroups, route.get('example'));
    const name = route.get('package');
    if (name !== null) takePackage(name);
    else if (example && example.text !== ask.input.value) classify(example.text, { example: example.id });
  };
  route.onChange(openRoute);
  if (route.get('example') === null && route.get('package') === null) route.set('example', exampleGroups[0].examples[0].id);
  openRoute();
}

function truthOf(name: string, section: string): string {
  const is = `${name} is in Debian’s section ${section}`;
  if (!sections.includes(section)) return `${is}, which is none of the 28 that the head knows. It must say another one.`;
  return `${is}. The head was trained on it, among others, so it is no fair test: of packages it never saw it gets 72 in 100 right.`;
}
