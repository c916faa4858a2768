/** A wish for WebGPU -> navigator.gpu, of the package `webgpu` where the runtime has none of its own: Node and Bun. */
import { setFlagsFromString } from 'node:v8';
import { Failure, messageOf } from './failure.ts';

/** What gives this runtime WebGPU. Null: it has it, or has it from nowhere else (Deno, by its flag). */
export function webGpuHint(): string | null {
  const { deno } = process.versions as { deno?: string };
  return (globalThis as { navigator?: Navigator }).navigator?.gpu || deno ? null : 'npm install webgpu';
}

/** Null, or why there is none. Of a device that was asked for by name, that is a failure. */
export async function installWebGpu(device: string): Promise<string | null> {
  const { navigator } = globalThis as { navigator?: Navigator };
  if (device === 'wasm' || navigator?.gpu) return null;
  try {
    const { create, globals } = await import('webgpu');
    // onnxruntime-web asks whether a device is an instance of GPUDevice.
    Object.assign(globalThis, globals);
    takeSharedMemory(GPUQueue.prototype);
    // Node 20 would optimise a huge function of onnxruntime-web's that runs once or twice: half a minute in which it cannot even exit.
    if (Number.parseInt(process.versions.node) < 22) setFlagsFromString('--wasm-tiering-budget=18000000');
    // It lives as long as this object: collected, it would take the process along.
    const gpu = create([]);
    if (navigator) Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
    return null;
  } catch (cause) {
    const isAbsent = /^ERR_MODULE_NOT_FOUND$|^MODULE_NOT_FOUND$/.test(String((cause as { code?: unknown } | null)?.code));
    const why = isAbsent
      ? 'this runtime has no WebGPU, and the package `webgpu` is not installed: npm install webgpu'
      : `the package \`webgpu\` cannot start: ${messageOf(cause)}`;
    if (device === 'webgpu') throw new Failure(1, `--device webgpu: ${why}`, { cause });
    return isAbsent ? null : why;
  }
}

/** onnxruntime-web's memory is shared, of one thread too. Browsers take it; Dawn's binding says "Invalid argument" in Node. */
function takeSharedMemory(queue: GPUQueue): void {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (this: GPUQueue, buffer, offset, data, from = 0, size) {
    if (!isShared(data)) return writeBuffer.call(this, buffer, offset, data as ArrayBuffer, from, size);
    // A copy of just these elements, in memory of its own.
    const copy = data.slice(from, size === undefined ? undefined : from + size);
    return writeBuffer.call(this, buffer, offset, copy);
  };
}

function isShared(data: unknown): data is Uint8Array {
  return ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
}
