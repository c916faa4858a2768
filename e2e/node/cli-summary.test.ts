/** What `rockpool serve` says of a device that it does without, and where one comes from. */
import { expect, test } from 'vitest';
import { summary } from '../../bin/summary.ts';
import { load } from './tiny-model.ts';

test.each([
  ['this build of the runtime has no WebGPU', 'npm install webgpu', 'wasm: this build of the runtime has no WebGPU; npm install webgpu'],
  ['WebGPU found no adapter', null, 'wasm: WebGPU found no adapter'],
  [null, 'npm install webgpu', 'wasm'],
])('%s, %s', async (fallback, webGpuHint, line) => {
  await using llm = await load('tiny-bert-poolings', { device: 'wasm' });
  const about = { url: 'http://x', routes: [], keys: 0, hasOpenMetrics: false, webGpuHint, versions: '' };
  const text = summary([{ names: ['m'], info: { ...llm.info, fallback } }], about);
  expect(/device +(.*)/.exec(text)![1]).toBe(line);
});
