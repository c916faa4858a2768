import { expect, test } from 'vitest';
import { cosine } from './math.ts';

/** torch 2.13: python -c "import torch; print(torch.nn.CosineSimilarity(0)(torch.tensor([1e-5]), torch.tensor([1e-5])))" and so on. */
test.each([
  [[3, 4], [4, 3], 0.96],
  [[1, 0], [-2, 0], -1],
  [[1e-5], [1e-5], 1],
  [[1e-9], [1], 0.1],
  [[1e-9], [1e-9], 0.01],
  [[1e-9], [1e9], 0.1],
  [[0, 0], [1, 2], 0],
  [[0], [0], 0],
])('the cosine of %j and %j is torch’s %d', (a, b, expected) => {
  expect(cosine(Float32Array.from(a), Float32Array.from(b))).toBeCloseTo(expected, 6);
});
