/** Token rows in; the four poolings of them out, as strips with their cosines to each other, and a check against what `embed` answers. */
import { el, setText } from '../ui/dom.ts';
import { term } from '../ui/explain.ts';
import { createHeatStrip } from '../ui/heat-strip.ts';
import { cosine } from '../vectors/cosine.ts';
import { poolAll, poolingNames, poolingWords } from './poolings.ts';
import type { PoolingName } from './poolings.ts';
import type { Token } from './read-tokens.ts';

export interface PoolingStrips {
  element: HTMLElement;
  show(tokens: readonly Token[]): void;
  /** What `embed` answered for the same text. */
  check(embedding: Float32Array): void;
}

export function createPoolingStrips(): PoolingStrips {
  const strips = poolingNames.map((name) => ({ name, strip: createHeatStrip() }));
  const table = el('table', { class: 'grid numbers', 'aria-label': 'Cosines between the four poolings', 'data-testid': 'poolings' });
  const check = el('p', { class: 'fine numbers', 'data-testid': 'pooling-check' });
  const element = el(
    'div',
    { class: 'poolings' },
    ...strips.map(({ name, strip }) =>
      el(
        'div',
        { class: 'pooling' },
        el(
          'p',
          {},
          term(name, () => poolingWords[name]),
          name === 'MEAN' ? el('span', { class: 'fine' }, ' this model’s own') : null,
        ),
        strip.element,
      ),
    ),
    table,
    check,
  );
  let pooled: Record<PoolingName, Float32Array> | null = null;
  return {
    element,
    show(tokens) {
      const vectors = poolAll(tokens.map(({ row }) => row));
      pooled = vectors;
      for (const { name, strip } of strips)
        strip.set(vectors[name], vectors[name].length, `The text as one vector by ${name}: ${vectors[name].length} values`);
      const head = el('tr', {}, el('td', {}), ...poolingNames.map((name) => el('th', { scope: 'col' }, name)));
      const rows = poolingNames.map((a) =>
        el('tr', {}, el('th', { scope: 'row' }, a), ...poolingNames.map((b) => cell(cosine(vectors[a], vectors[b])))),
      );
      table.replaceChildren(el('thead', {}, head), el('tbody', {}, ...rows));
      setText(check, 'Asking embed() for the same text.');
    },
    check(embedding) {
      if (!pooled) return;
      const same = cosine(pooled.MEAN, embedding).toFixed(4);
      setText(
        check,
        `These are computed here, from the rows above. MEAN, scaled to length 1, is what embed() answers for this text: cosine ${same}.`,
      );
    },
  };
}

function cell(value: number): HTMLElement {
  const td = el('td', {}, value.toFixed(2).replace('-', '−'));
  td.style.setProperty('--heat', Math.max(0, value).toFixed(2));
  return td;
}
