/** A load request -> onnxruntime-web, started in this realm from bytes or from a compiled module. */
import { fileSystem, isUrl } from './files.ts';
import { messageOf, PoolingError } from '../errors.ts';
import type { Ort } from '../onnx/session.ts';
import type { LoadRequest } from '../wire/protocol.ts';

/** Which of the two flavours of the runtime a load takes. */
export function wantsWebGpu({ device }: LoadRequest): boolean {
  return device !== 'wasm' && Boolean((globalThis.navigator as Navigator | undefined)?.gpu);
}

export async function edgeOrt(request: LoadRequest, wasm: WebAssembly.Module | ArrayBuffer | Uint8Array | undefined): Promise<Ort> {
  const withWebGpu = wantsWebGpu(request);
  const ort: Ort = withWebGpu ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  const { wasm: env } = ort.env;
  env.numThreads = 1;
  // ORT starts once in a realm: for a second model it runs already, and would hold the bytes for nothing.
  if (env.wasmBinary) return ort;
  if (wasm instanceof WebAssembly.Module) {
    useModule(wasm);
    env.wasmBinary = placeholder;
  } else {
    env.wasmBinary = wasm ?? (await readWasm(`ort-wasm-simd-threaded${withWebGpu ? '.asyncify' : ''}.wasm`, request.wasmPath));
  }
  return ort;
}

/** ORT itself would fetch a file: URL, which Node refuses. */
async function readWasm(file: string, wasmPath: string | null): Promise<Uint8Array> {
  const url = wasmUrl(file, wasmPath);
  try {
    const node = url.startsWith('file:') ? fileSystem() : null;
    if (node) return await node.fs.readFile(new URL(url));
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw noWasm(file, cause);
  }
}

/** In `wasmPath`, a URL or a path; else in the installed package. */
function wasmUrl(file: string, wasmPath: string | null): string {
  try {
    if (wasmPath === null) return import.meta.resolve(`onnxruntime-web/${file}`);
    const node = isUrl(wasmPath) ? null : fileSystem();
    const folder = node ? node.url.pathToFileURL(node.path.resolve(wasmPath)).href : wasmPath;
    return new URL(`${folder.replace(/\/+$/, '')}/${file}`, (globalThis.location as Location | undefined)?.href).href;
  } catch (cause) {
    throw noWasm(file, cause);
  }
}

function noWasm(file: string, cause: unknown): PoolingError {
  const remedy = 'Pass its folder as the option `wasmPath`, or its bytes or compiled module as the option `wasm`.';
  return new PoolingError('runtime-failed', `${file} of onnxruntime-web cannot be read: ${messageOf(cause)}. ${remedy}`, { cause });
}

/** "rockpool": bytes that ORT gives to WebAssembly and that are known again there. */
const placeholder = Uint8Array.of(114, 111, 99, 107, 112, 111, 111, 108);

/**
 * workerd compiles nothing at run time, and ORT has no option for a compiled module: its instantiate() is answered with ours, once. Until
 * then, and that is after the model was downloaded, everybody else's goes its usual way.
 */
function useModule(module: WebAssembly.Module): void {
  const instantiate = WebAssembly.instantiate;
  const shim = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    if (!isPlaceholder(source)) return instantiate(source as WebAssembly.Module, imports);
    if (WebAssembly.instantiate === shim) WebAssembly.instantiate = instantiate;
    return { module, instance: await instantiate(module, imports) };
  };
  WebAssembly.instantiate = shim as typeof instantiate;
}

/** By content: ORT hands on a copy. */
function isPlaceholder(source: unknown): boolean {
  return source instanceof Uint8Array && source.length === placeholder.length && source.every((byte, i) => byte === placeholder[i]);
}
