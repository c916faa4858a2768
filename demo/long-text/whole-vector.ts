/** The chunks in; the one vector that is made of them out, and on demand a check against what one call to `embed` gives for the whole text. */
import type { ModelHost } from '../model/model-host.ts';
import { waysOut } from '../model/ways-out.ts';
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { codeOf } from '../ui/error-words.ts';
import { plural } from '../ui/format.ts';
import { createHeatStrip } from '../ui/heat-strip.ts';
import { cosine } from '../vectors/cosine.ts';
import type { ReaderState } from './reader.ts';

export interface WholeVector {
  element: HTMLElement;
  show(state: ReaderState, mean: Float32Array): void;
}

export function createWholeVector(model: ModelHost): WholeVector {
  const strip = createHeatStrip();
  const note = el('p', { class: 'fine numbers' });
  const result = el('p', { class: 'numbers', 'data-testid': 'whole-check' });
  const problem = el('div', {});
  let latest: { state: ReaderState; mean: Float32Array } | null = null;
  let call: AbortController | null = null;
  let checked = '';

  const check = async () => {
    const host = model.state.get();
    if (!latest || host.kind !== 'ready') return;
    const { state, mean } = latest;
    const mine = (call = new AbortController());
    problem.replaceChildren();
    setText(act, 'Stop the check');
    checked = state.text;
    try {
      const [output] = await host.llm.embed(state.text, {
        signal: mine.signal,
        onProgress: ({ done, total }) => mine === call && setText(result, `embed() is at ${done} of ${plural(total, 'chunk', 'chunks')}.`),
      });
      if (mine !== call) return;
      const same = cosine(mean, output!.outputs.embedding).toFixed(4);
      setText(result, `embed() reads the whole text in one call and answers the same vector: cosine ${same}.`);
    } catch (error) {
      if (mine !== call) return;
      setText(result, '');
      if (codeOf(error) !== 'aborted')
        problem.replaceChildren(
          errorBox(
            error,
            waysOut(error, model, () => void check()),
          ),
        );
    }
    stop();
  };
  const stop = () => {
    call?.abort();
    call = null;
    setText(act, 'Compare with embed()');
  };
  const act = button('Compare with embed()', { 'data-testid': 'compare' }, () => {
    if (call) {
      stop();
      setText(result, '');
    } else void check();
  });

  return {
    element: el('div', { class: 'whole' }, strip.element, note, el('div', { class: 'whole-check' }, act, result), problem),
    show(state, mean) {
      latest = { state, mean };
      strip.set(mean, mean.length, `The vector of the whole text: ${mean.length} values`);
      const part = state.done < state.chunks.length ? ` So far of ${plural(state.done, 'chunk', 'chunks')}.` : '';
      setText(
        note,
        `The mean of all chunks, each with the weight of its tokens, scaled to length 1. ${mean.length} numbers, however long the text.${part}`,
      );
      act.disabled = state.kind !== 'done';
      if (checked !== state.text) {
        stop();
        setText(result, '');
      }
    },
  };
}
