/** A vector -> its bytes in an output file, and the file's first bytes, which are as long for any number of vectors. */

export interface Embedded {
  index: number;
  /** Undefined: there is none. */
  id: unknown;
  embedding: Float32Array;
  tokens: number;
}

export interface VectorFormat {
  /** Written twice: first for 0 vectors, and over it when their number is known. */
  head(count: number, dimensions: number): Uint8Array;
  vector(embedded: Embedded): Uint8Array;
}

export const FORMATS = ['jsonl', 'npy', 'safetensors'] as const;
export type FormatName = (typeof FORMATS)[number];

const encoder = new TextEncoder();

export function jsonl(encoding: 'float' | 'base64'): VectorFormat {
  return {
    head: () => new Uint8Array(0),
    vector({ index, id, embedding, tokens }) {
      const values = encoding === 'float' ? [...embedding] : Buffer.from(bytesOf(embedding)).toString('base64');
      return encoder.encode(`${JSON.stringify({ index, ...(id !== undefined && { id }), embedding: values, tokens })}\n`);
    },
  };
}

/** Enough for 16 digits of rows and as many of columns, and a multiple of 64, as numpy aligns its data. */
const NPY_HEAD = 128;

/** Version 1.0 of numpy's format: [rows, columns] of float32, little-endian. */
export const npy: VectorFormat = {
  head(count, dimensions) {
    const prefix = Uint8Array.of(0x93, ...encoder.encode('NUMPY'), 1, 0, NPY_HEAD - 10, 0);
    const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${dimensions}), }`;
    return Uint8Array.of(...prefix, ...encoder.encode(`${dictionary.padEnd(NPY_HEAD - 11)}\n`));
  },
  vector: ({ embedding }) => bytesOf(embedding),
};

/** One tensor, `embeddings`, [rows, columns] of float32. `metadata` goes into its header. */
export function safetensors(metadata: Readonly<Record<string, string>>): VectorFormat {
  const header = (count: number, dimensions: number) =>
    encoder.encode(
      JSON.stringify({
        __metadata__: metadata,
        embeddings: { dtype: 'F32', shape: [count, dimensions], data_offsets: [0, count * dimensions * 4] },
      }),
    );
  return {
    head(count, dimensions) {
      const longest = header(Number.MAX_SAFE_INTEGER, dimensions).length;
      const length = Math.ceil((longest + 8) / 64) * 64 - 8;
      const bytes = new Uint8Array(8 + length).fill(0x20);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
      bytes.set(header(count, dimensions), 8);
      return bytes;
    },
    vector: ({ embedding }) => bytesOf(embedding),
  };
}

/** Little-endian, as is every machine that this runs on. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
