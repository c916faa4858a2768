import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cast, model as graphModel, value } from './onnx-for-tests.ts';
import { readOnnx } from './onnx-outline.ts';

const field = (number: number, ...content: (Uint8Array | string)[]): Uint8Array => {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
};
const varint = (value: number): Uint8Array => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
};
const entry = (key: string, value: string) => field(13, field(1, key), field(2, value));
const external = (location: string) => [
  field(8, 'name'),
  entry('offset', '4096'),
  entry('location', location),
  Uint8Array.from([14 * 8, 1]),
];
const model = (...graph: Uint8Array[]) => Buffer.concat([Uint8Array.from([8, 9]), field(2, 'pytorch'), field(7, ...graph)]);
const outline = (bytes: Uint8Array) => readOnnx(bytes, 'model.onnx (here)');
const list = (bytes: Uint8Array) => outline(bytes).externalFiles;
const path = (name: string) => new URL(`../../${name}`, import.meta.url);

test('a real model without external data has none', async () => {
  expect(list(await readFile(path('models/all-MiniLM-L6-v2/onnx/model_quantized.onnx')))).toEqual([]);
});

test('a real model with external data names its file', async () => {
  expect(list(await readFile(path('e2e/models/tiny-bert/onnx/model_q4.onnx')))).toEqual(['model_q4.onnx_data']);
});

test('tensors are found in initializers, nodes, sub-graphs, sparse tensors and functions, each file once', () => {
  const initializer = field(5, ...external('a.data'));
  const again = field(5, ...external('a.data'));
  const constant = field(1, field(5, field(5, ...external('b.data'))));
  const branch = field(1, field(5, field(6, field(1, field(5, field(10, ...external('c.data')))))));
  const sparse = field(15, field(2, ...external('d.data')));
  const inFunction = field(25, field(7, field(5, field(5, ...external('e.data')))));
  const whole = Buffer.concat([model(initializer, again, constant, branch, sparse), inFunction]);
  expect(list(whole)).toEqual(['a.data', 'b.data', 'c.data', 'd.data', 'e.data']);
});

test('text that only looks like a location is left alone', () => {
  expect(
    list(model(field(2, 'location'), field(5, field(9, 'location'), entry('checksum', 'location'), entry('length', 'x.data')))),
  ).toEqual([]);
});

test('real models have tables of positions, float and quantised', async () => {
  expect(outline(await readFile(path('models/all-MiniLM-L6-v2/onnx/model_quantized.onnx'))).positions).toBe(512);
  expect(outline(await readFile(path('e2e/models/tiny-bert/onnx/model.onnx'))).positions).toBe(512);
});

test('a table of positions is known by its name and its shape, whichever way the shape is written', () => {
  const named = (...shape: Uint8Array[]) => model(field(5, ...shape, field(8, 'roberta.embeddings.position_embeddings.weight')));
  const number = (value: number) => Buffer.concat([Uint8Array.from([8]), varint(value)]);
  expect(outline(named(number(514), number(32))).positions).toBe(514);
  expect(outline(named(field(1, varint(514), varint(32)))).positions).toBe(514);
  expect(outline(named(number(514))).positions).toBeNull();
  expect(outline(model(field(5, number(2), number(32), field(8, 'token_type_embeddings.weight')))).positions).toBeNull();
});

test.each([
  'embeddings.position_embeddings.weight',
  '0.auto_model.embeddings.position_embeddings.weight_quantized',
  'bert.embeddings.position_embeddings.weight_Q4',
  'text_model.embeddings.position_embedding.weight',
  'transformer.wpe.weight',
  'model.decoder.embed_positions.weight',
  'transformer.positions_embed.weight',
])('%s is a table of positions', (name) => {
  expect(outline(model(field(5, field(1, varint(77), varint(8)), field(8, name)))).positions).toBe(77);
});

test.each(['embeddings.x_position_embeddings.weight', 'rotary_emb.inv_freq', 'encoder.relative_attention_bias.weight'])(
  '%s is none',
  (name) => {
    expect(outline(model(field(5, field(1, varint(77), varint(8)), field(8, name)))).positions).toBeNull();
  },
);

