/** What stands between logits and their activation, as layers of a head. */
import type { HeadLayer } from '../shapes.ts';

/** vLLM's `from_2_way_softmax`: softmax over the logits of [no, yes] is sigmoid(yes - no). */
export const difference: HeadLayer = {
  kind: 'dense',
  inputs: 2,
  outputs: 1,
  weight: Float32Array.of(-1, 1),
  bias: null,
  activation: 'identity',
};

/** vLLM's `logit_mean` and `logit_sigma`: (logit - mean) / sigma. Nothing if neither is set. */
export function calibration(width: number, mean: number | null, sigma: number | null): HeadLayer[] {
  if (mean === null && sigma === null) return [];
  const scale = 1 / (sigma ?? 1);
  const weight = new Float32Array(width * width);
  for (let i = 0; i < width; i++) weight[i * width + i] = scale;
  const bias = new Float32Array(width).fill(-(mean ?? 0) * scale);
  return [{ kind: 'dense', inputs: width, outputs: width, weight, bias, activation: 'identity' }];
}
