/** The slider of dimensions and the switch of precisions: a setting in, every change of it out. */
import { el, setText } from '../ui/dom.ts';
import { createSegments } from '../ui/segments.ts';
import { precisions } from '../vectors/forms.ts';
import { fullSize, step } from './setting.ts';
import type { Setting } from './setting.ts';

export interface Controls {
  element: HTMLElement;
  set(setting: Setting): void;
}

export function createControls(onChange: (setting: Setting) => void): Controls {
  let setting: Setting = { dimensions: fullSize, precision: 'fp32' };
  const slider = el('input', { type: 'range', id: 'dimensions', min: step, max: fullSize, step, 'data-testid': 'dimensions' });
  const shown = el('output', { for: 'dimensions', class: 'numbers' });
  const change = (part: Partial<Setting>) => {
    set({ ...setting, ...part });
    onChange(setting);
  };
  slider.addEventListener('input', () => change({ dimensions: slider.valueAsNumber }));
  const precision = createSegments('precision', 'Each value as', precisions, (value) => change({ precision: value }));

  const set = (next: Setting) => {
    setting = next;
    slider.value = String(next.dimensions);
    slider.setAttribute('aria-valuetext', `${next.dimensions} of ${fullSize} values`);
    setText(shown, String(next.dimensions));
    precision.set(next.precision);
  };
  return {
    element: el(
      'div',
      { class: 'controls' },
      el(
        'div',
        { class: 'slider' },
        el('label', { for: 'dimensions' }, 'Values kept of 384: ', shown),
        slider,
        el('div', { class: 'slider-ends fine', 'aria-hidden': 'true' }, el('span', {}, String(step)), el('span', {}, String(fullSize))),
      ),
      precision.element,
    ),
    set,
  };
}
