/**
 * Chunks and a height for each in, a bar a chunk out. To the keyboard and to screen readers it is a slider over the chunks: arrows go from one to
 * the next, Page Up and Down by ten, Home and End to the ends. A canvas, since a book has thousands of them.
 */
import { el, setAttribute } from '../ui/dom.ts';

/** Null: not computed yet. */
export type Height = number | null;

export interface ChunkBars {
  element: HTMLElement;
  /** `words`: what a screen reader says of the picked bar. */
  show(heights: readonly Height[], picked: number, best: ReadonlySet<number>, words: string): void;
}

const height = 140;
const keys: Record<string, number> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -Infinity,
  End: Infinity,
};

export function createChunkBars(onPick: (index: number) => void): ChunkBars {
  const canvas = el('canvas', {
    class: 'chunk-bars',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Chunk',
    'aria-valuemin': 1,
    'data-testid': 'chunk-bars',
  });
  const scale = el('span', { class: 'fine numbers chunk-scale' });
  let shown: { heights: readonly Height[]; picked: number; best: ReadonlySet<number> } = { heights: [], picked: 0, best: new Set() };
  let frame = 0;

  const draw = () => {
    const { heights, picked, best } = shown;
    const width = canvas.clientWidth;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const [accent, line, text] = ['--accent', '--line', '--text'].map((name) => style.getPropertyValue(name));
    const top = topOf(heights);
    scale.textContent = `full height: ${top.toFixed(1)}`;
    const step = width / Math.max(1, heights.length);
    const bar = Math.max(Math.min(step - 1, 24), step * 0.7);
    context.fillStyle = line!;
    context.fillRect(0, height - 1, width, 1);
    const last = height - 16; // the mark of the picked one stands above
    heights.forEach((value, index) => {
      const x = index * step;
      context.globalAlpha = 1;
      if (index === picked) {
        context.fillStyle = text!;
        context.beginPath();
        context.moveTo(x + bar / 2 - 5, 0);
        context.lineTo(x + bar / 2 + 5, 0);
        context.lineTo(x + bar / 2, 8);
        context.fill();
      }
      context.fillStyle = value === null ? line! : index === picked ? text! : accent!;
      context.globalAlpha = value === null || index === picked || best.has(index) ? 1 : 0.45;
      const tall = value === null ? 3 : Math.max(2, (Math.max(0, value) / top) * last);
      context.fillRect(x, height - tall, bar, tall);
    });
  };
  const redraw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  new ResizeObserver(redraw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  const pick = (index: number) => {
    const last = shown.heights.length - 1;
    if (last >= 0) onPick(Math.min(last, Math.max(0, index)));
  };
  canvas.addEventListener('keydown', (event) => {
    const step = keys[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    pick(shown.picked + step);
  });
  const pickAt = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    pick(Math.floor(((event.clientX - box.left) / box.width) * shown.heights.length));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pickAt(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) pickAt(event);
  });

  return {
    element: el('div', { class: 'chunk-chart' }, scale, canvas),
    show(heights, picked, best, words) {
      shown = { heights, picked, best };
      setAttribute(canvas, 'aria-valuemax', Math.max(1, heights.length));
      setAttribute(canvas, 'aria-valuenow', Math.min(heights.length, picked + 1));
      setAttribute(canvas, 'aria-valuetext', words);
      redraw();
    },
  };
}

/**
 * The next tenth above the tallest, so that the bars use the room and the scale says how much that is. A cosine is rounded: it may be a
 * trifle above 1.
 */
const topOf = (heights: readonly Height[]): number =>
  heights.reduce<number>((top, value) => Math.max(top, Math.ceil(((value ?? 0) - 1e-6) * 10) / 10), 0.2);
