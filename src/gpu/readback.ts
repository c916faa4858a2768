/** Storage buffer on the GPU -> Float32Array here. The only place where bytes leave the device, so it counts them. */

export interface ReadBackCounter {
  bytes: number;
}

/**
 * Records the copy in `encoder` and answers a function to call after the encoder was submitted. The staging buffer is freed whether or not
 * mapping works: a lost device rejects it.
 */
export function recordReadBack(
  device: GPUDevice,
  encoder: GPUCommandEncoder,
  source: GPUBuffer,
  floats: number,
  counter: ReadBackCounter,
): () => Promise<Float32Array> {
  const size = floats * Float32Array.BYTES_PER_ELEMENT;
  const staging = device.createBuffer({ label: 'readback.staging', size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  encoder.copyBufferToBuffer(source, 0, staging, 0, size);
  return async () => {
    try {
      await staging.mapAsync(GPUMapMode.READ);
      counter.bytes += size;
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  };
}
