/**
 * Keeps the columns of meaning and of both true: on a new answer at once, while indexing goes on once a second.
 * While a hit is open their order is held, so that nothing moves under the reader.
 */
import type { KeywordHit } from '../corpus/keyword-index.ts';
import type { Page } from '../frame/page.ts';
import type { QueryVector } from '../model/embed-query.ts';
import type { LiveCall } from '../model/live-call.ts';
import { waysOut } from '../model/ways-out.ts';
import { errorBox } from '../ui/error-box.ts';
import { plural } from '../ui/format.ts';
import type { Column } from './column.ts';
import { showHybrid } from './hybrid-column.ts';
import { showMeaning } from './meaning-column.ts';
import type { Source } from './source.ts';

const everyMs = 1000;
/** As deep as `rockpool/search` reads both lists before it joins them. */
const depth = 100;

export interface AnswerParts {
  page: Page;
  call: LiveCall<string, Float32Array>;
  meaning: Column;
  hybrid: Column;
  /** Of a column. */
  rows: number;
  sources: readonly Source[];
  /** The one that is looked at. */
  asked: () => Source;
}

export interface Answers {
  /** Another source is asked. */
  redraw(): void;
}

export function bindAnswers({ page, call, meaning, hybrid, rows, sources, asked }: AnswerParts): Answers {
  const model = page.models.embedder;
  const both = [meaning, hybrid];
  let drawn = 0; // when the columns were last drawn from vectors
  let latest = 0;

  const showBlank = (forMeaning: string, forHybrid = forMeaning) => {
    latest++;
    meaning.show([], '', forMeaning);
    hybrid.show([], '', forHybrid);
  };
  const showError = (error: unknown, retry: () => void) => {
    meaning.showInstead(errorBox(error, waysOut(error, model, retry)));
    hybrid.show([], '', 'The list by meaning, which this one is made of, could not be had.');
  };

  const draw = async (answer: QueryVector): Promise<void> => {
    const mine = ++latest;
    const source = asked();
    const { question, result: vector } = answer;
    drawn = performance.now();
    try {
      const near = await source.nearest(vector, depth);
      const search = performance.now() - drawn;
      if (mine !== latest) return;
      showMeaning(meaning, source, question, near.slice(0, rows));
      page.footer.setTimings({ ...answer, search });
      const joined = await source.both(question, vector, rows);
      if (mine !== latest) return;
      const keyword = source.words()?.search(question) ?? [];
      showHybrid(hybrid, source, joined, { keyword: placesOf(keyword), meaning: new Map(near.map(({ id }, i) => [id, i + 1])) });
      const heard = `${plural(keyword.length, 'result', 'results')} by keyword, ${meaning.list.length()} by meaning`;
      if (!source.indexed().running) page.announce(`${heard}, ${hybrid.list.length()} by both.`);
    } catch (error) {
      if (mine === latest) showError(error, () => void draw(answer));
    }
  };

  const redraw = () => {
    const state = call.state.get();
    for (const { list } of both) list.setStale(state.kind === 'asking');
    if (state.kind === 'answered') void draw(state.last);
    else if (state.kind === 'failed') showError(state.error, () => call.retry());
    else if (state.kind === 'waiting') showBlank('The model is not loaded yet. When it is, this list answers your query.');
    else if (state.kind === 'idle')
      showBlank(
        `Lists ${asked().many} that mean what you wrote, even if they share no word with it.`,
        'Joins the two lists: what stands high in one of them, and higher what stands in both.',
      );
    else if (!state.last) showBlank('Reading your query.');
  };
  call.state.subscribe(redraw);

  for (const source of sources)
    source.onIndexed(() => {
      const state = call.state.get();
      if (source !== asked() || state.kind !== 'answered') return;
      const { done, running } = source.indexed();
      const due = !running || done < 64 || performance.now() - drawn > everyMs;
      if (due && !both.some(({ list }) => list.hasOpen())) void draw(state.last);
    });
  return { redraw };
}

const placesOf = (hits: readonly KeywordHit[]) => new Map(hits.map(({ id, words }, i) => [id, { place: i + 1, words }]));
