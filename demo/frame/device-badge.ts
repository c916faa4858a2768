/** The models' states in, a button out that says what computes; pressed, it explains why, lets one choose, and lists the models. */
import type { DeviceChoice, ModelState } from '../model/model-host.ts';
import { createModelList } from '../model/model-list.ts';
import type { Models } from '../model/models.ts';
import { button, el, setAttribute, setText } from '../ui/dom.ts';
import { describeDevice, deviceName } from './device-words.ts';

const choices: readonly { value: DeviceChoice; label: string }[] = [
  { value: 'auto', label: 'Automatic: the GPU if it computes right' },
  { value: 'webgpu', label: 'WebGPU: the graphics card' },
  { value: 'wasm', label: 'WASM: the CPU' },
];

export function mountDeviceBadge(place: HTMLElement, models: Models, onChoice: (device: DeviceChoice) => void): void {
  const model = models.embedder;
  const badge = button(
    '',
    { class: 'badge', 'aria-expanded': 'false', 'aria-controls': 'device-panel', 'data-testid': 'device-badge' },
    () => toggle(),
  );
  const words = el('div', {});
  const select = el(
    'select',
    { id: 'device', 'data-testid': 'device-select' },
    ...choices.map(({ value, label }) => el('option', { value }, label)),
  );
  const panel = el(
    'div',
    { class: 'device-panel', id: 'device-panel', hidden: true, role: 'region', 'aria-label': 'Device and models' },
    words,
    el('label', { for: 'device' }, 'Compute on'),
    select,
    el('p', { class: 'fine' }, 'Choosing another one loads the model again. What is indexed is kept.'),
    createModelList(models),
  );
  const toggle = (open = panel.hidden) => {
    panel.hidden = !open;
    setAttribute(badge, 'aria-expanded', String(open));
  };
  place.append(badge, panel);

  select.addEventListener('change', () => onChoice(select.value as DeviceChoice));
  place.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || panel.hidden) return;
    toggle(false);
    badge.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!place.contains(event.target as Node)) toggle(false);
  });

  model.state.subscribe((state: ModelState) => {
    setText(badge, deviceName(state));
    badge.dataset['device'] = state.kind === 'ready' ? state.info.device : 'none';
    select.value = model.device;
    words.replaceChildren(...describeDevice(state).map((sentence) => el('p', {}, sentence)));
  });
}
