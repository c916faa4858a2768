/** A load request -> onnxruntime-web, started in this realm from bytes or from a compiled module. */
import type { Ort } from './model/session.ts';
import type { LoadRequest } from './wire/protocol.ts';

/** What `WebAssembly` calls a module and its bytes; named here so that no DOM types are needed. */
export type WasmSource = WebAssembly.Module | ArrayBuffer | Uint8Array;

export async function edgeOrt({ device, wasmPath }: LoadRequest, wasm: WasmSource | undefined): Promise<Ort> {
  const withWebGpu = device !== 'wasm' && Boolean((globalThis.navigator as Navigator | undefined)?.gpu);
  const ort: Ort = withWebGpu ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  const { wasm: env } = ort.env;
  env.numThreads = 1;
  if (wasm instanceof WebAssembly.Module) {
    useModule(wasm);
    env.wasmBinary = new Uint8Array(8);
  } else {
    const file = `ort-wasm-simd-threaded${withWebGpu ? '.asyncify' : ''}.wasm`;
    env.wasmBinary = wasm ?? (await readWasm(file, wasmPath));
  }
  return ort;
}

/** From `wasmPath`, or from the installed package. ORT itself would fetch a file: URL, which Node refuses. */
async function readWasm(file: string, wasmPath: string | null): Promise<Uint8Array> {
  const url = wasmPath === null ? import.meta.resolve(`onnxruntime-web/${file}`) : new URL(file, wasmPath.endsWith('/') ? wasmPath : `${wasmPath}/`).href;
  if (url.startsWith('file:')) {
    const fsModule = 'node:fs/promises';
    const fs = (await import(/* @vite-ignore */ fsModule)) as typeof import('node:fs/promises');
    return fs.readFile(new URL(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * workerd compiles nothing at run time, and ORT has no option for a compiled module: its instantiate() is answered with ours, once. The bytes
 * that it is given are a placeholder.
 */
function useModule(module: WebAssembly.Module): void {
  const instantiate = WebAssembly.instantiate;
  const shim = async (_bytes: unknown, imports: WebAssembly.Imports) => {
    WebAssembly.instantiate = instantiate;
    return { module, instance: await instantiate(module, imports) };
  };
  WebAssembly.instantiate = shim as typeof instantiate;
}
