// The ChaCha stream cipher (D. J. Bernstein 2008) in the layout of RFC 8439: 256-bit key, 32-bit block counter,
// 96-bit nonce; 8, 12 or 20 rounds. Long streams take four blocks a pass, word i of all four in vector i; a
// last single block has its four rows in vectors. Time and addresses depend on sizes only.
import { put, putWithin } from './keystream';

// "expand 32-byte k"
const SIGMA0: i32 = 0x61707865;
const SIGMA1: i32 = 0x3320646e;
const SIGMA2: i32 = 0x79622d32;
const SIGMA3: i32 = 0x6b206574;

// @ts-ignore: decorator
@inline
function rotate(v: v128, r: i32): v128 {
  return v128.or(i32x4.shl(v, r), i32x4.shr_u(v, 32 - r));
}

/** Swizzle mask that rotates every 32-bit lane left by 16. */
// @ts-ignore: decorator
@inline
function left16Mask(): v128 {
  return i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

/** Swizzle mask that rotates every 32-bit lane left by 8. */
// @ts-ignore: decorator
@inline
function left8Mask(): v128 {
  return i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

/** Word i of four blocks in each argument: the four blocks' 16 bytes at `offset`. */
// @ts-ignore: decorator
@inline
function putColumns(mode: i32, out: usize, bytes: usize, offset: usize, w0: v128, w1: v128, w2: v128, w3: v128): void {
  const low01 = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7);
  const b0 = v128.shuffle<i64>(low01, low23, 0, 2);
  const b1 = v128.shuffle<i64>(low01, low23, 1, 3);
  const b2 = v128.shuffle<i64>(high01, high23, 0, 2);
  const b3 = v128.shuffle<i64>(high01, high23, 1, 3);
  if (bytes >= 256) {
    put(mode, out + offset, b0);
    put(mode, out + offset + 64, b1);
    put(mode, out + offset + 128, b2);
    put(mode, out + offset + 192, b3);
  } else {
    putWithin(mode, out, bytes, offset, b0);
    putWithin(mode, out, bytes, offset + 64, b1);
    putWithin(mode, out, bytes, offset + 128, b2);
    putWithin(mode, out, bytes, offset + 192, b3);
  }
}

/** Four blocks, counter .. counter + 3: their first `bytes` (at most 256) bytes go out. */
function fourBlocks(
  out: usize, bytes: usize, key: usize, n0: i32, n1: i32, n2: i32, counter: i32, rounds: i32, mode: i32,
): void {
  const left16 = left16Mask();
  const left8 = left8Mask();
  let x0 = i32x4.splat(SIGMA0);
  let x1 = i32x4.splat(SIGMA1);
  let x2 = i32x4.splat(SIGMA2);
  let x3 = i32x4.splat(SIGMA3);
  let x4 = v128.load32_splat(key, 0);
  let x5 = v128.load32_splat(key, 4);
  let x6 = v128.load32_splat(key, 8);
  let x7 = v128.load32_splat(key, 12);
  let x8 = v128.load32_splat(key, 16);
  let x9 = v128.load32_splat(key, 20);
  let x10 = v128.load32_splat(key, 24);
  let x11 = v128.load32_splat(key, 28);
  let x12 = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  let x13 = i32x4.splat(n0);
  let x14 = i32x4.splat(n1);
  let x15 = i32x4.splat(n2);
  for (let round = 0; round < rounds; round += 2) {
    // Quarter rounds of the four columns, interleaved.
    x0 = i32x4.add(x0, x4);
    x1 = i32x4.add(x1, x5);
    x2 = i32x4.add(x2, x6);
    x3 = i32x4.add(x3, x7);
    x12 = v128.swizzle(v128.xor(x12, x0), left16);
    x13 = v128.swizzle(v128.xor(x13, x1), left16);
    x14 = v128.swizzle(v128.xor(x14, x2), left16);
    x15 = v128.swizzle(v128.xor(x15, x3), left16);
    x8 = i32x4.add(x8, x12);
    x9 = i32x4.add(x9, x13);
    x10 = i32x4.add(x10, x14);
    x11 = i32x4.add(x11, x15);
    x4 = rotate(v128.xor(x4, x8), 12);
    x5 = rotate(v128.xor(x5, x9), 12);
    x6 = rotate(v128.xor(x6, x10), 12);
    x7 = rotate(v128.xor(x7, x11), 12);
    x0 = i32x4.add(x0, x4);
    x1 = i32x4.add(x1, x5);
    x2 = i32x4.add(x2, x6);
    x3 = i32x4.add(x3, x7);
    x12 = v128.swizzle(v128.xor(x12, x0), left8);
    x13 = v128.swizzle(v128.xor(x13, x1), left8);
    x14 = v128.swizzle(v128.xor(x14, x2), left8);
    x15 = v128.swizzle(v128.xor(x15, x3), left8);
    x8 = i32x4.add(x8, x12);
    x9 = i32x4.add(x9, x13);
    x10 = i32x4.add(x10, x14);
    x11 = i32x4.add(x11, x15);
    x4 = rotate(v128.xor(x4, x8), 7);
    x5 = rotate(v128.xor(x5, x9), 7);
    x6 = rotate(v128.xor(x6, x10), 7);
    x7 = rotate(v128.xor(x7, x11), 7);
    // Quarter rounds of the four diagonals.
    x0 = i32x4.add(x0, x5);
    x1 = i32x4.add(x1, x6);
    x2 = i32x4.add(x2, x7);
    x3 = i32x4.add(x3, x4);
    x15 = v128.swizzle(v128.xor(x15, x0), left16);
    x12 = v128.swizzle(v128.xor(x12, x1), left16);
    x13 = v128.swizzle(v128.xor(x13, x2), left16);
    x14 = v128.swizzle(v128.xor(x14, x3), left16);
    x10 = i32x4.add(x10, x15);
    x11 = i32x4.add(x11, x12);
    x8 = i32x4.add(x8, x13);
    x9 = i32x4.add(x9, x14);
    x5 = rotate(v128.xor(x5, x10), 12);
    x6 = rotate(v128.xor(x6, x11), 12);
    x7 = rotate(v128.xor(x7, x8), 12);
    x4 = rotate(v128.xor(x4, x9), 12);
    x0 = i32x4.add(x0, x5);
    x1 = i32x4.add(x1, x6);
    x2 = i32x4.add(x2, x7);
    x3 = i32x4.add(x3, x4);
    x15 = v128.swizzle(v128.xor(x15, x0), left8);
    x12 = v128.swizzle(v128.xor(x12, x1), left8);
    x13 = v128.swizzle(v128.xor(x13, x2), left8);
    x14 = v128.swizzle(v128.xor(x14, x3), left8);
    x10 = i32x4.add(x10, x15);
    x11 = i32x4.add(x11, x12);
    x8 = i32x4.add(x8, x13);
    x9 = i32x4.add(x9, x14);
    x5 = rotate(v128.xor(x5, x10), 7);
    x6 = rotate(v128.xor(x6, x11), 7);
    x7 = rotate(v128.xor(x7, x8), 7);
    x4 = rotate(v128.xor(x4, x9), 7);
  }
  x0 = i32x4.add(x0, i32x4.splat(SIGMA0));
  x1 = i32x4.add(x1, i32x4.splat(SIGMA1));
  x2 = i32x4.add(x2, i32x4.splat(SIGMA2));
  x3 = i32x4.add(x3, i32x4.splat(SIGMA3));
  putColumns(mode, out, bytes, 0, x0, x1, x2, x3);
  x4 = i32x4.add(x4, v128.load32_splat(key, 0));
  x5 = i32x4.add(x5, v128.load32_splat(key, 4));
  x6 = i32x4.add(x6, v128.load32_splat(key, 8));
  x7 = i32x4.add(x7, v128.load32_splat(key, 12));
  putColumns(mode, out, bytes, 16, x4, x5, x6, x7);
  x8 = i32x4.add(x8, v128.load32_splat(key, 16));
  x9 = i32x4.add(x9, v128.load32_splat(key, 20));
  x10 = i32x4.add(x10, v128.load32_splat(key, 24));
  x11 = i32x4.add(x11, v128.load32_splat(key, 28));
  putColumns(mode, out, bytes, 32, x8, x9, x10, x11);
  x12 = i32x4.add(x12, i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3)));
  x13 = i32x4.add(x13, i32x4.splat(n0));
  x14 = i32x4.add(x14, i32x4.splat(n1));
  x15 = i32x4.add(x15, i32x4.splat(n2));
  putColumns(mode, out, bytes, 48, x12, x13, x14, x15);
}

