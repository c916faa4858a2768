/** Graphs as exporters make them, on the real onnxruntime-web: what goes in, and what comes out. */
import { afterAll, describe, expect, test } from 'vitest';
import { batch } from '../pipeline/batch.ts';
import { takesOneText } from './graph-inputs.ts';
import { cast, model, node, open, startOrt, tensor, value, type Opened } from './onnx-for-tests.ts';
import { readOnnx } from './onnx-outline.ts';
import { concat, encodeField } from './protobuf.ts';

const opened: Opened[] = [];
afterAll(async () => {
  for (const { session } of opened) await session.release();
});
async function opens(...args: Parameters<typeof open>): Promise<Opened> {
  const one = await open(...args);
  opened.push(one);
  return one;
}

const tokens = ['batch', 'sequence'];
const axes = (...values: bigint[]) => tensor('axes', [values.length], BigInt64Array.from(values));
const weight = tensor('weight', [3], Float32Array.of(1, 10, 100));
const idsInput = value('input_ids', 'int64', tokens);
/** [batch, tokens, 3]: each id times 1, 10 and 100. */
const states = [
  cast('input_ids', 'float_ids', 'float32'),
  node('Unsqueeze', ['float_ids', 'axes'], 'column'),
  node('Mul', ['column', 'weight'], 'states'),
];
const rows = [
  [5, 6, 7],
  [8, 9],
];
const typeIds = [
  [0, 1, 1],
  [0, 1],
];

