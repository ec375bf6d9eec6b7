// Matrices of ring words, rows x cols, dense and row by row: a row or a column spread over the matrix, and
// sums down and across. `out` may be `a`; it must not overlap the row or the column.
import { Address, Count, Source } from '../border';

enum Op {
  Add,
  Mul,
}

/** out[j] = a[j] op row[j], j < cols. */
// @ts-ignore: decorator
@inline
function alongRow<T extends number>(op: Op, out: usize, a: usize, row: usize, cols: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; cols >= step; cols -= step) {
    const x = v128.load(a);
    const y = v128.load(row);
    v128.store(out, op == Op.Add ? v128.add<T>(x, y) : v128.mul<T>(x, y));
    out += 16;
    a += 16;
    row += 16;
  }
  for (; cols > 0; cols--) {
    const x = load<T>(a);
    const y = load<T>(row);
    store<T>(out, (op == Op.Add ? x + y : x * y) as T);
    out += sizeof<T>();
    a += sizeof<T>();
    row += sizeof<T>();
  }
}

/** out[j] = a[j] op c, j < cols. */
// @ts-ignore: decorator
@inline
function acrossRow<T extends number>(op: Op, out: usize, a: usize, c: T, cols: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const y = v128.splat<T>(c);
  for (; cols >= step; cols -= step) {
    const x = v128.load(a);
    v128.store(out, op == Op.Add ? v128.add<T>(x, y) : v128.mul<T>(x, y));
    out += 16;
    a += 16;
  }
  for (; cols > 0; cols--) {
    const x = load<T>(a);
    store<T>(out, (op == Op.Add ? x + c : x * c) as T);
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function eachRow<T extends number>(op: Op, out: usize, a: usize, row: usize, rows: i32, cols: i32): void {
  const stride = (cols as usize) * sizeof<T>();
  for (; rows > 0; rows--) {
    alongRow<T>(op, out, a, row, cols);
    out += stride;
    a += stride;
  }
}

// @ts-ignore: decorator
@inline
function eachColumn<T extends number>(
  op: Op,
  out: usize,
  a: usize,
  column: usize,
  rows: i32,
  cols: i32,
): void {
  const stride = (cols as usize) * sizeof<T>();
  for (; rows > 0; rows--) {
    acrossRow<T>(op, out, a, load<T>(column), cols);
    out += stride;
    a += stride;
    column += sizeof<T>();
  }
}

/**
 * out[j] (acc = 0: =, 1: +=) sum over i of a[i, j]: panels of four vectors stay in registers down the rows.
 */
// @ts-ignore: decorator
@inline
function sumDown<T extends number>(out: usize, a: usize, rows: i32, cols: i32, acc: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const stride = (cols as usize) * sizeof<T>();
  const zero = i64x2.splat(0);
  for (; cols >= 4 * step; cols -= 4 * step) {
    let s0 = acc ? v128.load(out, 0) : zero;
    let s1 = acc ? v128.load(out, 16) : zero;
    let s2 = acc ? v128.load(out, 32) : zero;
    let s3 = acc ? v128.load(out, 48) : zero;
    let p = a;
    for (let i = 0; i < rows; i++) {
      s0 = v128.add<T>(s0, v128.load(p, 0));
      s1 = v128.add<T>(s1, v128.load(p, 16));
      s2 = v128.add<T>(s2, v128.load(p, 32));
      s3 = v128.add<T>(s3, v128.load(p, 48));
      p += stride;
    }
    v128.store(out, s0, 0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    out += 64;
    a += 64;
  }
  for (; cols >= step; cols -= step) {
    let s = acc ? v128.load(out) : zero;
    let p = a;
    for (let i = 0; i < rows; i++) {
      s = v128.add<T>(s, v128.load(p));
      p += stride;
    }
    v128.store(out, s);
    out += 16;
    a += 16;
  }
  for (; cols > 0; cols--) {
    let s = (acc ? load<T>(out) : 0) as T;
    let p = a;
    for (let i = 0; i < rows; i++) {
      s = (s + load<T>(p)) as T;
      p += stride;
    }
    store<T>(out, s);
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

/** Sum of the lanes of v. */
// @ts-ignore: decorator
@inline
function laneSum<T extends number>(v: v128): T {
  const half = v128.add<T>(v, v128.shuffle<i64>(v, v, 1, 0));
  if (sizeof<T>() == 8) return v128.extract_lane<T>(half, 0);
  return (i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1)) as T;
}

/** out[i] (acc = 0: =, 1: +=) sum over j of a[i, j]. */
// @ts-ignore: decorator
@inline
function sumAcross<T extends number>(out: usize, a: usize, rows: i32, cols: i32, acc: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; rows > 0; rows--) {
    let s0 = i64x2.splat(0);
    let s1 = s0;
    let n = cols;
    for (; n >= 2 * step; n -= 2 * step) {
      s0 = v128.add<T>(s0, v128.load(a, 0));
      s1 = v128.add<T>(s1, v128.load(a, 16));
      a += 32;
    }
    let s = (acc ? load<T>(out) : 0) as T;
    s = (s + laneSum<T>(v128.add<T>(s0, s1))) as T;
    for (; n > 0; n--) {
      s = (s + load<T>(a)) as T;
      a += sizeof<T>();
    }
    store<T>(out, s);
    out += sizeof<T>();
  }
}

/** out[i, j] = a[i, j] + row[j]. */
export function addRow32(out: Address, a: Source, row: Source, rows: Count, cols: Count): void {
  eachRow<i32>(Op.Add, out, a, row, rows, cols);
}
export function addRow64(out: Address, a: Source, row: Source, rows: Count, cols: Count): void {
  eachRow<i64>(Op.Add, out, a, row, rows, cols);
}

/** out[i, j] = a[i, j] * row[j]. */
export function mulRow32(out: Address, a: Source, row: Source, rows: Count, cols: Count): void {
  eachRow<i32>(Op.Mul, out, a, row, rows, cols);
}
export function mulRow64(out: Address, a: Source, row: Source, rows: Count, cols: Count): void {
  eachRow<i64>(Op.Mul, out, a, row, rows, cols);
}

/** out[i, j] = a[i, j] + column[i]. */
export function addColumn32(out: Address, a: Source, column: Source, rows: Count, cols: Count): void {
  eachColumn<i32>(Op.Add, out, a, column, rows, cols);
}
export function addColumn64(out: Address, a: Source, column: Source, rows: Count, cols: Count): void {
  eachColumn<i64>(Op.Add, out, a, column, rows, cols);
}

/** out[i, j] = a[i, j] * column[i]. */
export function mulColumn32(out: Address, a: Source, column: Source, rows: Count, cols: Count): void {
  eachColumn<i32>(Op.Mul, out, a, column, rows, cols);
}
export function mulColumn64(out: Address, a: Source, column: Source, rows: Count, cols: Count): void {
  eachColumn<i64>(Op.Mul, out, a, column, rows, cols);
}

/** out[j] = sum over i of a[i, j], added to what out holds when acc is 1. */
export function sumRows32(out: Address, a: Source, rows: Count, cols: Count, acc: i32): void {
  sumDown<i32>(out, a, rows, cols, acc);
}
export function sumRows64(out: Address, a: Source, rows: Count, cols: Count, acc: i32): void {
  sumDown<i64>(out, a, rows, cols, acc);
}

/** out[i] = sum over j of a[i, j], added to what out holds when acc is 1. */
export function sumColumns32(out: Address, a: Source, rows: Count, cols: Count, acc: i32): void {
  sumAcross<i32>(out, a, rows, cols, acc);
}
export function sumColumns64(out: Address, a: Source, rows: Count, cols: Count, acc: i32): void {
  sumAcross<i64>(out, a, rows, cols, acc);
}
