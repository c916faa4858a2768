/** Bytes of an ONNX file -> what has to be known of it before a session is made. Walks the protobuf; weights are stepped over, not read. */
import { PoolingError } from '../errors.ts';
import type { GraphOutput } from '../shapes.ts';
import { graphOutputs } from './graph-outputs.ts';
import { readValue, type GraphValue } from './graph-values.ts';
import { BrokenMessage, readFields, readVarint, type Field } from './protobuf.ts';

export interface OnnxOutline {
  /** Files in which it keeps weights, unique, in the order of the file; relative to the ONNX file's folder. */
  externalFiles: string[];
  /**
   * It quantises activations while it runs (what `quantize_dynamic` makes): the scale is taken from the whole batch, padding included, so that
   * neighbours change a text's vector.
   */
  quantizesActivations: boolean;
  /** Its attention takes the first tokens of a row for the real ones, as many as the mask has: padding must be on the right. */
  padsRight: boolean;
  /** Rows of its table of learned positions; null if it has none, or by a name that is not known. */
  positions: number | null;
  /** What a run has to be given. */
  inputs: GraphValue[];
  /** What a run can be asked for. */
  outputs: GraphOutput[];
  /** Outputs of any kind in a type that onnxruntime-web cannot name (see bfloat16.ts). */
  bfloat16Outputs: string[];
}

type Message = 'model' | 'function' | 'main' | 'graph' | 'node' | 'attribute' | 'sparse' | 'initializer' | 'tensor' | 'entry';

/** The fields of each message that lead to tensors and nodes: onnx.proto3's numbers. The main graph is the one whose inputs are the model's. */
const children: Record<Message, Readonly<Record<number, Message>>> = {
  model: { 7: 'main', 25: 'function' },
  function: { 7: 'node' },
  main: { 1: 'node', 5: 'initializer', 15: 'sparse' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  initializer: { 13: 'entry' },
  tensor: { 13: 'entry' },
  entry: {},
};
const fields = { operator: 4, dimension: 1, tensorName: 8, entryKey: 1, entryValue: 2, input: 11, output: 12 };

/**
 * Names that exporters keep from the classes of transformers, float or as onnxruntime's quantisers add to them; and the one in the model
 * that rockpool comes with.
 */
const POSITION_TABLE = /(^|\.)(position_embeddings?|embed_positions|wpe|positions_embed)\.weight(_quantized|_Q\d)?$|^pos$/;

/** Graphs inside attributes inside graphs: real models have three or four. */
const deepest = 100;

/** `place` names the file in errors. */
export function readOnnx(bytes: Uint8Array, place: string): OnnxOutline {
  const externalFiles = new Set<string>();
  const initializers = new Set<string>();
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const found = { quantizesActivations: false, padsRight: false, positions: null as number | null };
  let hasGraph = false;
  const text = ({ at, end }: Field) => new TextDecoder().decode(bytes.subarray(at, end));

  function walk(message: Message, begin: number, end: number, depth: number): void {
    if (depth > deepest) throw new BrokenMessage(`its graphs are nested more than ${deepest} deep`);
    const isTensor = message === 'tensor' || message === 'initializer';
    let isLocation = false;
    const shape: number[] = [];
    for (const field of readFields(bytes, begin, end)) {
      const { number, value } = field;
      const child = value === null ? children[message][number] : undefined;
      if (child !== undefined) {
        hasGraph ||= child === 'main';
        walk(child, field.at, field.end, depth + 1);
      } else if (message === 'main' && number === fields.input) {
        inputs.push(readValue(bytes, field.at, field.end));
      } else if (message === 'main' && number === fields.output) {
        outputs.push(readValue(bytes, field.at, field.end));
      } else if (message === 'node' && number === fields.operator) {
        const operator = text(field);
        found.quantizesActivations ||= operator.startsWith('DynamicQuantize');
        found.padsRight ||= operator === 'GroupQueryAttention';
      } else if (isTensor && number === fields.dimension) {
        // One by one, or packed.
        if (value !== null) shape.push(value);
        else for (let [size, at] = [0, field.at]; at < field.end; shape.push(size)) [size, at] = readVarint(bytes, at, field.end);
      } else if (isTensor && number === fields.tensorName) {
        const name = text(field);
        if (message === 'initializer') initializers.add(name);
        if (shape.length === 2 && POSITION_TABLE.test(name)) found.positions = shape[0]!;
      } else if (message === 'entry' && number === fields.entryKey) {
        isLocation = text(field) === 'location';
      } else if (message === 'entry' && number === fields.entryValue && isLocation) {
        externalFiles.add(text(field));
      }
    }
  }

  try {
    walk('model', 0, bytes.length, 0);
    if (!hasGraph) throw new BrokenMessage('it has no graph');
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error;
    throw new PoolingError('model-file-invalid', `${place} is not an ONNX file, or not a whole one: ${error.message}.`);
  }
  return {
    ...found,
    externalFiles: [...externalFiles],
    // Old exporters list weights among the inputs.
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs: graphOutputs(outputs, inputs.find(({ name }) => name === 'input_ids')?.dims?.[1] ?? null),
    bfloat16Outputs: outputs.filter(({ type }) => type === 'bfloat16').map(({ name }) => name),
  };
}
