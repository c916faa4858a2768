/** The matrix product of dense layers and of MaxSim. */

/**
 * a [rows, inner] times the transpose of b [columns, inner] -> [rows, columns], all row-major: the dot product of every row with every row.
 * Sums are float64. Two rows by two at a time: each value read then serves two products.
 */
export function timesTransposed(a: Float32Array, rows: number, b: Float32Array, columns: number, inner: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 2) {
    // Where there is no second one, the first is computed twice.
    const nextRow = Math.min(row + 1, rows - 1);
    const a0 = row * inner;
    const a1 = nextRow * inner;
    for (let column = 0; column < columns; column += 2) {
      const nextColumn = Math.min(column + 1, columns - 1);
      const b0 = column * inner;
      const b1 = nextColumn * inner;
      let [s00, s01, s10, s11] = [0, 0, 0, 0];
      for (let i = 0; i < inner; i++) {
        const x0 = a[a0 + i]!;
        const x1 = a[a1 + i]!;
        const y0 = b[b0 + i]!;
        const y1 = b[b1 + i]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      out[row * columns + column] = s00;
      out[row * columns + nextColumn] = s01;
      out[nextRow * columns + column] = s10;
      out[nextRow * columns + nextColumn] = s11;
    }
  }
  return out;
}
