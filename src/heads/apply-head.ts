/** Pooled rows and a model's head -> the rows that come out of it. Computed here, not on the device: pooled rows are few, and read back already. */
import { PoolingError } from '../errors.ts';
import { l2Normalize } from '../math.ts';
import type { HeadLayer, Rows } from '../shapes.ts';
import { activate } from './activation.ts';
import { timesTransposed } from './product.ts';

/** Layer by layer, in their order. `rows` stay as they are. */
export function applyHead(rows: Rows, layers: readonly HeadLayer[]): Rows {
  headWidth(rows.dimensions, layers);
  return layers.reduce(applyLayer, rows);
}

/** Width of the rows that come out if rows of `width` go in. Refuses layers that do not fit each other, or weights that do not fit their layer. */
export function headWidth(width: number, layers: readonly HeadLayer[]): number {
  return layers.reduce((given, layer, i) => {
    const broken = faultOf(layer, given);
    if (broken)
      throw new PoolingError('model-file-invalid', `Layer ${i + 1} of ${layers.length} of the model's head, ${layer.kind}, ${broken}.`);
    return widthOf(layer, given);
  }, width);
}

/** The same for layers that are known to fit. */
export function widthAfter(layers: readonly HeadLayer[], width: number): number {
  return layers.reduce((given, layer) => widthOf(layer, given), width);
}

function widthOf(layer: HeadLayer, given: number): number {
  if (layer.kind === 'cut') return layer.dimensions;
  return layer.kind === 'dense' ? layer.outputs : given;
}

function faultOf(layer: HeadLayer, given: number): string | null {
  if (layer.kind === 'normalize') return null;
  if (layer.kind === 'cut') return layer.dimensions <= given ? null : `keeps ${layer.dimensions} values, and gets rows of ${given}`;
  const [inputs, outputs] = layer.kind === 'dense' ? [layer.inputs, layer.outputs] : [layer.width, layer.width];
  if (inputs !== given) return `takes rows of ${inputs} values, and gets rows of ${given}`;
  const weights = layer.kind === 'dense' ? inputs * outputs : outputs;
  if (layer.weight && layer.weight.length !== weights) return `needs ${weights} weights, and its file has ${layer.weight.length}`;
  if (layer.bias && layer.bias.length !== outputs) return `needs a bias of ${outputs} values, and its file has ${layer.bias.length}`;
  return null;
}

function applyLayer({ data, rows, dimensions }: Rows, layer: HeadLayer): Rows {
  switch (layer.kind) {
    case 'dense': {
      const { inputs, outputs, weight, bias, activation } = layer;
      const out = timesTransposed(data, rows, weight, outputs, inputs);
      if (bias) for (let i = 0; i < out.length; i++) out[i]! += bias[i % outputs]!;
      activate(out, outputs, activation);
      return { data: out, rows, dimensions: outputs };
    }
    case 'layer-norm':
      return eachRow({ data, rows, dimensions }, (row) => layerNorm(row, layer));
    case 'normalize':
      return eachRow({ data, rows, dimensions }, l2Normalize);
    case 'cut':
      return firstColumns({ data, rows, dimensions }, layer.dimensions);
  }
}

/** A copy of the first `dimensions` values of each row. */
export function firstColumns({ data, rows, dimensions: width }: Rows, dimensions: number): Rows {
  const out = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * width, row * width + dimensions), row * dimensions);
  return { data: out, rows, dimensions };
}

/** `change` gets a copy of each row to write on. */
function eachRow({ data, rows, dimensions }: Rows, change: (row: Float32Array) => void): Rows {
  const out = data.slice();
  for (let row = 0; row < rows; row++) change(out.subarray(row * dimensions, (row + 1) * dimensions));
  return { data: out, rows, dimensions };
}

/** torch.nn.LayerNorm: the variance is divided by n, and eps is inside the root. */
function layerNorm(row: Float32Array, { weight, bias, eps }: Extract<HeadLayer, { kind: 'layer-norm' }>): void {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  const scale = 1 / Math.sqrt(variance + eps);
  for (let i = 0; i < row.length; i++) row[i] = (row[i]! - mean) * scale * (weight?.[i] ?? 1) + (bias?.[i] ?? 0);
}
