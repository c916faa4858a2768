/** The kernels of a search by the precision of the rows. */
import type { Kernel } from '../../gpu/kernel.ts';
import type { Precision } from '../row-format.ts';
import binary from './product-binary.wgsl?raw';
import float32 from './product-float32.wgsl?raw';
import packed from './product-int8-packed.wgsl?raw';
import unpacked from './product-int8.wgsl?raw';
import scoreRowsCode from './score-rows.wgsl?raw';
import selectTopCode from './select-top.wgsl?raw';

/** One wavefront or two warps, and inside every device's limits. Software pays for each thread that waits at a barrier. */
export const WORKGROUP_SIZE = 64;

/** Candidates of which a workgroup selects: SEGMENT of select-top.wgsl. */
export const SEGMENT = 2048;

/** Most rows of an answer: two runs of it are a segment. */
export const MOST_ROWS = SEGMENT / 2;

export const selectTop: Kernel = {
  label: 'select-top',
  code: selectTopCode,
  entryPoint: 'select_top',
  constants: { WORKGROUP_SIZE },
};

const scoreRows = (name: string, product: string): Kernel => ({
  label: `score-rows.${name}`,
  code: product + scoreRowsCode,
  entryPoint: 'score_rows',
  constants: { WORKGROUP_SIZE },
});

const kernels = {
  float32: scoreRows('float32', float32),
  int8: scoreRows('int8', unpacked),
  'int8-packed': scoreRows('int8-packed', packed),
  binary: scoreRows('binary', binary),
};

/** `hasPackedDot`: the runtime's WGSL knows `packed_4x8_integer_dot_product`. */
export function scoreKernel(precision: Precision, hasPackedDot: boolean): Kernel {
  return kernels[precision === 'int8' && hasPackedDot ? 'int8-packed' : precision];
}
