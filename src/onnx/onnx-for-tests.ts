/** Small ONNX files, written field by field, and the real runtime to run them on. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { batch } from '../pipeline/batch.ts';
import type { InputShape } from './graph-inputs.ts';
import type { ElementType } from './graph-values.ts';
import { readOnnx } from './onnx-outline.ts';
import { concat, encodeField } from './protobuf.ts';
import { createSession, type Ort, type Session } from './session.ts';

const types: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 };

/** ValueInfoProto. A size is a number, a name, or null for one without either; no list at all is a tensor of any rank. */
export function value(name: string, type: ElementType, dims: readonly (number | string | null)[] | null): Uint8Array {
  const dim = (size: number | string | null) =>
    encodeField(1, ...(size === null ? [] : [typeof size === 'number' ? encodeField(1, size) : encodeField(2, size)]));
  const shape = dims === null ? [] : [encodeField(2, ...dims.map(dim))];
  return concat(encodeField(1, name), encodeField(2, encodeField(1, encodeField(1, types[type]), ...shape)));
}

/** NodeProto, with whole numbers as attributes. */
export function node(operator: string, inputs: string[], output: string, attributes: Record<string, number> = {}, domain = ''): Uint8Array {
  const attribute = ([name, number]: [string, number]) => encodeField(5, encodeField(1, name), encodeField(3, number), encodeField(20, 2));
  return concat(
    ...inputs.map((name) => encodeField(1, name)),
    encodeField(2, output),
    encodeField(4, operator),
    ...Object.entries(attributes).map(attribute),
    encodeField(7, domain),
  );
}

export const cast = (input: string, output: string, to: ElementType) => node('Cast', [input], output, { to: types[to] });

/** TensorProto, in the file itself or as the whole of another one. */
export function tensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array, file?: string): Uint8Array {
  const entry = (key: string, text: string) => encodeField(13, encodeField(1, key), encodeField(2, text));
  return concat(
    ...dims.map((size) => encodeField(1, size)),
    encodeField(2, data instanceof Float32Array ? types.float32 : types.int64),
    encodeField(8, name),
    file === undefined ? encodeField(9, new Uint8Array(data.buffer)) : concat(entry('location', file), encodeField(14, 1)),
  );
}

interface GraphParts {
  inputs: Uint8Array[];
  nodes: Uint8Array[];
  outputs: Uint8Array[];
  initializers?: Uint8Array[];
}

export function model({ inputs, nodes, outputs, initializers = [] }: GraphParts): Uint8Array {
  const graph = concat(
    ...nodes.map((each) => encodeField(1, each)),
    encodeField(2, 'test'),
    ...initializers.map((each) => encodeField(5, each)),
    ...inputs.map((each) => encodeField(11, each)),
    ...outputs.map((each) => encodeField(12, each)),
  );
  const operators = (domain: string, version: number) => encodeField(8, encodeField(1, domain), encodeField(2, version));
  return concat(encodeField(1, 8), encodeField(7, graph), operators('', 17), operators('com.microsoft', 1));
}

/** onnxruntime-web as the edge starts it, in the build with WebGPU or in the one without. */
export async function startOrt(build: 'wasm' | 'webgpu' = 'wasm'): Promise<Ort> {
  const ort: Ort = build === 'wasm' ? await import('onnxruntime-web/wasm') : await import('onnxruntime-web/webgpu');
  const file = `onnxruntime-web/ort-wasm-simd-threaded${build === 'wasm' ? '' : '.asyncify'}.wasm`;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary ??= await readFile(fileURLToPath(import.meta.resolve(file)));
  return ort;
}

/** Of a normal, positive one. */
const halfToFloat = (word: number) => (1 + (word & 1023) / 1024) * 2 ** ((word >> 10) - 15);

const noShape: InputShape = { firstPosition: 0, kvHeads: null, headDim: null };

export interface Opened {
  session: Session;
  /** Every value of the named output, for rows of ids that are padded with 0. */
  run(name: string, ids: number[][], options?: { side?: 'left' | 'right'; adapter?: number; typeIds?: number[][] }): Promise<number[]>;
}

export async function open(
  onnx: Uint8Array,
  options: { shape?: InputShape; external?: { path: string; data: Uint8Array }[]; ort?: Ort } = {},
): Promise<Opened> {
  const outline = readOnnx(onnx, 'model.onnx (here)');
  const { shape = noShape, external = [], ort = await startOrt() } = options;
  const session = await createSession(ort, { onnx, outline, external }, null, shape);
  return {
    session,
    async run(name, ids, { side = 'right', adapter, typeIds } = {}) {
      const output = session.outputs.find((each) => each.name === name)!;
      const input = batch(
        ids.map((row, i) => ({ ids: Int32Array.from(row), ...(typeIds && { typeIds: Uint8Array.from(typeIds[i]!) }) })),
        { id: 0, side },
      );
      const result = await session.run(input, output, adapter ?? null);
      try {
        if (result.location !== 'cpu') throw new Error('not on the CPU');
        if (result.data.length !== result.rows * result.hidden) throw new Error('the matrix has another size than it says');
        return Array.from(result.data, result.type === 'float16' ? halfToFloat : Number);
      } finally {
        result.release();
      }
    },
  };
}
