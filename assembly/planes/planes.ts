// Bit planes: the same bit of many words side by side, 128 values a v128 instruction.
//
// Plane j of a value starts at ptr + j·blocks·16. Bit i of a plane (value i) is bit i & 127 of its 128-bit block
// i >> 7, little-endian; blocks = ceil(n / 128). toPlanes writes zeros for the values from n on; `not` does not
// keep them zero (clearTail does).
import { Address, Count, Source } from '../border';
import { bitAt, bitsOf, chunkBytes, maskOfBits, read, shiftRight, splatBits, write } from '../parts/lanes';
import { BLOCK, gather, spread } from './parts/bit-transpose';

/** Blocks that go together: their bits fill a cache line of each plane. */
const GROUP: usize = 4;

// @ts-ignore: decorator
@inline
function toPlanes<T>(out: usize, input: usize, n: i32, low: i32, count: i32, scratch: usize): void {
  const stride = (<usize>(n + 127) >> 7) << 4;
  const padded = scratch + GROUP * BLOCK;
  const halves = <i32>(sizeof<T>() / 4);
  for (let at: usize = 0; at < stride; at += 16 * GROUP) {
    const blocks = min(GROUP, (stride - at) >> 4);
    for (let half = 0; half < halves; half++) {
      const first = low - 32 * half;
      const last = first + count;
      if (first >= 32 || last <= 0) continue;
      for (let block: usize = 0; block < blocks; block++) {
        const done = ((at >> 4) + block) << 7; // words before this block
        let words = input + done * sizeof<T>();
        const rest = (<usize>n - done) * sizeof<T>();
        if (rest < 128 * sizeof<T>()) {
          memory.copy(padded, words, rest);
          memory.fill(padded + rest, 0, 128 * sizeof<T>() - rest);
          words = padded;
        }
        spread<T>(words, scratch + block * BLOCK, half);
      }
      for (let place = 0; place < 8; place++) {
        const plane = out + <usize>(place - first) * stride + at;
        gather(plane, stride, scratch + 64 * <usize>place, blocks, place, first, last);
      }
    }
  }
}

/**
 * out plane j = bit low + j of each of the n words, j < count; count >= 1, low + count <= k. Not in place.
 * `scratch`: 4·512 + 128·k/8 bytes.
 */
export function toPlanes32(
  out: Address,
  input: Source,
  n: Count,
  low: i32,
  count: Count,
  scratch: Address,
): void {
  toPlanes<i32>(out, input, n, low, count, scratch);
}

export function toPlanes64(
  out: Address,
  input: Source,
  n: Count,
  low: i32,
  count: Count,
  scratch: Address,
): void {
  toPlanes<i64>(out, input, n, low, count, scratch);
}

// @ts-ignore: decorator
@inline
function fromPlane<T>(out: usize, plane: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const bytes = <usize>n * sizeof<T>();
  let i: usize = 0;
  while (i + chunkBytes<T>() <= bytes) {
    let bits = splatBits<T>(bitsOf<T>(plane, i));
    for (const end = i + chunkBytes<T>(); i < end; i += 64) {
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)));
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 16);
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 32);
      bits = shiftRight<T>(bits, lanes);
      v128.store(out + i, v128.neg<T>(maskOfBits<T>(bits)), 48);
      bits = shiftRight<T>(bits, lanes);
    }
  }
  for (; i < bytes; i += sizeof<T>()) store<T>(out + i, bitAt<T>(plane, i / sizeof<T>()));
}

/** out word i = bit i of the plane: 0 or 1. Not in place. */
export function fromPlane32(out: Address, plane: Source, n: Count): void {
  fromPlane<i32>(out, plane, n);
}

export function fromPlane64(out: Address, plane: Source, n: Count): void {
  fromPlane<i64>(out, plane, n);
}

// @ts-ignore: decorator
@inline
function fromPlanes<T>(out: usize, planes: usize, rows: i32, n: i32): void {
  const stride = (<usize>(n + 127) >> 7) << 4;
  for (let row: usize = 0; row < <usize>rows; row++) {
    fromPlane<T>(out + row * <usize>n * sizeof<T>(), planes + row * stride, n);
  }
}

