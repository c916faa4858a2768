/** What the page knows of its model before a byte of it is there: its path beside the page, its name and its sizes. */
export const modelCard = {
  path: 'models/all-MiniLM-L6-v2',
  name: 'all-MiniLM-L6-v2',
  /** All files that a load reads. */
  bytes: 26_544_000,
} as const;

/** onnxruntime-web's WebAssembly as a server sends it compressed: the one with WebGPU, or the smaller one without. */
export const runtimeBytes = (device: 'auto' | 'webgpu' | 'wasm'): number =>
  device !== 'wasm' && 'gpu' in navigator ? 6_670_000 : 3_680_000;
