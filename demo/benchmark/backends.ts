/** What this machine could compute on. */
import type { Device } from 'rockpool';

export interface Backend {
  device: Device;
  label: string;
  /** A GPU that is none: software in its place, which takes minutes. */
  software: boolean;
}

export async function findBackends(): Promise<Backend[]> {
  const adapter = 'gpu' in navigator ? await navigator.gpu.requestAdapter().catch(() => null) : null;
  const wasm: Backend = { device: 'wasm', label: 'WASM, on the CPU', software: false };
  if (!adapter) return [wasm];
  const { vendor, architecture } = adapter.info;
  const software = adapter.info.isFallbackAdapter || architecture === 'swiftshader';
  const name = [vendor, architecture].filter(Boolean).join(' ');
  return [{ device: 'webgpu', label: `WebGPU${name && ` · ${name}`}${software ? ' (software, slow)' : ''}`, software }, wasm];
}

/** Why it is not among them. */
export const noWebgpu = (): string =>
  'gpu' in navigator ? 'WebGPU: the browser offers no graphics card for it.' : 'WebGPU: this browser does not have it.';
