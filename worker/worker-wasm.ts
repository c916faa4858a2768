/** The worker with WASM alone: half the download, for realms without WebGPU and for device "wasm". */
import * as ort from 'onnxruntime-web/wasm';
import { serve } from './serve.ts';

serve(ort, 'ort-wasm-simd-threaded.wasm', false);
