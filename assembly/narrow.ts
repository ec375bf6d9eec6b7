// Dense little-endian packing of the low `width` bytes of each word, 1 <= width <= k/8.
//
// Vectors go through one byte swizzle. A packed vector is stored whole and its unused end overwritten by the
// next, so the vector loop stops while a whole store still ends inside the output; unpack loads likewise.
import { Address, Count, Source } from './border';

/** Swizzle mask for bytes first..first+7 of a packed vector: byte j is byte j % width of word j / width. */
// @ts-ignore: decorator
@inline
function packMask(first: i32, width: i32, size: i32): i64 {
  let mask: i64 = 0;
  for (let j = 0; j < 8; j++) {
    const at = first + j;
    const source = (at / width) * size + (at % width);
    mask |= ((source < 16 ? source : 0x80) as i64) << (8 * j);
  }
  return mask;
}

/** Swizzle mask for bytes first..first+7 of an unpacked vector; bytes from `width` on are zero. */
// @ts-ignore: decorator
@inline
function unpackMask(first: i32, width: i32, size: i32): i64 {
  let mask: i64 = 0;
  for (let j = 0; j < 8; j++) {
    const at = first + j;
    const byte = at % size;
    mask |= ((byte < width ? (at / size) * width + byte : 0x80) as i64) << (8 * j);
  }
  return mask;
}

// @ts-ignore: decorator
@inline
function pack<T extends number>(out: usize, words: usize, n: i32, width: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const advance = (step * width) as usize;
  const mask = i64x2.replace_lane(
    i64x2.splat(packMask(0, width, sizeof<T>())),
    1,
    packMask(8, width, sizeof<T>()),
  );
  for (; n >= 4 * step && (n - 3 * step) * width >= 16; n -= 4 * step) {
    v128.store(out, v128.swizzle(v128.load(words, 0), mask));
    v128.store(out + advance, v128.swizzle(v128.load(words, 16), mask));
    v128.store(out + 2 * advance, v128.swizzle(v128.load(words, 32), mask));
    v128.store(out + 3 * advance, v128.swizzle(v128.load(words, 48), mask));
    out += 4 * advance;
    words += 64;
  }
  for (; n >= step && n * width >= 16; n -= step) {
    v128.store(out, v128.swizzle(v128.load(words), mask));
    out += advance;
    words += 16;
  }
  for (; n > 0; n--) {
    const word = load<T>(words) as i64;
    for (let b = 0; b < width; b++) store<u8>(out + (b as usize), (word >> (8 * b)) as u8);
    out += width as usize;
    words += sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function unpack<T extends number>(out: usize, bytes: usize, n: i32, width: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const advance = (step * width) as usize;
  const mask = i64x2.replace_lane(
    i64x2.splat(unpackMask(0, width, sizeof<T>())),
    1,
    unpackMask(8, width, sizeof<T>()),
  );
  for (; n >= 4 * step && (n - 3 * step) * width >= 16; n -= 4 * step) {
    v128.store(out, v128.swizzle(v128.load(bytes), mask), 0);
    v128.store(out, v128.swizzle(v128.load(bytes + advance), mask), 16);
    v128.store(out, v128.swizzle(v128.load(bytes + 2 * advance), mask), 32);
    v128.store(out, v128.swizzle(v128.load(bytes + 3 * advance), mask), 48);
    out += 64;
    bytes += 4 * advance;
  }
  for (; n >= step && n * width >= 16; n -= step) {
    v128.store(out, v128.swizzle(v128.load(bytes), mask));
    out += 16;
    bytes += advance;
  }
  for (; n > 0; n--) {
    let word: i64 = 0;
    for (let b = 0; b < width; b++) word |= (load<u8>(bytes + (b as usize)) as i64) << (8 * b);
    store<T>(out, word as T);
    out += sizeof<T>();
    bytes += width as usize;
  }
}

/** out (n * width bytes) = the low `width` bytes of each of n words; out may be `words`. */
export function pack32(out: Address, words: Source, n: Count, width: i32): void {
  pack<i32>(out, words, n, width);
}
export function pack64(out: Address, words: Source, n: Count, width: i32): void {
  pack<i64>(out, words, n, width);
}

/** out (n words) = n numbers of `width` bytes, zero-extended; not in place. */
export function unpack32(out: Address, bytes: Source, n: Count, width: i32): void {
  unpack<i32>(out, bytes, n, width);
}
export function unpack64(out: Address, bytes: Source, n: Count, width: i32): void {
  unpack<i64>(out, bytes, n, width);
}
