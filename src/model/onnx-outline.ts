/** Bytes of an ONNX file -> what has to be known of it before a session is made. Walks the protobuf; weights are stepped over, not read. */
import { PoolingError } from '../errors.ts';

export interface OnnxOutline {
  /** Files in which it keeps weights, unique, in the order of the file; relative to the ONNX file's folder. */
  externalFiles: string[];
  /**
   * It quantises activations while it runs (what `quantize_dynamic` makes): the scale is taken from the whole batch, padding included, so that
   * neighbours change a text's vector.
   */
  quantizesActivations: boolean;
  /** Rows of its table of learned positions; null if it has none, or by a name that is not known. */
  positions: number | null;
}

type Message = 'model' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor' | 'entry';

/** The fields of each message that lead to tensors and nodes: onnx.proto3's numbers. */
const children: Record<Message, Readonly<Record<number, Message>>> = {
  model: { 7: 'graph', 25: 'function' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
};
const fields = { operator: 4, dimension: 1, tensorName: 8, entryKey: 1, entryValue: 2 };

/** Names that exporters keep from the classes of transformers, float or quantised; and the one in the model that rockpool comes with. */
const POSITION_TABLE = /(^|\.)(position_embeddings|embed_positions|wpe)\.weight(_quantized)?$|^pos$/;

/** Graphs inside attributes inside graphs: real models have three or four. */
const deepest = 100;

/** `place` names the file in errors. */
export function readOnnx(bytes: Uint8Array, place: string): OnnxOutline {
  const externalFiles = new Set<string>();
  let quantizesActivations = false;
  let positions: number | null = null;
  let hasGraph = false;
  let at = 0;
  const fail = (why: string) => new PoolingError('model-file-invalid', `${place} is not an ONNX file, or not a whole one: ${why}.`);
  const text = (end: number) => new TextDecoder().decode(bytes.subarray(at, end));

  function varint(end: number): number {
    let value = 0;
    for (let scale = 1; at < end; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw fail(`a number at byte ${at} has no end`);
  }

  function walk(message: Message, end: number, depth: number): void {
    if (depth > deepest) throw fail(`its graphs are nested more than ${deepest} deep`);
    let isLocation = false;
    const shape: number[] = [];
    while (at < end) {
      const tag = varint(end);
      const field = Math.floor(tag / 8);
      const wireType = tag % 8;
      const number = wireType === 0 ? varint(end) : null;
      const length = lengthOf(wireType, end);
      const next = at + length;
      if (field === 0 || next > end) throw fail(`byte ${at} asks for ${length} more, where there are ${end - at}`);
      const child = wireType === 2 ? children[message][field] : undefined;
      if (child !== undefined) {
        hasGraph ||= child === 'graph';
        walk(child, next, depth + 1);
      } else if (message === 'node' && field === fields.operator) {
        quantizesActivations ||= text(next).startsWith('DynamicQuantize');
      } else if (message === 'tensor' && field === fields.dimension) {
        // One by one, or packed.
        if (number !== null) shape.push(number);
        else while (at < next) shape.push(varint(next));
      } else if (message === 'tensor' && field === fields.tensorName) {
        if (shape.length === 2 && POSITION_TABLE.test(text(next))) positions = shape[0]!;
      } else if (message === 'entry' && field === fields.entryKey) {
        isLocation = text(next) === 'location';
      } else if (message === 'entry' && field === fields.entryValue && isLocation) {
        externalFiles.add(text(next));
      }
      at = next;
    }
  }

  /** Bytes of a field's value from here on. Wire types 3 and 4 are obsolete and in no ONNX file. */
  function lengthOf(wireType: number, end: number): number {
    if (wireType === 0) return 0;
    if (wireType === 1) return 8;
    if (wireType === 2) return varint(end);
    if (wireType === 5) return 4;
    throw fail(`byte ${at} has wire type ${wireType}`);
  }

  walk('model', bytes.length, 0);
  if (!hasGraph) throw fail('it has no graph');
  return { externalFiles: [...externalFiles], quantizesActivations, positions };
}
