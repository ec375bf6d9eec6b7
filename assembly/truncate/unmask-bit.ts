// A product with a masked bit b = bit xor r_b from the product with its mask: b·x = bit ? x - r_b·x : r_b·x.
import { Address, Count, Source } from '../border';
import { bitAt, chunkBytes, maskOfBits, read, shiftRight, splatBits, write } from '../parts/lanes';

/** One step, the bits of its lanes lowest in `bits`: out = bit ? x - rx : rx. */
// @ts-ignore: decorator
@inline
function step<T, L>(bits: v128, out: usize, x: usize, rx: usize): void {
  const bit = maskOfBits<T>(bits);
  const signed = v128.sub<T>(v128.xor(read<T, L>(rx), bit), bit); // bit ? -rx : rx
  write<T, L>(out, v128.add<T>(signed, v128.and(bit, read<T, L>(x))));
}

// @ts-ignore: decorator
@inline
function unmaskBit<T>(out: usize, bit: usize, x: usize, rx: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const chunk = <i32>(8 * sizeof<T>());
  for (; n >= chunk; n -= chunk) {
    let bits = splatBits<T>(bit);
    for (const end = out + chunkBytes<T>(); out < end; ) {
      step<T, v128>(bits, out, x, rx);
      bits = shiftRight<T>(bits, lanes);
      out += 16;
      x += 16;
      rx += 16;
    }
    bit += sizeof<T>();
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const o = i * sizeof<T>();
    step<T, T>(v128.splat<T>(bitAt<T>(bit, i)), out + o, x + o, rx + o);
  }
}

/** Party: its share of b·x from its shares of x and of r_b·x. `bit` is a plane; `out` may be any of the words. */
export function unmaskBit32(out: Address, bit: Source, x: Source, rx: Source, n: Count): void {
  unmaskBit<i32>(out, bit, x, rx, n);
}

export function unmaskBit64(out: Address, bit: Source, x: Source, rx: Source, n: Count): void {
  unmaskBit<i64>(out, bit, x, rx, n);
}
