/** How many values are kept of a vector, and how each is written; read from the hash and kept there. */
import type { ViewState } from '../ui/route.ts';
import { precisions } from '../vectors/forms.ts';
import type { Precision } from '../vectors/forms.ts';

export const fullSize = 384;
export const step = 16;

export interface Setting {
  dimensions: number;
  precision: Precision;
}

/** Where the hash says nothing or nonsense: a setting at which one sees something. */
export function readSetting(route: ViewState): Setting {
  const wanted = Number(route.get('dimensions') ?? 128);
  const dimensions = Math.min(fullSize, Math.max(step, Math.round((Number.isFinite(wanted) ? wanted : 128) / step) * step));
  return { dimensions, precision: precisions.find((precision) => precision === route.get('precision')) ?? 'fp32' };
}

export function keepSetting(route: ViewState, { dimensions, precision }: Setting): void {
  route.set('dimensions', String(dimensions));
  route.set('precision', precision);
}
