// Words of which only the top `width` bits count, 1 <= width <= k: sent as `width` bits each, dense, little-endian.
//
// Full blocks of 128 words go through vectors: lane l of vector i of a block holds word i * lanes + l, and a lane's bits
// follow each other, so a block is `width` vectors. The words after the last full block are one string of bits, in
// order, padded with zeros to a whole byte: bytes = 16 * width * floor(n / 128) + ceil((n % 128) * width / 8).
import { Address, Count, Source } from './border';
import { read, shiftRight, write } from './parts/lanes';

const BLOCK = 128;

/** a·2^by in every lane. */
// @ts-ignore: decorator
@inline
function shiftLeft<T>(a: v128, by: i32): v128 {
  if (sizeof<T>() == 8) return i64x2.shl(a, by);
  return i32x4.shl(a, by);
}

/** Packs the words after the last full block. */
// @ts-ignore: decorator
@inline
function packRest<T>(out: usize, words: usize, n: i32, width: i32): void {
  const bits = <i32>(8 * sizeof<T>());
  const drop = bits - width;
  let held: u64 = 0;
  let count = 0;
  for (; n > 0; n--) {
    const high = (sizeof<T>() == 8 ? load<u64>(words) : <u64>load<u32>(words)) >> <u64>drop;
    words += sizeof<T>();
    // at most 32 bits at a time, since up to 31 are held
    let rest = high;
    for (let left = width; left > 0; left -= 32) {
      held |= (rest & 0xffff_ffff) << (<u64>count);
      count += left < 32 ? left : 32;
      rest >>= 32;
      if (count >= 32) {
        store<u32>(out, <u32>held);
        out += 4;
        held >>= 32;
        count -= 32;
      }
    }
  }
  for (; count > 0; count -= 8) {
    store<u8>(out++, <u8>held);
    held >>= 8;
  }
}

// @ts-ignore: decorator
@inline
function packHigh<T>(out: usize, words: usize, n: i32, width: i32): void {
  const bits = <i32>(8 * sizeof<T>());
  const drop = bits - width;
  for (; n >= BLOCK; n -= BLOCK) {
    let held = i64x2.splat(0);
    let count = 0;
    for (let i = 0; i < bits; i++) {
      const high = shiftRight<T>(v128.load(words), drop);
      words += 16;
      held = v128.or(held, shiftLeft<T>(high, count));
      count += width;
      if (count >= bits) {
        v128.store(out, held);
        out += 16;
        count -= bits;
        held = count > 0 ? shiftRight<T>(high, width - count) : i64x2.splat(0);
      }
    }
  }
  packRest<T>(out, words, n, width);
}

/** Adds the words after the last full block. */
// @ts-ignore: decorator
@inline
function addRest<T>(words: usize, packed: usize, n: i32, width: i32, low: u64): void {
  const bits = <i32>(8 * sizeof<T>());
  const drop = bits - width;
  const end = packed + <usize>((n * width + 7) >> 3);
  let held: u64 = 0;
  let count = 0;
  for (; n > 0; n--) {
    let high: u64 = 0;
    for (let got = 0; got < width; got += 32) {
      const wanted = width - got < 32 ? width - got : 32;
      while (count < wanted) {
        if (packed + 4 <= end) {
          held |= (<u64>load<u32>(packed)) << count;
          packed += 4;
          count += 32;
        } else {
          held |= (<u64>load<u8>(packed++)) << count;
          count += 8;
        }
      }
      high |= (held & (((<u64>1) << wanted) - 1)) << got;
      held >>= wanted;
      count -= wanted;
    }
    high <<= <u64>drop;
    if (sizeof<T>() == 8) store<u64>(words, (load<u64>(words) & low) + high);
    else store<u32>(words, (load<u32>(words) & <u32>low) + <u32>high);
    words += sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function addHigh<T>(words: usize, packed: usize, n: i32, width: i32, keep: i32): void {
  const bits = <i32>(8 * sizeof<T>());
  const drop = bits - width;
  const kept = shiftLeft<T>(i64x2.splat(-1), keep ? 0 : drop);
  for (; n >= BLOCK; n -= BLOCK) {
    let held = v128.load(packed);
    packed += 16;
    let used = 0; // bits of `held` that are done
    for (let i = 0; i < bits; i++) {
      // the number's bits, at the top of each lane; bits below them are cleared by the shifts
      const over = used + width - bits;
      let high: v128;
      if (over <= 0) {
        high = shiftLeft<T>(shiftRight<T>(shiftLeft<T>(held, bits - width - used), drop), drop);
        used += width;
      } else {
        const low = shiftRight<T>(held, used);
        held = v128.load(packed);
        packed += 16;
        high = shiftLeft<T>(v128.or(low, shiftLeft<T>(held, width - over)), drop);
        used = over;
      }
      v128.store(words, v128.add<T>(v128.and(v128.load(words), kept), high));
      words += 16;
      if (used == bits && i + 1 < bits) {
        held = v128.load(packed);
        packed += 16;
        used = 0;
      }
    }
  }
  addRest<T>(words, packed, n, width, keep ? -1 : (<u64>-1) << (<u64>drop));
}

/** out = the top `width` bits of n words. */
export function packHigh32(out: Address, words: Source, n: Count, width: i32): void {
  packHigh<i32>(out, words, n, width);
}
export function packHigh64(out: Address, words: Source, n: Count, width: i32): void {
  packHigh<i64>(out, words, n, width);
}

/** words += the n packed numbers, times 2^(k - width); their other bits become zero, unless they are to be kept. */
export function addHigh32(words: Address, packed: Source, n: Count, width: i32, keep: i32): void {
  addHigh<i32>(words, packed, n, width, keep);
}
export function addHigh64(words: Address, packed: Source, n: Count, width: i32, keep: i32): void {
  addHigh<i64>(words, packed, n, width, keep);
}

// @ts-ignore: decorator
@inline
function dropLow<T>(words: usize, n: i32, s: i32, offset: T): void {
  const low = shiftLeft<T>(i64x2.splat(-1), s);
  const added = v128.splat<T>(offset);
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= lanes; n -= lanes) {
    const kept = v128.and(v128.sub<T>(added, v128.load(words)), low);
    v128.store(words, v128.sub<T>(i64x2.splat(0), kept));
    words += 16;
  }
  for (; n > 0; n--) {
    const kept = v128.and(v128.sub<T>(added, read<T, T>(words)), low);
    write<T, T>(words, v128.sub<T>(i64x2.splat(0), kept));
    words += sizeof<T>();
  }
}

/**
 * words = -((halves·2^(s-1) - words) with its low s bits cleared), 1 <= s < k: the mask under which the top k - s bits of
 * masked summands add up to the top bits of the value, see src/protocol/open.ts.
 */
export function dropLow32(words: Address, n: Count, s: i32, halves: i32): void {
  dropLow<i32>(words, n, s, halves << (s - 1));
}
export function dropLow64(words: Address, n: Count, s: i32, halves: i32): void {
  dropLow<i64>(words, n, s, (<i64>halves) << (s - 1));
}
