/**
 * ONNX bytes with bfloat16 outputs -> the same model with float32 ones. onnxruntime-web has no name for bfloat16, though its build without
 * WebGPU converts it: making a session fails at the first output of that type, asked for or not.
 */
import { readValue } from './graph-values.ts';
import type { OnnxOutline } from './onnx-outline.ts';
import { concat, encodeField, encodeVarint, readFields } from './protobuf.ts';

type Outputs = Pick<OnnxOutline, 'outputs' | 'bfloat16Outputs'>;

/** By what name a session gives the output. */
export function castName(name: string, { bfloat16Outputs }: Outputs): string {
  return bfloat16Outputs.includes(name) ? `${name}__float32` : name;
}

/** Copies the whole file, but only if there is something to do. */
export function castBfloat16(onnx: Uint8Array, outline: Outputs): Uint8Array {
  if (outline.bfloat16Outputs.length === 0) return onnx;
  const parts: Uint8Array[] = [];
  let wanted = outline.outputs.map(({ name }) => name).filter((name) => outline.bfloat16Outputs.includes(name));
  let from = 0;
  for (const { number, at, end, begin } of readFields(onnx, 0, onnx.length)) {
    if (number !== MODEL.graph) continue;
    const graph = [...keptOutputs(onnx, at, end), ...wanted.flatMap((name) => castNode(name, castName(name, outline)))];
    // A file may hold its graph in several pieces, which are one.
    wanted = [];
    const length = graph.reduce((sum, part) => sum + part.length, 0);
    parts.push(onnx.subarray(from, begin), encodeVarint(MODEL.graph * 8 + 2), encodeVarint(length), ...graph);
    from = end;
  }
  return concat(...parts, onnx.subarray(from));
}

/** onnx.proto3's numbers. */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, output: 12 };
const BFLOAT16_TO_FLOAT32 = { cast: 'Cast', to: 1, int: 2 };

/** The graph's bytes without the outputs that go. */
function* keptOutputs(onnx: Uint8Array, begin: number, end: number): Generator<Uint8Array> {
  let from = begin;
  for (const field of readFields(onnx, begin, end)) {
    if (field.number !== GRAPH.output || readValue(onnx, field.at, field.end).type !== 'bfloat16') continue;
    yield onnx.subarray(from, field.begin);
    from = field.end;
  }
  yield onnx.subarray(from, end);
}

/** A node behind all others, NodeProto { input, output, name, op_type, attribute { name, i, type } }, and the output that it makes. */
function castNode(input: string, output: string): Uint8Array[] {
  const { cast, to, int } = BFLOAT16_TO_FLOAT32;
  const attribute = encodeField(5, encodeField(1, 'to'), encodeField(3, to), encodeField(20, int));
  const type = encodeField(2, encodeField(1, encodeField(1, to)));
  return [
    encodeField(GRAPH.node, encodeField(1, input), encodeField(2, output), encodeField(3, output), encodeField(4, cast), attribute),
    encodeField(GRAPH.output, encodeField(1, output), type),
  ];
}