test('inputs and outputs of a real model', async () => {
  const { inputs, outputs, bfloat16Outputs } = outline(await readFile(path('models/all-MiniLM-L6-v2/onnx/model_quantized.onnx')));
  expect(inputs).toEqual(
    ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({ name, type: 'int64', dims: ['batch', 'sequence'] })),
  );
  expect(outputs).toEqual([{ name: 'last_hidden_state', rows: 'token', width: 384 }]);
  expect(bfloat16Outputs).toEqual([]);
});

test('shapes as exporters write them: sizes, names, neither, or none at all', () => {
  const declared = [
    value('a', 'int32', []),
    value('b', 'bool', null),
    value('c', 'float16', [2, 'name', null]),
    // "Any" as 0 and as -1, which takes ten bytes.
    field(1, 'd'),
    field(
      2,
      field(
        1,
        field(2, field(1, field(2, '')), field(1, Uint8Array.from([8, 0])), field(1, Uint8Array.from([8, ...Array(9).fill(255), 1]))),
      ),
    ),
  ];
  const inputs = [...declared.slice(0, 3), Buffer.concat(declared.slice(3))];
  const bytes = graphModel({ inputs, nodes: [cast('a', 'x', 'float32')], outputs: [] });
  expect(outline(bytes).inputs).toEqual([
    { name: 'a', type: 'int32', dims: [] },
    { name: 'b', type: 'bool', dims: null },
    { name: 'c', type: 'float16', dims: [2, 'name', null] },
    { name: 'd', type: null, dims: [null, null, null] },
  ]);
});

test('inputs and outputs of graphs inside are not the model’s', () => {
  const inner = field(6, field(11, value('hidden', 'int64', [1])), field(12, value('states', 'bfloat16', ['b', 't', 4])));
  const { inputs, outputs, bfloat16Outputs } = outline(model(field(1, field(5, inner))));
  expect([inputs, outputs, bfloat16Outputs]).toEqual([[], [], []]);
});

test('attention that wants the padding on the right', () => {
  const node = (operator: string) => model(field(1, field(4, operator)));
  expect(outline(node('GroupQueryAttention')).padsRight).toBe(true);
  expect(outline(node('MultiHeadAttention')).padsRight).toBe(false);
});

test('operators that quantise activations are found by their type, not by a name that only looks like it', () => {
  const node = (operator: string, name: string) => field(1, field(3, name), field(4, operator));
  expect(outline(model(node('DynamicQuantizeLinear', 'a'))).quantizesActivations).toBe(true);
  expect(outline(Buffer.concat([model(), field(25, field(7, field(4, 'DynamicQuantizeLSTM')))])).quantizesActivations).toBe(true);
  expect(outline(model(node('MatMul', 'DynamicQuantizeLinear_0'))).quantizesActivations).toBe(false);
});

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['HTML', Buffer.from('<!doctype html><title>404</title>')],
  ['JSON', Buffer.from('{"architectures":["BertModel"]}')],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 90405214\n')],
  ['zeros', new Uint8Array(100)],
  ['a model without a graph', Uint8Array.from([8, 9])],
  ['a model cut short', model(field(5, ...external('a.data'))).subarray(0, 30)],
  ['a number without an end', Uint8Array.from([255, 255, 255, 255])],
  [
    'graphs nested without an end',
    Array.from({ length: 300 }).reduce<Uint8Array>((inner) => field(1, field(5, field(6, inner))), Buffer.from('')),
  ],
])('%s is no ONNX file', (_, bytes) => {
  const whole = _.startsWith('graphs') ? model(bytes) : bytes;
  expect(() => list(whole)).toThrow(
    expect.objectContaining({ code: 'model-file-invalid', message: expect.stringMatching(/^model\.onnx \(here\) is not an ONNX file/) }),
  );
});

test('a real model cut short anywhere is refused', async () => {
  const whole = await readFile(path('e2e/models/tiny-bert/onnx/model.onnx'));
  for (let length = 1; length < whole.length; length += Math.ceil(whole.length / 200))
    expect(() => list(whole.subarray(0, length))).toThrow();
});
