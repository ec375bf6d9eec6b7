// Boolean operations on whole planes. Sizes are in bytes, multiples of 16; `out` may be an input.
import { Address, Count, Source } from '../border';

/** out = a xor b. */
export function xor(out: Address, a: Source, b: Source, bytes: Count): void {
  let i: usize = 0;
  for (; i + 64 <= <usize>bytes; i += 64) {
    const p = v128.xor(v128.load(a + i), v128.load(b + i));
    const q = v128.xor(v128.load(a + i, 16), v128.load(b + i, 16));
    const r = v128.xor(v128.load(a + i, 32), v128.load(b + i, 32));
    const s = v128.xor(v128.load(a + i, 48), v128.load(b + i, 48));
    v128.store(out + i, p);
    v128.store(out + i, q, 16);
    v128.store(out + i, r, 32);
    v128.store(out + i, s, 48);
  }
  for (; i < <usize>bytes; i += 16) v128.store(out + i, v128.xor(v128.load(a + i), v128.load(b + i)));
}

/** out = a and b. */
export function and(out: Address, a: Source, b: Source, bytes: Count): void {
  let i: usize = 0;
  for (; i + 64 <= <usize>bytes; i += 64) {
    const p = v128.and(v128.load(a + i), v128.load(b + i));
    const q = v128.and(v128.load(a + i, 16), v128.load(b + i, 16));
    const r = v128.and(v128.load(a + i, 32), v128.load(b + i, 32));
    const s = v128.and(v128.load(a + i, 48), v128.load(b + i, 48));
    v128.store(out + i, p);
    v128.store(out + i, q, 16);
    v128.store(out + i, r, 32);
    v128.store(out + i, s, 48);
  }
  for (; i < <usize>bytes; i += 16) v128.store(out + i, v128.and(v128.load(a + i), v128.load(b + i)));
}

/** out = not a, the bits of values from n on included. */
export function not(out: Address, a: Source, bytes: Count): void {
  let i: usize = 0;
  for (; i + 64 <= <usize>bytes; i += 64) {
    const p = v128.not(v128.load(a + i));
    const q = v128.not(v128.load(a + i, 16));
    const r = v128.not(v128.load(a + i, 32));
    const s = v128.not(v128.load(a + i, 48));
    v128.store(out + i, p);
    v128.store(out + i, q, 16);
    v128.store(out + i, r, 32);
    v128.store(out + i, s, 48);
  }
  for (; i < <usize>bytes; i += 16) v128.store(out + i, v128.not(v128.load(a + i)));
}

/** Zeroes the bits of values from n on in each of `count` planes of `blocks` blocks; n <= 128·blocks. */
export function clearTail(plane: Address, n: Count, count: Count, blocks: Count): void {
  const stride = (<usize>blocks) << 4;
  const start = (<usize>n >> 6) << 3; // the 64-bit word of value n
  const keep = ((1 as u64) << ((n & 63) as u64)) - 1;
  if (start >= stride) return;
  for (let j = 0; j < count; j++) {
    store<u64>(plane + start, load<u64>(plane + start) & keep);
    for (let i = start + 8; i < stride; i += 8) store<u64>(plane + i, 0);
    plane += stride;
  }
}
