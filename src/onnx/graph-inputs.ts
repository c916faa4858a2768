/** The inputs that an ONNX file declares -> functions that fill them from a batch. */
import { PoolingError } from '../errors.ts';
import type { Batch } from '../shapes.ts';
import type { ElementType, GraphValue } from './graph-values.ts';

/** What config.json knows of a graph's inputs and the graph itself may not tell. */
export interface InputShape {
  /** The row of a learned position table that a text's first token gets: behind the padding id in RoBERTa's family, else 0. */
  firstPosition: number;
  /** Of the attention's keys and values. Null: config.json does not say. */
  kvHeads: number | null;
  headDim: number | null;
}

/** What a tensor is made of. float16 as raw 16-bit words, booleans as bytes. */
interface InputTensor {
  type: Exclude<ElementType, 'bfloat16'>;
  data: BigInt64Array | Int32Array | Float32Array | Uint16Array | Uint8Array;
  dims: readonly number[];
}

/** `adapter` as in PoolSpec. */
type Fill = (batch: Batch, adapter: number | null) => InputTensor;

/** True for exports that were made for one text at a time. */
export function takesOneText(inputs: readonly GraphValue[]): boolean {
  return inputs.some(({ name, dims }) => name === 'input_ids' && dims?.[0] === 1);
}

type Values = (batch: Batch, adapter: number | null) => BigInt64Array;

/** Throws for an input that is not known: what it would have to hold cannot be guessed. */
export function inputFillers(inputs: readonly GraphValue[], shape: InputShape): Map<string, Fill> {
  return new Map(inputs.map((input) => [input.name, fillerOf(input, inputs, shape)]));
}

function fillerOf(input: GraphValue, inputs: readonly GraphValue[], shape: InputShape): Fill {
  if (CACHE.test(input.name)) return emptyCache(input, shape);
  switch (input.name) {
    case 'input_ids':
      return perToken(input, ({ ids }) => ids);
    case 'attention_mask':
      return perToken(input, ({ mask }) => mask);
    case 'token_type_ids':
      return perToken(input, ({ typeIds }) => typeIds);
    case 'position_ids':
      return perToken(input, (batch) => positionIds(batch, BigInt(shape.firstPosition)));
    case 'task_id':
      return perText(input, inputs, (adapter) => {
        if (adapter !== null) return adapter;
        throw new PoolingError(
          'unsupported-model',
          'The ONNX model has an adapter for each task (input "task_id"), and no task was chosen.',
        );
      });
    // Zero: those of all tokens.
    case 'num_logits_to_keep':
      return perText(input, inputs, () => 0);
    // False: the cache is empty.
    case 'use_cache_branch':
      if (input.type !== 'bool') throw unknown(input);
      return () => ({ type: 'bool', data: new Uint8Array(1), dims: input.dims?.length === 0 ? [] : [1] });
    default:
      throw unknown(input);
  }
}

/** Keys and values of a decoder's earlier steps, by layer. Encoder-decoders have more parts in the name. */
const CACHE = /^past_key_values\.\d+\.(key|value)$/;

function perToken(input: GraphValue, values: Values): Fill {
  const { type, dims } = input;
  if ((dims !== null && dims.length !== 2) || (type !== 'int64' && type !== 'int32')) throw unknown(input);
  const [texts, length] = dims ?? [];
  if (typeof length === 'number' || (typeof texts === 'number' && texts > 1)) {
    throw new PoolingError(
      'unsupported-model',
      `The ONNX model takes batches of one size only: its input "${input.name}" is [${shapeText(input)}]. Use an export whose sizes are dynamic.`,
    );
  }
  return (batch, adapter) => integers(type, values(batch, adapter), [batch.rows, batch.tokens]);
}

/** One number: a scalar, a list of one, or one for each text if the list is as long as the batch. */
function perText(input: GraphValue, inputs: readonly GraphValue[], value: (adapter: number | null) => number): Fill {
  const { type, dims } = input;
  if (dims === null || dims.length > 1 || (type !== 'int64' && type !== 'int32')) throw unknown(input);
  const batchAxis = inputs.find(({ name }) => name === 'input_ids')?.dims?.[0] ?? null;
  const isList = typeof dims[0] === 'string' && dims[0] === batchAxis;
  return ({ rows }, adapter) => {
    const count = isList ? rows : 1;
    return integers(type, new BigInt64Array(count).fill(BigInt(value(adapter))), dims.length === 0 ? [] : [count]);
  };
}

function integers(type: 'int64' | 'int32', values: BigInt64Array, dims: readonly number[]): InputTensor {
  return { type, data: type === 'int64' ? values : Int32Array.from(values, Number), dims };
}

/** [batch, heads, 0, width]: nothing was computed before. */
function emptyCache(input: GraphValue, { kvHeads, headDim }: InputShape): Fill {
  const { type, dims } = input;
  if (dims?.length !== 4 || typeof dims[2] === 'number' || (type !== 'float32' && type !== 'float16')) throw unknown(input);
  const heads = typeof dims[1] === 'number' ? dims[1] : kvHeads;
  const width = typeof dims[3] === 'number' ? dims[3] : headDim;
  if (heads === null || width === null) {
    throw new PoolingError(
      'unsupported-model',
      `The ONNX model has an input "${input.name}" of [${shapeText(input)}], and config.json does not give the sizes that are missing: num_key_value_heads and head_dim.`,
    );
  }
  return ({ rows }) => ({ type, data: type === 'float32' ? new Float32Array(0) : new Uint16Array(0), dims: [rows, heads, 0, width] });
}

/** 0, 1, 2, … from `first` on over the real tokens of each row, whichever side the padding is on. */
function positionIds({ mask, rows, tokens }: Batch, first: bigint): BigInt64Array {
  const ids = new BigInt64Array(rows * tokens);
  for (let row = 0; row < rows; row++) {
    let position = first;
    for (let i = row * tokens; i < (row + 1) * tokens; i++) if (mask[i]) ids[i] = position++;
  }
  return ids;
}

const shapeText = ({ dims }: GraphValue) => dims?.map((dim) => dim ?? '?').join(', ') ?? '?';

function unknown(input: GraphValue): PoolingError {
  return new PoolingError(
    'unsupported-model',
    `The ONNX model has an input "${input.name}" (${input.type ?? 'of another type'}, [${shapeText(input)}]) that rockpool does not know how to fill.`,
  );
}