/** `fromPlane` of each of `rows` planes, n words a row. */
export function fromPlanes32(out: Address, planes: Source, rows: Count, n: Count): void {
  fromPlanes<i32>(out, planes, rows, n);
}

export function fromPlanes64(out: Address, planes: Source, rows: Count, n: Count): void {
  fromPlanes<i64>(out, planes, rows, n);
}

/** A share of c xor r, r's share in `r`: r where c = 0, and 1 - r where c = 1, the 1 at one party alone. */
// @ts-ignore: decorator
@inline
function unmaskRow<T>(out: usize, plane: usize, r: usize, n: i32, first: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  const bytes = <usize>n * sizeof<T>();
  const ones = i64x2.splat(first ? -1 : 0);
  let i: usize = 0;
  while (i + chunkBytes<T>() <= bytes) {
    let bits = splatBits<T>(bitsOf<T>(plane, i));
    for (const end = i + chunkBytes<T>(); i < end; i += 16) {
      const c = maskOfBits<T>(bits);
      const signed = v128.sub<T>(v128.xor(v128.load(r + i), c), c);
      v128.store(out + i, v128.sub<T>(signed, v128.and(c, ones)));
      bits = shiftRight<T>(bits, lanes);
    }
  }
  for (; i < bytes; i += sizeof<T>()) {
    const c = v128.neg<T>(v128.splat<T>(bitAt<T>(plane, i / sizeof<T>())));
    const signed = v128.sub<T>(v128.xor(read<T, T>(r + i), c), c);
    write<T, T>(out + i, v128.sub<T>(signed, v128.and(c, ones)));
  }
}

// @ts-ignore: decorator
@inline
function unmask<T>(out: usize, planes: usize, r: usize, rows: i32, n: i32, first: bool): void {
  const stride = (<usize>(n + 127) >> 7) << 4;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = row * <usize>n * sizeof<T>();
    unmaskRow<T>(out + at, planes + row * stride, r + at, n, first);
  }
}

/**
 * A party's share of c xor r: c the bits of `rows` planes, n a row, and r its share of the masks, a word each. `out` may be r.
 */
export function unmask32(out: Address, planes: Source, r: Source, rows: Count, n: Count, first: i32): void {
  unmask<i32>(out, planes, r, rows, n, first != 0);
}

export function unmask64(out: Address, planes: Source, r: Source, rows: Count, n: Count, first: i32): void {
  unmask<i64>(out, planes, r, rows, n, first != 0);
}

// @ts-ignore: decorator
@inline
function differencePlanes<T>(
  out: usize,
  input: usize,
  less: usize,
  numbers: i32,
  n: i32,
  low: i32,
  count: i32,
  difference: usize,
  scratch: usize,
): void {
  const region = ((<usize>(n + 127) >> 7) << 4) * <usize>count;
  const bytes = <usize>n * sizeof<T>();
  for (let number: usize = 0; number < <usize>numbers; number++) {
    const minus = v128.splat<T>(load<T>(less + number * sizeof<T>()));
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(difference + i, v128.sub<T>(v128.load(input + i), minus));
    for (; i < bytes; i += sizeof<T>())
      write<T, T>(difference + i, v128.sub<T>(read<T, T>(input + i), minus));
    toPlanes<T>(out + number * region, difference, n, low, count, scratch);
  }
}

/**
 * `toPlanes` of the n words less each of `numbers` numbers (a word each, at `less`), those of one number after those of another.
 * `difference`: n words of scratch; `scratch`: as there.
 */
export function differencePlanes32(
  out: Address,
  input: Source,
  less: Source,
  numbers: Count,
  n: Count,
  low: i32,
  count: Count,
  difference: Address,
  scratch: Address,
): void {
  differencePlanes<i32>(out, input, less, numbers, n, low, count, difference, scratch);
}

export function differencePlanes64(
  out: Address,
  input: Source,
  less: Source,
  numbers: Count,
  n: Count,
  low: i32,
  count: Count,
  difference: Address,
  scratch: Address,
): void {
  differencePlanes<i64>(out, input, less, numbers, n, low, count, difference, scratch);
}
