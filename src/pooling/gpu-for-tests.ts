/** A real WebGPU device in Node (Dawn), with every validation error turned into a failure. */
import { afterAll, beforeAll, expect } from 'vitest';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);

/** Registers set-up and clean-up in the calling suite; the device is there once its tests run. */
export function useDevice(): () => GPUDevice {
  // Dawn lives as long as this object: dropping it crashes the process when it is collected.
  const gpu = create([]);
  let device: GPUDevice;
  const errors: string[] = [];
  beforeAll(async () => {
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('No WebGPU adapter. Without a GPU, point VK_ICD_FILENAMES at vk_swiftshader_icd.json (npm test does).');
    device = await adapter.requestDevice();
    device.addEventListener('uncapturederror', (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
  });
  afterAll(() => {
    device?.destroy();
    expect(errors).toEqual([]);
  });
  return () => device;
}
