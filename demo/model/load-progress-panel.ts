/** A load that is under way in, its phases out: download with file, MB, MB/s and time left; compile and check with their seconds. */
import { button, el, setText } from '../ui/dom.ts';
import { duration, megabytes, timeLeft } from '../ui/format.ts';
import { createProgressBar } from '../ui/progress-bar.ts';
import type { Panel } from '../ui/switcher.ts';
import { runtimeBytes } from './model-cards.ts';
import type { DeviceChoice, ModelHost, ModelState } from './model-host.ts';

type Loading = Extract<ModelState, { kind: 'loading' }>;

/** In the order in which they come; with WebGPU, compile comes again after the check. */
const phaseWords = {
  download: 'Fetching the model',
  compile: 'Preparing it for this machine',
  check: 'Checking that the GPU computes what the CPU computes',
  ready: 'Ready',
} as const;

export function loadProgressPanel(host: ModelHost): Panel<Loading> {
  const headline = el('p', {});
  const numbers = el('p', { class: 'fine numbers', 'data-testid': 'load-status' });
  const bar = createProgressBar('Loading the model');
  const cancel = button('Cancel', { 'data-testid': 'cancel' }, () => void host.cancel());
  let latest: Loading | null = null;

  const render = () => {
    if (!latest) return;
    const phase = latest.progress?.phase ?? 'download';
    setText(headline, phaseWords[phase]);
    const [share, words] = phase === 'download' ? download(latest, host.card.bytes) : wait(latest, host.device);
    setText(numbers, words);
    bar.set(share, `${phaseWords[phase]}, ${words}`);
  };
  const clock = setInterval(render, 200); // the seconds of a phase go on while the library has nothing to say

  return {
    element: el(
      'div',
      { class: 'panel' },
      el('div', { class: 'panel-row' }, el('div', { class: 'panel-words' }, headline, numbers), el('div', { class: 'actions' }, cancel)),
      bar.element,
    ),
    update(state) {
      latest = state;
      render();
    },
    close: () => clearInterval(clock),
  };
}

/** The total grows as files are begun; until the big one is, the size on the model card is nearer to the truth. */
function download({ progress, phaseSince }: Loading, bytes: number): [share: number, words: string] {
  if (!progress) return [0, `asking the server · ${duration(performance.now() - phaseSince)}`];
  const total = Math.max(progress.total, bytes);
  const amount = `${megabytes(progress.loaded)} of ${megabytes(total)}`;
  const file = progress.file ?? '';
  if (progress.fromCache) return [progress.loaded / total, `${file} · ${amount} · from cache`];
  const speed = progress.bytesPerSecond > 0 ? `${megabytes(progress.bytesPerSecond)}/s` : '';
  const left = timeLeft(((total - progress.loaded) / progress.bytesPerSecond) * 1000);
  return [progress.loaded / total, [file, amount, speed, left].filter(Boolean).join(' · ')];
}

function wait({ phaseSince, downloadMs, progress }: Loading, device: DeviceChoice): [share: number, words: string] {
  const here = duration(performance.now() - phaseSince);
  const fetched = downloadMs === null ? '' : ` · the files took ${duration(downloadMs)}`;
  const { compressed, whole } = runtimeBytes(device);
  const sizes = `${megabytes(compressed)} to ${megabytes(whole)}`;
  const runtime = progress?.phase === 'compile' ? ` · with ${sizes} of runtime the first time` : '';
  return [1, `${here}${runtime}${fetched}`];
}
