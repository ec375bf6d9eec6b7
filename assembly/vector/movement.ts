// Moving words without arithmetic: rows gathered by public indices, and the transpose. Not in place.
import { Address, Count, Source } from '../border';

/** Rows at least this long are worth a call to memory.copy. */
const LONG_ROW: usize = 512;

// @ts-ignore: decorator
@inline
function gather<T extends number>(out: usize, a: usize, indices: usize, count: i32, cols: i32): void {
  const stride = (cols as usize) * sizeof<T>();
  for (; count > 0; count--) {
    const row = a + (load<u32>(indices) as usize) * stride;
    indices += 4;
    if (stride >= LONG_ROW) memory.copy(out, row, stride);
    else {
      let i: usize = 0;
      for (; i + 16 <= stride; i += 16) v128.store(out + i, v128.load(row + i));
      for (; i < stride; i += sizeof<T>()) store<T>(out + i, load<T>(row + i));
    }
    out += stride;
  }
}

/** One tile of 16 / sizeof T rows and columns; the strides are in bytes. */
// @ts-ignore: decorator
@inline
function tile<T extends number>(out: usize, outStride: usize, a: usize, stride: usize): void {
  if (sizeof<T>() == 4) {
    const a0 = v128.load(a);
    const a1 = v128.load(a + stride);
    const a2 = v128.load(a + 2 * stride);
    const a3 = v128.load(a + 3 * stride);
    const low01 = v128.shuffle<i32>(a0, a1, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(a0, a1, 2, 6, 3, 7);
    const low23 = v128.shuffle<i32>(a2, a3, 0, 4, 1, 5);
    const high23 = v128.shuffle<i32>(a2, a3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(out + outStride, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(out + 2 * outStride, v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(out + 3 * outStride, v128.shuffle<i64>(high01, high23, 1, 3));
  } else {
    const a0 = v128.load(a);
    const a1 = v128.load(a + stride);
    v128.store(out, v128.shuffle<i64>(a0, a1, 0, 2));
    v128.store(out + outStride, v128.shuffle<i64>(a0, a1, 1, 3));
  }
}

/** out[j, i] = a[i, j], tile by tile; the rest of the last rows and columns word by word. */
// @ts-ignore: decorator
@inline
function flip<T extends number>(out: usize, a: usize, rows: i32, cols: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const stride = (cols as usize) * sizeof<T>();
  const outStride = (rows as usize) * sizeof<T>();
  let i = 0;
  for (; i + step <= rows; i += step) {
    let from = a + (i as usize) * stride;
    let to = out + (i as usize) * sizeof<T>();
    let j = 0;
    for (; j + step <= cols; j += step) {
      tile<T>(to, outStride, from, stride);
      from += 16;
      to += outStride * (step as usize);
    }
    for (; j < cols; j++) {
      for (let r: usize = 0; r < (step as usize); r++) {
        store<T>(to + r * sizeof<T>(), load<T>(from + r * stride));
      }
      from += sizeof<T>();
      to += outStride;
    }
  }
  for (; i < rows; i++) {
    let from = a + (i as usize) * stride;
    let to = out + (i as usize) * sizeof<T>();
    for (let j = 0; j < cols; j++) {
      store<T>(to, load<T>(from));
      from += sizeof<T>();
      to += outStride;
    }
  }
}

/** out[i, :] = a[indices[i], :] for count public 32-bit row numbers. */
export function gatherRows32(out: Address, a: Source, indices: Source, count: Count, cols: Count): void {
  gather<i32>(out, a, indices, count, cols);
}
export function gatherRows64(out: Address, a: Source, indices: Source, count: Count, cols: Count): void {
  gather<i64>(out, a, indices, count, cols);
}

/** out (cols x rows) = the transpose of a (rows x cols). */
export function transpose32(out: Address, a: Source, rows: Count, cols: Count): void {
  flip<i32>(out, a, rows, cols);
}
export function transpose64(out: Address, a: Source, rows: Count, cols: Count): void {
  flip<i64>(out, a, rows, cols);
}
