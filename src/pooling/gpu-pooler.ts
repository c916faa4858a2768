/** The Pooler on the device that holds the states: two kernels and one read-back of the pooled rows, nothing else leaves the GPU. */
import { pipelineOf, uploadBuffer, type Kernel } from '../gpu/kernel.ts';
import { recordReadBack, type ReadBackCounter } from '../gpu/readback.ts';
import type { HiddenStates, Rows, Span } from '../shapes.ts';
import { columnsOf } from './columns.ts';
import l2NormalizeCode from './l2-normalize.wgsl?raw';
import type { RowShape, Pooler } from './pooler.ts';
import reduceSpansCode from './reduce-spans.wgsl?raw';
import { weightedSumOf } from './reduction.ts';

/** A power of two, as l2-normalize.wgsl needs. 64 is one wavefront or two warps, and inside every device's limits. */
const WORKGROUP_SIZE = 64;

const reduceSpans: Kernel = {
  label: 'reduce-spans',
  code: reduceSpansCode,
  entryPoint: 'reduce_spans',
  constants: { WORKGROUP_SIZE },
};
const l2Normalize: Kernel = {
  label: 'l2-normalize',
  code: l2NormalizeCode,
  entryPoint: 'l2_normalize',
  constants: { WORKGROUP_SIZE },
};

export class GpuPooler implements Pooler {
  readonly #device: GPUDevice;
  readonly #readBack: ReadBackCounter;

  constructor(device: GPUDevice, readBack: ReadBackCounter) {
    this.#device = device;
    this.#readBack = readBack;
  }

  async pool(states: HiddenStates, spans: readonly Span[], shape: RowShape): Promise<Rows> {
    if (states.location !== 'gpu') throw new TypeError('GpuPooler got states that are not on the GPU. This is a bug.');
    const columns = columnsOf(states.hidden, shape);
    const { dimensions } = shape;
    const rows = spans.length;
    if (rows === 0) return { data: new Float32Array(0), rows, dimensions };

    const device = this.#device;
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    const half = states.type === 'float16';
    const params = uploadBuffer(
      device,
      'pool.params',
      GPUBufferUsage.UNIFORM,
      Uint32Array.of(rows, states.hidden, dimensions, Number(half)),
    );
    const runs = uploadBuffer(device, 'pool.spans', GPUBufferUsage.STORAGE, spanWords(spans));
    const sources = uploadBuffer(device, 'pool.columns', GPUBufferUsage.STORAGE, columns);
    const pooled = device.createBuffer({
      label: 'pool.rows',
      size: rows * dimensions * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    const stateBytes = Math.ceil((states.rows * states.hidden * (half ? 2 : 4)) / 4) * 4;
    const most = device.limits.maxComputeWorkgroupsPerDimension;

    const encoder = device.createCommandEncoder({ label: 'pool' });
    const pass = encoder.beginComputePass({ label: 'pool' });
    const bind = (kernel: Kernel, ...resources: GPUBufferBinding[]) => {
      const pipeline = pipelineOf(device, kernel);
      pass.setPipeline(pipeline);
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      pass.setBindGroup(0, device.createBindGroup({ label: kernel.label, layout: pipeline.getBindGroupLayout(0), entries }));
    };
    bind(
      reduceSpans,
      { buffer: states.buffer, size: stateBytes },
      { buffer: runs },
      { buffer: sources },
      { buffer: pooled },
      { buffer: params },
    );
    pass.dispatchWorkgroups(Math.ceil(dimensions / WORKGROUP_SIZE), Math.min(rows, most));
    if (shape.normalize) {
      bind(l2Normalize, { buffer: pooled }, { buffer: params });
      pass.dispatchWorkgroups(Math.min(rows, most));
    }
    pass.end();
    const readRows = recordReadBack(device, encoder, pooled, rows * dimensions, this.#readBack);
    device.queue.submit([encoder.finish()]);

    // Freeing after submit is safe: the queue keeps what its commands use.
    for (const buffer of [params, runs, sources, pooled]) buffer.destroy();
    // No await since the scopes were pushed, so they hold our commands only.
    const [data, ...errors] = await Promise.all([readRows(), device.popErrorScope(), device.popErrorScope()]);
    for (const error of errors) if (error) throw new Error(`Pooling on the GPU failed: ${error.message}`);
    return { data, rows, dimensions };
  }
}

/** As `struct Span` of reduce-spans.wgsl: three integers and three floats each. */
const SPAN_WORDS = 6;

function spanWords(spans: readonly Span[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(spans.length * SPAN_WORDS);
  const floats = new Float32Array(words.buffer);
  spans.forEach((span, i) => {
    const weights = weightedSumOf(span);
    words.set([span.start, span.count, Number(weights === null)], i * SPAN_WORDS);
    if (weights) floats.set([weights.first, weights.growth, weights.divisor], i * SPAN_WORDS + 3);
  });
  return words;
}
