/** Tensors by name -> the bytes of a .safetensors file. */
interface GivenTensor {
  shape: readonly number[];
  values: readonly number[];
  dtype?: string;
  /** The values' bytes, for types that are not float32. */
  bytes?: Uint8Array;
}

export function safetensors(
  tensors: Readonly<Record<string, GivenTensor>>,
  change: (header: Record<string, unknown>) => void = () => {},
): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, values, dtype = 'F32', bytes = new Uint8Array(Float32Array.from(values).buffer) }] of Object.entries(
    tensors,
  )) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  change(header);
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

export function withHeader(header: string, body: Uint8Array = new Uint8Array(0)): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), body]);
}
