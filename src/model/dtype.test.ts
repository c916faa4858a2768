import { expect, test } from 'vitest';
import { weightsFiles } from './dtype.ts';

test('without a dtype the preferred ones are looked for in order, and last the file where optimum puts it', () => {
  expect(weightsFiles(null).map(({ path }) => path)).toEqual([
    'onnx/model_quantized.onnx',
    'onnx/model.onnx',
    'onnx/model_fp16.onnx',
    'onnx/model_q4.onnx',
    'model.onnx',
  ]);
});

test.each([
  ['fp8', '"fp8"'],
  ['toString', '"toString"'],
  [1n, '1n'],
])('a dtype that is none is refused: %s', (dtype, got) => {
  expect(() => weightsFiles(dtype as never)).toThrow(
    expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(`Unknown dtype ${got}. Known: fp32, fp16`) }),
  );
});
