/** Choices in, a row of radio buttons out that looks like one switch. Arrow keys move in it, as in every group of radio buttons. */
import { el } from './dom.ts';

export interface Segments<Value extends string> {
  element: HTMLElement;
  set(value: Value): void;
}

export function createSegments<Value extends string>(
  name: string,
  legend: string,
  values: readonly Value[],
  onPick: (value: Value) => void,
  labels?: Readonly<Record<Value, string>>,
): Segments<Value> {
  const inputs = values.map((value) => {
    const input = el('input', { type: 'radio', name, value, id: `${name}-${value}` });
    input.addEventListener('change', () => onPick(value));
    return input;
  });
  return {
    element: el(
      'fieldset',
      { class: 'segments' },
      el('legend', {}, legend),
      ...inputs.map((input, i) => el('label', { for: input.id }, input, el('span', {}, labels?.[values[i]!] ?? values[i]!))),
    ),
    set: (value) => inputs.forEach((input) => (input.checked = input.value === value)),
  };
}
