/** Graphs as exporters make them, on the real onnxruntime-web: what comes out. */
import { describe, expect, test } from 'vitest';
import { axes, idsInput, opens, states, tokens, weight } from './graphs-for-tests.ts';
import { cast, model, node, open, startOrt, tensor, value } from './onnx-for-tests.ts';
import { concat, encodeField } from './protobuf.ts';

const rows = [
  [5, 6, 7],
  [8, 9],
];

describe('outputs', () => {
  const several = (type: 'float32' | 'float16' | 'bfloat16') =>
    model({
      inputs: [idsInput],
      nodes: [
        ...states,
        cast('states', 'last_hidden_state', type),
        node('ReduceSum', ['states', 'axis 1'], 'sums', { keepdims: 0 }),
        cast('sums', 'sentence_embedding', type),
        node('ReduceSum', ['float_ids', 'axis 1'], 'sum of ids', { keepdims: 0 }),
        cast('sum of ids', 'logits', type),
        cast('float_ids', 'token_scores', type),
        cast('states', 'present.0.key', type),
      ],
      // What comes behind an output that goes must still be there.
      outputs: [
        value('present.0.key', type, ['batch', 'sequence', 3]),
        value('logits', type, ['batch']),
        value('token_scores', type, tokens),
        value('sentence_embedding', type, ['batch', 'width']),
        value('last_hidden_state', type, ['batch', 'sequence', 3]),
        value('states', 'float32', ['batch', 'sequence', 'width']),
      ],
      initializers: [axes(2n), tensor('axis 1', [1], BigInt64Array.of(1n)), weight],
    });
  const column = (factor: number) => [5, 6, 7, 8, 9, 0].map((id) => id * factor);
  const everyColumn = column(1).flatMap((id) => [id, id * 10, id * 100]);

  test.each(['float32', 'float16', 'bfloat16'] as const)('token rows, text rows, and one value for each: %s', async (type) => {
    // Small whole numbers are exact in all three types, but for the states times 100.
    const close = (found: number[], expected: number[]) =>
      found.forEach((x, i) => expect(x / (expected[i] || 1)).toBeCloseTo(expected[i] ? 1 : 0, 2));
    const { run, session } = await opens(several(type));
    expect(session.outputs).toEqual([
      { name: 'last_hidden_state', rows: 'token', width: 3 },
      // The file does not tell its width; the runtime infers it.
      { name: 'sentence_embedding', rows: 'text', width: 3 },
      { name: 'logits', rows: 'text', width: 1 },
      { name: 'token_scores', rows: 'token', width: 1 },
      { name: 'states', rows: 'token', width: 3 },
    ]);
    close(await run('last_hidden_state', rows), everyColumn);
    close(await run('sentence_embedding', rows), [18, 180, 1800, 17, 170, 1700]);
    close(await run('logits', rows), [18, 17]);
    close(await run('token_scores', rows), column(1));
    expect(await run('states', rows)).toEqual(everyColumn);
  });

  test('onnxruntime-web does not take bfloat16 outputs by itself', async () => {
    const ort = await startOrt();
    await expect(ort.InferenceSession.create(several('bfloat16'))).rejects.toThrow('unsupported data type: 16');
  });

  test('its build with WebGPU cannot compute with bfloat16 at all: the error says what can', async () => {
    await expect(open(several('bfloat16'), { ort: await startOrt('webgpu') })).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('Use device "wasm"'),
    });
  });

  test('an output whose rows are not the batch’s is refused', async () => {
    // Unsqueeze at 1 instead of 2: [batch, 1, tokens].
    const { run } = await opens(
      model({
        inputs: [idsInput],
        nodes: [cast('input_ids', 'float_ids', 'float32'), node('Unsqueeze', ['float_ids', 'axes'], 'states')],
        outputs: [value('states', 'float32', ['batch', 'sequence', 'width'])],
        initializers: [axes(1n)],
      }),
    );
    await expect(run('states', rows)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('"states" has the shape [2, 1, 3] for a batch of [2, 3] tokens'),
    });
  });
});

describe('weights', () => {
  test('external data in several files', async () => {
    const graph = model({
      inputs: [idsInput],
      nodes: [...states, node('Add', ['states', 'bias'], 'last_hidden_state')],
      outputs: [value('last_hidden_state', 'float32', ['batch', 'sequence', 3])],
      initializers: [
        axes(2n),
        tensor('weight', [3], Float32Array.of(1, 10, 100), 'model.onnx_data'),
        tensor('bias', [3], Float32Array.of(1, 2, 3), 'model.onnx_data_1'),
      ],
    });
    const file = (path: string, ...values: number[]) => ({ path, data: new Uint8Array(Float32Array.from(values).buffer) });
    const { run } = await opens(graph, { external: [file('model.onnx_data', 1, 10, 100), file('model.onnx_data_1', 1, 2, 3)] });
    expect(await run('last_hidden_state', [[4]])).toEqual([5, 42, 403]);
    await expect(open(graph, { external: [file('model.onnx_data', 1, 10, 100)] })).rejects.toMatchObject({ code: 'model-file-invalid' });
  });

  test('old files list weights among the inputs, and may hold their graph in two pieces', async () => {
    const first = model({
      inputs: [idsInput, value('weight', 'float32', [3])],
      nodes: states,
      outputs: [value('states', 'float32', ['batch', 'sequence', 3])],
      initializers: [axes(2n), weight],
    });
    const more = encodeField(
      7,
      encodeField(1, cast('states', 'rounded', 'bfloat16')),
      encodeField(12, value('rounded', 'bfloat16', ['batch', 'sequence', 3])),
    );
    const { run, session } = await opens(concat(first, more));
    expect(session.outputs.map(({ name }) => name)).toEqual(['states', 'rounded']);
    expect(await run('rounded', [[4]])).toEqual([4, 40, 400]);
  });
});
