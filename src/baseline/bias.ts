/** Biases of row-major matrices: one number a column. */

/** z[rows × n] += bias[n] in every row. */
export function addBias(z: Float32Array, bias: Float32Array, rows: number): void {
  const n = bias.length;
  for (let i = 0, row = 0; row < rows; row++) {
    for (let j = 0; j < n; j++, i++) z[i] += bias[j];
  }
}

/** out[n] = the sums of the columns of z[rows × n]. */
export function sumColumns(out: Float32Array, z: Float32Array, rows: number): void {
  const n = out.length;
  out.fill(0);
  for (let i = 0, row = 0; row < rows; row++) {
    for (let j = 0; j < n; j++, i++) out[j] += z[i];
  }
}
