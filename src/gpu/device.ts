/** Asks for a GPUDevice with everything the adapter has; answers the device with a name and its loss, or the reason why there is none. */

export interface Gpu {
  device: GPUDevice;
  /** For people: vendor, architecture and what the driver says of itself. */
  name: string;
  /** True from the moment the device is lost: results that arrive later are not to be believed. */
  lost: boolean;
}

/** `absent`: the runtime does not know WebGPU at all, so that nothing was given up. */
export type GpuAnswer = { gpu: Gpu } | { refusal: string; absent?: true };

/**
 * ORT asks for the adapter's maxima when it makes a device itself. An injected device without them would be slower and fail on larger
 * models (microsoft/onnxruntime#21553), so we ask for the same.
 */
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
] as const;

const features: readonly string[] = [
  'timestamp-query',
  'chromium-experimental-timestamp-query-inside-passes',
  'shader-f16',
  'subgroups',
  'chromium-experimental-subgroup-matrix',
];

/** `allowSoftware` false refuses adapters that compute on the CPU: they are slower there than WASM is. */
export async function requestGpu(options: { allowSoftware: boolean }): Promise<GpuAnswer> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) return { refusal: 'this runtime has no WebGPU', absent: true };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { refusal: 'WebGPU found no adapter' };
  const name = adapterName(adapter);
  if (!options.allowSoftware && isSoftware(adapter, name)) {
    return { refusal: `the only WebGPU adapter is a software one (${name})` };
  }
  const device = await adapter.requestDevice({
    label: 'rockpool',
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  const answer: Gpu = { device, name, lost: false };
  void device.lost.then(() => {
    answer.lost = true;
  });
  return { gpu: answer };
}

function adapterName(adapter: GPUAdapter): string {
  const { vendor, architecture, description } = adapter.info;
  return [vendor, architecture, description].filter((part) => part).join(' · ') || 'unnamed adapter';
}

function isSoftware(adapter: GPUAdapter, name: string): boolean {
  return adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(name);
}
