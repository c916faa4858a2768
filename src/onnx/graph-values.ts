/** An input or output of a graph, as the ONNX file declares it: a ValueInfoProto -> its name, type and shape. */
import { readFields } from './protobuf.ts';

/** ONNX's element types, named as onnxruntime-web names them; it has no bfloat16. Null: another type, or no tensor. */
export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'int32' | 'int64' | 'bool';

/** A size, the name of one that is the caller's to choose, or null: not told. */
export type Dimension = number | string | null;

export interface GraphValue {
  name: string;
  type: ElementType | null;
  /** Null: not even their number is told. */
  dims: readonly Dimension[] | null;
}

/** onnx.proto3's TensorProto.DataType. */
const types: Readonly<Record<number, ElementType>> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool', 10: 'float16', 16: 'bfloat16' };

const text = (bytes: Uint8Array, at: number, end: number) => new TextDecoder().decode(bytes.subarray(at, end));

/** ValueInfoProto { name = 1, type = 2 }, TypeProto { tensor_type = 1 }. */
export function readValue(bytes: Uint8Array, begin: number, end: number): GraphValue {
  const value: GraphValue = { name: '', type: null, dims: null };
  for (const field of readFields(bytes, begin, end)) {
    if (field.number === 1) value.name = text(bytes, field.at, field.end);
    if (field.number !== 2) continue;
    for (const type of readFields(bytes, field.at, field.end))
      if (type.number === 1) Object.assign(value, readTensorType(bytes, type.at, type.end));
  }
  return value;
}

/** TypeProto.Tensor { elem_type = 1, shape = 2 }, TensorShapeProto { dim = 1 }. */
function readTensorType(bytes: Uint8Array, begin: number, end: number): Pick<GraphValue, 'type' | 'dims'> {
  let type: ElementType | null = null;
  let dims: Dimension[] | null = null;
  for (const field of readFields(bytes, begin, end)) {
    if (field.number === 1) type = types[field.value ?? 0] ?? null;
    if (field.number !== 2) continue;
    dims = [];
    for (const dim of readFields(bytes, field.at, field.end)) if (dim.number === 1) dims.push(readDimension(bytes, dim.at, dim.end));
  }
  return { type, dims };
}

/** TensorShapeProto.Dimension { dim_value = 1, dim_param = 2 }. Some exporters write 0 or -1 for "any": both mean nothing. */
function readDimension(bytes: Uint8Array, begin: number, end: number): Dimension {
  let dimension: Dimension = null;
  for (const { number, value, at, end: stop } of readFields(bytes, begin, end)) {
    if (number === 1 && value !== null && value > 0 && value < 2 ** 31) dimension = value;
    if (number === 2) dimension = text(bytes, at, stop) || null;
  }
  return dimension;
}
