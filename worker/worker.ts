/** The worker with WebGPU and WASM. */
import * as ort from 'onnxruntime-web/webgpu';
import { serve } from './serve.ts';

serve(ort, 'ort-wasm-simd-threaded.asyncify.wasm', true);
