/** 16-bit floats as words -> float32. */

/** IEEE 754's. Float16Array is too new to count on. */
export function halfToFloat(words: Uint16Array): Float32Array {
  const out = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) out[i] = table()[words[i]!]!;
  return out;
}

/** All 65,536 values, made on first use: a look-up beats the arithmetic, and most models never need it. */
let values: Float32Array | undefined;
function table(): Float32Array {
  if (values) return values;
  values = new Float32Array(1 << 16);
  for (let word = 0; word < values.length; word++) {
    const sign = word & 0x8000 ? -1 : 1;
    const exponent = (word >> 10) & 0x1f;
    const fraction = word & 0x3ff;
    values[word] =
      exponent === 0
        ? sign * fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? NaN
            : sign * Infinity
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** bfloat16, the upper half of a float32. */
export function bfloatToFloat(words: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(words, (word) => word * 0x1_0000).buffer);
}
