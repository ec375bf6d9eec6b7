/**
 * Matrix products of row-major Float32Arrays in plain JavaScript, for the clear trainer. Sums are kept in double
 * precision and rounded once. All three run the same 2 × 4 register block, with strides.
 */

/** out[m×n] = a[m×k] · b[k×n] */
export function matmul(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  product(out, m, n, k, a, k, 1, b, n, 1);
}

/** out[k×n] = a[m×k]ᵀ · b[m×n] */
export function matmulTn(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  product(out, k, n, m, a, 1, k, b, n, 1);
}

/** out[m×k] = a[m×n] · b[k×n]ᵀ */
export function matmulNt(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  product(out, m, k, n, a, n, 1, b, 1, n);
}

/** outᵢⱼ = Σₚ a[i·ai + p·ap] · b[p·bp + j·bj]. At the edges a block repeats its last row or column. */
function product(
  out: Float32Array,
  rows: number,
  columns: number,
  depth: number,
  a: Float32Array,
  ai: number,
  ap: number,
  b: Float32Array,
  bp: number,
  bj: number,
): void {
  for (let i = 0; i < rows; i += 2) {
    const i1 = Math.min(i + 1, rows - 1);
    for (let j = 0; j < columns; j += 4) {
      const j1 = Math.min(j + 1, columns - 1);
      const j2 = Math.min(j + 2, columns - 1);
      const j3 = Math.min(j + 3, columns - 1);
      let [s0, s1, s2, s3, t0, t1, t2, t3] = [0, 0, 0, 0, 0, 0, 0, 0];
      let [x, y, q0, q1, q2, q3] = [i * ai, i1 * ai, j * bj, j1 * bj, j2 * bj, j3 * bj];
      for (let p = 0; p < depth; p++) {
        const u = a[x];
        const v = a[y];
        const b0 = b[q0];
        const b1 = b[q1];
        const b2 = b[q2];
        const b3 = b[q3];
        s0 += u * b0;
        s1 += u * b1;
        s2 += u * b2;
        s3 += u * b3;
        t0 += v * b0;
        t1 += v * b1;
        t2 += v * b2;
        t3 += v * b3;
        x += ap;
        y += ap;
        q0 += bp;
        q1 += bp;
        q2 += bp;
        q3 += bp;
      }
      const o = i * columns;
      const o1 = i1 * columns;
      out[o + j] = s0;
      out[o + j1] = s1;
      out[o + j2] = s2;
      out[o + j3] = s3;
      out[o1 + j] = t0;
      out[o1 + j1] = t1;
      out[o1 + j2] = t2;
      out[o1 + j3] = t3;
    }
  }
}
