/** Threads and the place of the .wasm file -> ORT's environment, before its first session. */
import type { Ort } from '../src/onnx/session.ts';
import type { LoadRequest } from '../src/wire/protocol.ts';

export function configureOrt(ort: Ort, wasmFile: string, { threads, wasmPath }: LoadRequest): Ort {
  const { wasm } = ort.env;
  wasm.numThreads = self.crossOriginIsolated ? (threads ?? defaultThreads(navigator.hardwareConcurrency)) : 1;
  // Without a path ORT looks beside this script, where bundlers put the file that it names.
  if (wasmPath !== null) wasm.wasmPaths = { wasm: new URL(wasmFile, wasmPath.endsWith('/') ? wasmPath : `${wasmPath}/`).href };
  return ort;
}

/** All of two cores, three quarters of more, never above four: small matrices do not feed more threads. */
function defaultThreads(cores: number | undefined): number {
  return Math.max(1, Math.min(4, cores && cores > 2 ? Math.floor(cores * 0.75) : (cores ?? 1)));
}
