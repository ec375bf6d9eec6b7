// The product b·x of a masked bit b = bit xor r_b and a masked word x = Δ - δ, without truncation: local given the
// dealt words r_b and r_b·δ, since r_b·x = r_b·Δ - r_b·δ and b·x = bit ? x - r_b·x : r_b·x.
import { Address, Count, Source } from '../border';
import { bitAt, chunkBytes, maskOfBits, read, shiftRight, splatBits, times, write } from '../parts/lanes';

/** One step, the bits of its lanes lowest in `bits`: p = rb·delta - rbd, out = bit ? x - p : p. */
// @ts-ignore: decorator
@inline
function step<T, L>(bits: v128, out: usize, delta: usize, x: usize, rb: usize, rbd: usize): void {
  const bit = maskOfBits<T>(bits);
  const p = v128.sub<T>(times<T>(read<T, L>(rb), read<T, L>(delta)), read<T, L>(rbd));
  const signed = v128.sub<T>(v128.xor(p, bit), bit); // bit ? -p : p
  write<T, L>(out, v128.add<T>(signed, v128.and(bit, read<T, L>(x))));
}

// @ts-ignore: decorator
@inline
function selectWords<T>(out: usize, bit: usize, delta: usize, x: usize, rb: usize, rbd: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const chunk = <i32>(8 * sizeof<T>());
  for (; n >= chunk; n -= chunk) {
    let bits = splatBits<T>(bit);
    for (const end = out + chunkBytes<T>(); out < end; ) {
      step<T, v128>(bits, out, delta, x, rb, rbd);
      bits = shiftRight<T>(bits, lanes);
      step<T, v128>(bits, out + 16, delta + 16, x + 16, rb + 16, rbd + 16);
      bits = shiftRight<T>(bits, lanes);
      step<T, v128>(bits, out + 32, delta + 32, x + 32, rb + 32, rbd + 32);
      bits = shiftRight<T>(bits, lanes);
      step<T, v128>(bits, out + 48, delta + 48, x + 48, rb + 48, rbd + 48);
      bits = shiftRight<T>(bits, lanes);
      out += 64;
      delta += 64;
      x += 64;
      rb += 64;
      rbd += 64;
    }
    bit += sizeof<T>();
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const o = i * sizeof<T>();
    step<T, T>(v128.splat<T>(bitAt<T>(bit, i)), out + o, delta + o, x + o, rb + o, rbd + o);
  }
}

/**
 * Party: share of b·x for a masked x: delta public, x its share of x, rb and rbd its shares of r_b and r_b·δ. `bit`
 * is a plane; `out` may be any of the word inputs.
 */
export function selectWords32(
  out: Address,
  bit: Source,
  delta: Source,
  x: Source,
  rb: Source,
  rbd: Source,
  n: Count,
): void {
  selectWords<i32>(out, bit, delta, x, rb, rbd, n);
}

export function selectWords64(
  out: Address,
  bit: Source,
  delta: Source,
  x: Source,
  rb: Source,
  rbd: Source,
  n: Count,
): void {
  selectWords<i64>(out, bit, delta, x, rb, rbd, n);
}
