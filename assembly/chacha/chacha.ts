// The ChaCha stream cipher (D. J. Bernstein 2008) in the layout of RFC 8439: 256-bit key, 32-bit block
// counter, 96-bit nonce; 8, 12 or 20 rounds. Long streams take four blocks a pass (four-blocks.ts); a last
// single block has its four rows in vectors. Time and addresses depend on sizes only.
import { Address, Size, Source } from '../border';
import { fourBlocks } from './parts/four-blocks';
import { left16Mask, left8Mask, rotate, SIGMA0, SIGMA1, SIGMA2, SIGMA3 } from './parts/rotations';
import { putWithin } from './parts/stream-mode';

/** One block: its first `bytes` (at most 64) bytes go out. */
function oneBlock(
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
  const sigma = i32x4(SIGMA0, SIGMA1, SIGMA2, SIGMA3);
  const low = v128.load(key, 0);
  const high = v128.load(key, 16);
  const last = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(counter), 1, n0), 2, n1),
    3,
    n2,
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
 * The first `bytes` bytes of the keystream of (key, nonce n0 n1 n2) from block `counter` on, put into `out`
 * by `mode` (see stream-mode.ts). Any count for modes Set and Xor, whole words for the others. `key`: 32 bytes.
 */
export function chacha(
  out: Address,
  bytes: Size,
  key: Source,
  n0: i32,
  n1: i32,
  n2: i32,
  counter: i32,
  rounds: i32,
  mode: i32,
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