/** One block: its first `bytes` (at most 64) bytes go out. */
function oneBlock(
  out: usize, bytes: usize, key: usize, n0: i32, n1: i32, n2: i32, counter: i32, rounds: i32, mode: i32,
): void {
  const left16 = left16Mask();
  const left8 = left8Mask();
  const sigma = i32x4(SIGMA0, SIGMA1, SIGMA2, SIGMA3);
  const low = v128.load(key, 0);
  const high = v128.load(key, 16);
  const last = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(counter), 1, n0), 2, n1), 3, n2,
  );
  let a = sigma;
  let b = low;
  let c = high;
  let d = last;
  for (let round = 0; round < rounds; round += 2) {
    // Columns; then the rows turn so that the diagonals stand in columns, and turn back.
    a = i32x4.add(a, b);
    d = v128.swizzle(v128.xor(d, a), left16);
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = v128.swizzle(v128.xor(d, a), left8);
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    b = v128.shuffle<i32>(b, b, 1, 2, 3, 0);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 3, 0, 1, 2);
    a = i32x4.add(a, b);
    d = v128.swizzle(v128.xor(d, a), left16);
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = v128.swizzle(v128.xor(d, a), left8);
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    b = v128.shuffle<i32>(b, b, 3, 0, 1, 2);
    c = v128.shuffle<i32>(c, c, 2, 3, 0, 1);
    d = v128.shuffle<i32>(d, d, 1, 2, 3, 0);
  }
  putWithin(mode, out, bytes, 0, i32x4.add(a, sigma));
  putWithin(mode, out, bytes, 16, i32x4.add(b, low));
  putWithin(mode, out, bytes, 32, i32x4.add(c, high));
  putWithin(mode, out, bytes, 48, i32x4.add(d, last));
}

/**
 * The first `bytes` bytes of the keystream of (key, nonce n0 n1 n2) from block `counter` on, put into `out` by
 * `mode` (see keystream.ts). Any count for modes Set and Xor, whole words for the others. `key`: 32 bytes.
 */
export function chacha(
  out: usize, bytes: usize, key: usize, n0: i32, n1: i32, n2: i32, counter: i32, rounds: i32, mode: i32,
): void {
  while (bytes > 64) {
    fourBlocks(out, bytes, key, n0, n1, n2, counter, rounds, mode);
    if (bytes <= 256) return;
    out += 256;
    bytes -= 256;
    counter += 4;
  }
  if (bytes > 0) oneBlock(out, bytes, key, n0, n1, n2, counter, rounds, mode);
}
