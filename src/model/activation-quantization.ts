/** Bytes of an ONNX file -> whether it quantises activations while it runs (what `quantize_dynamic` makes). */

const OPERATOR = new TextEncoder().encode('DynamicQuantize');

/**
 * DynamicQuantizeLinear takes its scale from the whole batch, padding included, so that neighbours change a text's vector. Operators are named in
 * plain text, which is looked for as bytes: weights, gigabytes of them, cannot be mistaken for it.
 */
export function quantizesActivations(onnx: Uint8Array): boolean {
  for (let at = onnx.indexOf(OPERATOR[0]!); at >= 0; at = onnx.indexOf(OPERATOR[0]!, at + 1)) {
    if (OPERATOR.every((byte, i) => onnx[at + i] === byte)) return true;
  }
  return false;
}
