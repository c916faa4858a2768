/** Graphs as exporters make them, on the real onnxruntime-web: what goes in. */
import { describe, expect, test } from 'vitest';
import { batch } from '../pipeline/batch.ts';
import { takesOneText } from './graph-inputs.ts';
import { axes, idsInput, opens, tokens } from './graphs-for-tests.ts';
import { cast, model, node, open, tensor, value } from './onnx-for-tests.ts';
import { readOnnx } from './onnx-outline.ts';

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
