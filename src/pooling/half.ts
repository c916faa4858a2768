/** IEEE 754 half floats as 16-bit words -> float32. Float16Array is too new to count on. */
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