describe('inputs', () => {
  test.each([
    ['input_ids', [5, 6, 7, 8, 9, 0], [5, 6, 7, 0, 8, 9]],
    ['attention_mask', [1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 1, 1]],
    ['token_type_ids', [0, 1, 1, 0, 1, 0], [0, 1, 1, 0, 0, 1]],
    ['position_ids', [0, 1, 2, 0, 1, 0], [0, 1, 2, 0, 0, 1]],
  ])('%s, with the padding on the right and on the left, in either width', async (name, right, left) => {
    const withIds = (type: 'int64' | 'int32') =>
      model({
        inputs: [value(name, type, tokens), ...(name === 'input_ids' ? [] : [value('input_ids', type, tokens)])],
        nodes: [cast(name, 'seen', 'float32')],
        outputs: [value('seen', 'float32', tokens)],
      });
    for (const type of ['int64', 'int32'] as const) {
      const { run } = await opens(withIds(type));
      expect(await run('seen', rows, { typeIds })).toEqual(right);
      expect(await run('seen', rows, { typeIds, side: 'left' })).toEqual(left);
    }
  });

  test('positions of RoBERTa’s family begin behind the padding id', async () => {
    const graph = model({
      inputs: [value('position_ids', 'int64', tokens), idsInput],
      nodes: [cast('position_ids', 'seen', 'float32')],
      outputs: [value('seen', 'float32', tokens)],
    });
    const { run } = await opens(graph, { shape: { firstPosition: 2, kvHeads: null, headDim: null } });
    expect(await run('seen', rows, { side: 'left' })).toEqual([2, 3, 4, 0, 2, 3]);
  });

  test.each([
    ['a scalar', []],
    ['a list of one', [1]],
    ['a list of one, by another name', ['one']],
    ['one for each text', ['batch']],
  ])('task_id is the adapter: %s', async (_, dims) => {
    const graph = model({
      inputs: [idsInput, value('task_id', 'int64', dims)],
      // Each row's adapter beside its ids: a list is turned into a column, so that one of the wrong length fails.
      nodes: [
        cast('input_ids', 'float_ids', 'float32'),
        cast('task_id', 'task', 'float32'),
        ...(dims.length === 0
          ? [node('Add', ['float_ids', 'task'], 'last_hidden_state')]
          : [node('Unsqueeze', ['task', 'axes'], 'column'), node('Add', ['float_ids', 'column'], 'last_hidden_state')]),
      ],
      outputs: [value('last_hidden_state', 'float32', tokens)],
      initializers: dims.length === 0 ? [] : [axes(1n)],
    });
    const { run, session } = await opens(graph);
    expect(await run('last_hidden_state', rows, { adapter: 1000 })).toEqual([1005, 1006, 1007, 1008, 1009, 1000]);
    const input = batch([{ ids: Int32Array.of(1) }], { id: 0, side: 'right' });
    await expect(session.run(input, session.outputs[0]!, null)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('task_id'),
    });
  });

  /** A decoder's layer: its keys are put behind the earlier ones, and the sum of a token's is what comes out. */
  const decoder = (type: 'float32' | 'float16', heads: number | string, width: number | string) =>
    model({
      inputs: [
        idsInput,
        value('attention_mask', 'int64', ['batch', 'past_sequence + 1']),
        value('past_key_values.0.key', type, ['batch', heads, 'past_sequence', width]),
        value('past_key_values.0.value', type, ['batch', heads, 'past_sequence', width]),
        value('use_cache_branch', 'bool', [1]),
        value('num_logits_to_keep', 'int64', []),
      ],
      nodes: [
        cast('input_ids', 'float_ids', 'float32'),
        node('Unsqueeze', ['float_ids', 'axes'], 'keys'),
        node('Mul', ['keys', 'weights'], 'spread'),
        cast('spread', 'typed', type),
        node('Concat', ['past_key_values.0.key', 'typed'], 'present.0.key', { axis: 2 }),
        cast('present.0.key', 'all', 'float32'),
        node('ReduceSum', ['all', 'axes'], 'sum', { keepdims: 0 }),
        cast('num_logits_to_keep', 'kept', 'float32'),
        node('Sub', ['sum', 'kept'], 'last_hidden_state'),
      ],
      outputs: [value('present.0.key', type, ['batch', heads, 'total', width]), value('last_hidden_state', 'float32', tokens)],
      initializers: [axes(1n, 3n), tensor('weights', [1, 2, 1, 3], Float32Array.of(1, 10, 100, 1, 10, 100))],
    });

  test.each([
    ['float32, sizes in the graph', 'float32' as const, 2, 3],
    ['float16, sizes in the graph', 'float16' as const, 2, 3],
    ['float32, sizes from config.json', 'float32' as const, 'heads', 'width'],
  ])('an empty cache of earlier keys and values: %s', async (_, type, heads, width) => {
    const { run, session } = await opens(decoder(type, heads, width), { shape: { firstPosition: 0, kvHeads: 2, headDim: 3 } });
    expect(session.outputs).toEqual([{ name: 'last_hidden_state', rows: 'token', width: 1 }]);
    expect(await run('last_hidden_state', rows)).toEqual([5, 6, 7, 8, 9, 0].map((id) => id * 222));
  });

  test('GroupQueryAttention counts the tokens of a row from its left end: padsRight', async () => {
    const cache = (name: string) => value(name, 'float32', ['batch', 1, 'past', 8]);
    const graph = model({
      inputs: [idsInput, value('attention_mask', 'int64', tokens), cache('past_key_values.0.key'), cache('past_key_values.0.value')],
      nodes: [
        node('Gather', ['table', 'input_ids'], 'x'),
        node('ReduceSum', ['attention_mask', 'axes'], 'counts', { keepdims: 0 }),
        node('Sub', ['counts', 'axes'], 'last'),
        cast('last', 'seqlens_k', 'int32'),
        node('Shape', ['attention_mask'], 'shape'),
        node('Gather', ['shape', 'one'], 'length'),
        cast('length', 'total', 'int32'),
        node(
          'GroupQueryAttention',
          ['x', 'x', 'x', 'past_key_values.0.key', 'past_key_values.0.value', 'seqlens_k', 'total'],
          'last_hidden_state',
          { num_heads: 1, kv_num_heads: 1 },
          'com.microsoft',
        ),
      ],
      outputs: [value('last_hidden_state', 'float32', ['batch', 'sequence', 8])],
      initializers: [
        axes(1n),
        tensor('one', [], BigInt64Array.of(1n)),
        tensor(
          'table',
          [10, 8],
          Float32Array.from({ length: 80 }, (_, i) => Math.sin(i * i)),
        ),
      ],
    });
    expect(readOnnx(graph, 'here').padsRight).toBe(true);
    const { run } = await opens(graph);
    const alone = await run('last_hidden_state', [[8, 9]]);
    expect((await run('last_hidden_state', rows)).slice(24, 40)).toEqual(alone);
    expect((await run('last_hidden_state', rows, { side: 'left' })).slice(32, 48)).not.toEqual(alone);
  });

  test('sizes that nobody knows are asked for', async () => {
    await expect(open(decoder('float32', 'heads', 3))).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(/past_key_values\.0\.key.*num_key_value_heads and head_dim/),
    });
  });

  test.each([
    ['pixel_values', value('pixel_values', 'float32', ['batch', 3, 224, 224])],
    ['past_key_values.0.decoder.key', value('past_key_values.0.decoder.key', 'float32', ['batch', 2, 'past', 3])],
    ['attention_mask', value('attention_mask', 'int64', ['batch', 1, 'sequence', 'sequence'])],
    ['attention_mask', value('attention_mask', 'float32', tokens)],
    ['position_ids', value('position_ids', 'int64', [3, 'batch', 'sequence'])],
    ['past_key_values.0.key', value('past_key_values.0.key', 'bfloat16', ['batch', 2, 'past', 3])],
    ['past_key_values.0.key', value('past_key_values.0.key', 'float32', ['batch', 2, 16, 3])],
    ['use_cache_branch', value('use_cache_branch', 'int64', [1])],
  ])('an input that cannot be filled is named: %s', async (name, input) => {
    const graph = model({
      inputs: [idsInput, input],
      nodes: [cast('input_ids', 'seen', 'float32')],
      outputs: [value('seen', 'float32', tokens)],
    });
    await expect(open(graph)).rejects.toMatchObject({ code: 'unsupported-model', message: expect.stringContaining(`"${name}"`) });
  });

  test.each([[[1, 128]], [[8, 'sequence']]])('a graph for batches of one size is refused: %s', async (dims) => {
    const graph = model({
      inputs: [value('input_ids', 'int64', dims)],
      nodes: [cast('input_ids', 'seen', 'float32')],
      outputs: [value('seen', 'float32', dims)],
    });
    await expect(open(graph)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining(`[${dims.join(', ')}]`),
    });
  });

  test('one for a text at a time is not', async () => {
    const graph = model({
      inputs: [value('input_ids', 'int64', [1, 'sequence'])],
      nodes: [cast('input_ids', 'seen', 'float32')],
      outputs: [value('seen', 'float32', [1, 'sequence'])],
    });
    expect(takesOneText(readOnnx(graph, 'here').inputs)).toBe(true);
    const { run } = await opens(graph);
    expect(await run('seen', [[4, 5]])).toEqual([4, 5]);
  });
});

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
