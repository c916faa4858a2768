/** The compiled loops of scan.wat as a Scanner; null where nothing may be compiled (Cloudflare Workers, a page without 'wasm-unsafe-eval'). */
import kernel from './scan.wat';
import type { Scanner } from './scanner.ts';

interface Kernel {
  memory: WebAssembly.Memory;
  dot_f32: Scanner['dotF32'];
  dot_i8: Scanner['dotI8'];
  hamming: Scanner['hamming'];
}

const PAGE = 65_536;

export function wasmScanner(): Scanner | null {
  let exports: Kernel;
  try {
    // 800 bytes: nothing is gained by not waiting.
    const module = new WebAssembly.Module(Uint8Array.from(atob(kernel), (character) => character.charCodeAt(0)));
    exports = new WebAssembly.Instance(module).exports as unknown as Kernel;
  } catch {
    return null;
  }
  const { memory, dot_f32, dot_i8, hamming } = exports;
  return {
    get memory() {
      return memory.buffer;
    },
    reserve(bytes) {
      const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
      if (missing > 0) memory.grow(missing);
    },
    dotF32: dot_f32,
    dotI8: dot_i8,
    hamming,
  };
}
