/**
 * Numbers in, a strip (or a grid) of colour out: the accent for positive, the warm colour for negative, stronger for larger, the ground for 0.
 * A canvas, since 384 elements a vector would be too many. Drawn anew when the colour scheme changes.
 */
import { el, setAttribute } from './dom.ts';

export interface HeatStrip {
  element: HTMLCanvasElement;
  /**
   * `[rows, columns]` row-major. `scale`: the magnitude with the full colour; unset, three times their root mean square. `label`: what a
   * screen reader says.
   */
  set(values: ArrayLike<number>, columns: number, label: string, scale?: number): void;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** `pixels`: canvas pixels for each value. */
export function createHeatStrip(pixels = 1): HeatStrip {
  const element = el('canvas', { class: 'heat', role: 'img' });
  let drawn: { values: ArrayLike<number>; columns: number; scale: number } | null = null;

  const draw = () => {
    if (!drawn) return;
    const { values, columns, scale } = drawn;
    element.width = columns * pixels;
    element.height = Math.ceil(values.length / columns) * pixels;
    const context = element.getContext('2d')!;
    const style = getComputedStyle(document.documentElement);
    const [positive, negative] = ['--heat-positive', '--heat-negative'].map((name) => style.getPropertyValue(name));
    for (let i = 0; i < values.length; i++) {
      const value = values[i]! / scale;
      context.globalAlpha = Math.min(1, Math.abs(value));
      context.fillStyle = (value < 0 ? negative : positive)!;
      context.fillRect((i % columns) * pixels, Math.floor(i / columns) * pixels, pixels, pixels);
    }
  };
  dark.addEventListener('change', draw);

  return {
    element,
    set(values, columns, label, scale = usual(values)) {
      drawn = { values, columns, scale };
      setAttribute(element, 'aria-label', label);
      draw();
    },
  };
}

/** Not the largest: vectors have a few values that stand out, and beside them all others would be pale. */
function usual(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return 3 * Math.sqrt(squares / values.length) || 1;
}
