/** WGSL text and its constants -> a labelled compute pipeline, compiled once per device. */

export interface Kernel {
  label: string;
  code: string;
  entryPoint: string;
  constants: Record<string, number>;
}

/** Keyed by device, so that pipelines go when their device does. */
const pipelines = new WeakMap<GPUDevice, Map<Kernel, GPUComputePipeline>>();

export function pipelineOf(device: GPUDevice, kernel: Kernel): GPUComputePipeline {
  let ofDevice = pipelines.get(device);
  if (!ofDevice) pipelines.set(device, (ofDevice = new Map()));
  let pipeline = ofDevice.get(kernel);
  if (!pipeline) {
    pipeline = device.createComputePipeline({
      label: kernel.label,
      layout: 'auto',
      compute: {
        module: device.createShaderModule({ label: `${kernel.label}.module`, code: kernel.code }),
        entryPoint: kernel.entryPoint,
        constants: kernel.constants,
      },
    });
    ofDevice.set(kernel, pipeline);
  }
  return pipeline;
}

/** A buffer that begins with the contents of `data`. At least 16 bytes long, which a uniform of four words needs. */
export function uploadBuffer(device: GPUDevice, label: string, usage: number, data: Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ label, usage, size: Math.max(data.byteLength, 16), mappedAtCreation: true });
  new Uint32Array(buffer.getMappedRange()).set(data);
  buffer.unmap();
  return buffer;
}
