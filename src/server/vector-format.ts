/** A vector of float32 -> the values that a response carries: a list, base64, or raw bytes, in the number format and byte order that was asked for. */
import { minifloatOf, type Minifloat } from './minifloat.ts';

export const EMBED_DTYPES = ['float32', 'float16', 'bfloat16', 'fp8_e4m3', 'fp8_e5m2'] as const;
export type EmbedDtype = (typeof EMBED_DTYPES)[number];
export const ENDIANNESS = ['native', 'big', 'little'] as const;
export type Endianness = (typeof ENDIANNESS)[number];

const FORMATS: Readonly<Record<Exclude<EmbedDtype, 'float32'>, Minifloat>> = {
  float16: { bytes: 2, exponent: 5, mantissa: 10, infinity: true },
  bfloat16: { bytes: 2, exponent: 8, mantissa: 7, infinity: true },
  // torch's float8_e4m3fn: no infinity, and one NaN.
  fp8_e4m3: { bytes: 1, exponent: 4, mantissa: 3, infinity: false },
  fp8_e5m2: { bytes: 1, exponent: 5, mantissa: 2, infinity: true },
};

/** `native` is little: so is every machine that this runs on, and WebAssembly by definition. */
export function bytesOf(values: Float32Array, dtype: EmbedDtype, endianness: Endianness): Uint8Array {
  const isLittle = endianness !== 'big';
  if (dtype === 'float32' && isLittle) return new Uint8Array(values.slice().buffer);
  if (dtype === 'float32') {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => view.setFloat32(i * 4, value, false));
    return new Uint8Array(view.buffer);
  }
  const format = FORMATS[dtype];
  const view = new DataView(new ArrayBuffer(values.length * format.bytes));
  values.forEach((value, i) => {
    const word = minifloatOf(value, format);
    if (format.bytes === 1) view.setUint8(i, word);
    else view.setUint16(i * 2, word, isLittle);
  });
  return new Uint8Array(view.buffer);
}

/** Slices, since an argument list has an end. By `apply`: to spread a typed array takes five times as long. */
export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x2000) {
    binary += String.fromCharCode.apply(null, bytes.subarray(i, i + 0x2000) as unknown as number[]);
  }
  return btoa(binary);
}
