/** An ONNX file whose weights lie beside it, in as many files as its exporter liked. */
import { expect, test } from 'vitest';
import { createIntegrityCheck } from '../files/integrity.ts';
import { functionSource } from '../files/local-source.ts';
import { cast, model, tensor, value } from '../onnx/onnx-for-tests.ts';
import { fetchWeights } from './weights.ts';

const one = Float32Array.of(1);
const onnx = model({
  inputs: [value('input_ids', 'int64', ['batch', 'sequence'])],
  nodes: [cast('input_ids', 'seen', 'float32')],
  outputs: [value('seen', 'float32', ['batch', 'sequence'])],
  initializers: [
    tensor('a', [1], one, 'model.onnx_data'),
    tensor('b', [1], one, 'model.onnx_data_1'),
    tensor('c', [1], one, 'model.onnx_data'),
    tensor('d', [1], one, 'parts/2.bin'),
  ],
});

function fetchFrom(files: Record<string, string | Uint8Array<ArrayBuffer>>) {
  const asked: string[] = [];
  const source = functionSource('here', async (path) => {
    asked.push(path);
    return files[path] === undefined ? null : new Response(files[path]);
  });
  return { asked, weights: fetchWeights({ source, cache: null, integrity: createIntegrityCheck({}), progress: null }, 'fp32') };
}

test('each file is fetched once, from the folder of the ONNX file, and keeps the name that the ONNX file uses', async () => {
  const { asked, weights } = fetchFrom({
    'onnx/model.onnx': new Uint8Array(onnx),
    'onnx/model.onnx_data': 'first',
    'onnx/model.onnx_data_1': 'second',
    'onnx/parts/2.bin': 'third',
  });
  const { external } = await weights;
  expect(external.map(({ path, data }) => [path, new TextDecoder().decode(data)])).toEqual([
    ['model.onnx_data', 'first'],
    ['model.onnx_data_1', 'second'],
    ['parts/2.bin', 'third'],
  ]);
  expect(asked.filter((path) => path.includes('data') || path.includes('parts')).toSorted()).toEqual([
    'onnx/model.onnx_data',
    'onnx/model.onnx_data_1',
    'onnx/parts/2.bin',
  ]);
});

test('one that is missing is named', async () => {
  const { weights } = fetchFrom({ 'onnx/model.onnx': new Uint8Array(onnx), 'onnx/model.onnx_data': 'first', 'onnx/parts/2.bin': 'third' });
  await expect(weights).rejects.toMatchObject({ code: 'model-file-missing', message: expect.stringContaining('onnx/model.onnx_data_1') });
});
