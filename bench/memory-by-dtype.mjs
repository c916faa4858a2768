/**
 * `node bench/memory-by-dtype.mjs`: all-MiniLM-L6-v2 in the formats that people publish, and what each needs (model-memory.mjs). The
 * table of docs/models.md comes from here. Needs dist/ and python3 with venv; scripts/fp32-model.mjs says what for.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFp32Model } from '../scripts/fp32-model.mjs';

const pins = readFileSync(join(import.meta.dirname, '../e2e/oracle/requirements.txt'), 'utf8');
const runtime = /^onnxruntime==.*$/m.exec(pins)[0];

/** What transformers.js' own conversion script does. q4 leaves all but matrix products in float32. */
const convert = `
import logging, sys, onnx
logging.disable()
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16
folder = sys.argv[1]
whole = lambda: onnx.load(f"{folder}/model.onnx")
types = {"DefaultTensorType": onnx.TensorProto.FLOAT}
quantize_dynamic(f"{folder}/model.onnx", f"{folder}/model_quantized.onnx", per_channel=True, weight_type=QuantType.QInt8, extra_options=types)
onnx.save(convert_float_to_float16(whole(), keep_io_types=True), f"{folder}/model_fp16.onnx")
q4 = MatMulNBitsQuantizer(whole(), block_size=32, is_symmetric=True)
q4.process()
q4.model.save_model_to_file(f"{folder}/model_q4.onnx")
`;

await withFp32Model((model) => {
  const python = join(dirname(model), 'venv/bin/python');
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', runtime, 'onnx-ir==1.1.0'], { stdio: ['ignore', 'inherit', 'inherit'] });
  execFileSync(python, ['-c', convert, join(model, 'onnx')], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const [dtype, file] of Object.entries({ fp32: 'model', fp16: 'model_fp16', q8: 'model_quantized', q4: 'model_q4' })) {
    const { size } = statSync(join(model, 'onnx', `${file}.onnx`));
    const said = execFileSync(process.execPath, [join(import.meta.dirname, 'model-memory.mjs'), model, dtype], { encoding: 'utf8' });
    console.log(`${(size / 1e6).toFixed(1)} MB\n${said}`);
  }
});
