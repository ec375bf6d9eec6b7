// Four ChaCha blocks at once: word i of all four in vector i, so that a quarter round is four lanes wide and
// the blocks are transposed only on their way out.
import { left16Mask, left8Mask, rotate, SIGMA0, SIGMA1, SIGMA2, SIGMA3 } from './rotations';
import { put, putWithin } from './stream-mode';

/** Word i of four blocks in each argument: the four blocks' 16 bytes at `offset`. */
// @ts-ignore: decorator
@inline
function putColumns(
  mode: i32,
  out: usize,
  bytes: usize,
  offset: usize,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
): void {
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
export function fourBlocks(
  out: usize,
  bytes: usize,
  key: usize,
  n0: i32,
  n1: i32,
  n2: i32,
  counter: i32,
  rounds: i32,
  mode: i32,
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
  // Two double rounds a turn (8, 12 and 20 are multiples of four): a turn of the loop moves the whole state between
  // registers, which costs 6 % of the stream's rate when it is done after each.
  for (let round = 0; round < rounds; round += 4) {
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
