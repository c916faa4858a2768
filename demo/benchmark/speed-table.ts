/** Series in, a table of their speeds out: one row a batch size, one column a backend. */
import { el } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import type { Series } from './bench.ts';

export interface SpeedTable {
  element: HTMLElement;
  show(series: readonly Series[], batches: readonly number[]): void;
}

export function createSpeedTable(): SpeedTable {
  const element = el('table', { class: 'speed-table numbers', 'data-testid': 'speeds' });
  return {
    element,
    show(series, batches) {
      const head = el(
        'tr',
        {},
        el('th', { scope: 'col' }, 'Texts a call'),
        ...series.map(({ backend: { device } }) =>
          el('th', { scope: 'col', 'data-device': device }, device === 'webgpu' ? 'WebGPU' : 'WASM'),
        ),
      );
      const rows = batches.map((batch) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, String(batch)),
          ...series.map(({ speeds }) => {
            const speed = speeds.find((one) => one.batch === batch);
            return el(
              'td',
              {},
              speed ? `${count(speed.tokensPerSecond)} tokens/s · ${speed.ms.toFixed(speed.ms < 10 ? 1 : 0)} ms` : 'not measured',
            );
          }),
        ),
      );
      element.replaceChildren(
        el('caption', { class: 'unseen' }, 'Speed by texts a call and backend'),
        el('thead', {}, head),
        el('tbody', {}, ...rows),
      );
    },
  };
}
