/** What a map of vectors is, and what it is not. */
import { el } from '../ui/dom.ts';

export function howItWorks(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'How do 384 numbers become a point on a plane?'),
    el(
      'p',
      {},
      'Not without loss. First the two directions are found in which the vectors differ most, and every package is put where it lies along them (PCA). ',
      'Then each is drawn to its nearest and pushed from the others, a few hundred times (UMAP), so that neighbours come together.',
    ),
    el(
      'p',
      {},
      'Trust what is close together; do not read much into long distances, or into the shape of the whole. The search itself never uses the map: it compares all 384 numbers. ',
      'The star of a query stands among the ten packages that are nearest by these.',
    ),
  );
}
