import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { highBitsOps, highBytes } from '../../bindings/high-bits.js';
import {
  assertGuards,
  assertWords,
  guarded,
  kernels,
  LENGTHS,
  makeHeap,
  Random,
  RINGS,
  scoped,
  vector,
} from '../world/ring.js';

const heap = makeHeap();
const exported = kernels(heap);
const BLOCK = 128;

/** The packed bytes, from the definition: bits of each lane in full blocks, then one string of bits. */
function packed(numbers: readonly bigint[], bits: number, width: number): number[] {
  const lanes = 128 / bits;
  const out: number[] = [];
  const append = (strings: readonly (readonly bigint[])[], each: number) => {
    const joined = strings.map((string) =>
      string.reduce((sum, number, i) => sum | (number << BigInt(i * width)), 0n),
    );
    const total = Math.ceil((strings[0].length * width) / each);
    for (let unit = 0; unit < total; unit++) {
      for (const string of joined) {
        const word = BigInt.asUintN(each, string >> BigInt(unit * each));
        for (let b = 0; b < each; b += 8) out.push(Number((word >> BigInt(b)) & 255n));
      }
    }
  };
  const full = numbers.length - (numbers.length % BLOCK);
  for (let start = 0; start < full; start += BLOCK) {
    const block = numbers.slice(start, start + BLOCK);
    append(
      Array.from({ length: lanes }, (_, lane) => block.filter((_, i) => i % lanes === lane)),
      bits,
    );
  }
  if (full < numbers.length) append([numbers.slice(full)], 8);
  return out;
}

for (const bits of RINGS) {
  const ring = highBitsOps(exported, heap, bits);
  const lengths = [...LENGTHS, BLOCK, 2 * BLOCK, 2 * BLOCK + 9];

  test(`the top bits are packed, and added where the other bits are cleared, ${bits} bits`, () => {
    const random = new Random(bits);
    for (let width = 1; width <= bits; width++) {
      const drop = BigInt(bits - width);
      for (const n of lengths) {
        scoped(heap, () => {
          const words = random.words(bits, n);
          const x = vector(heap, bits, words);
          const bytes = highBytes(n, width);
          const dense = guarded(heap, bytes);
          ring.packHigh(dense, x, width);
          const numbers = words.map((w) => BigInt.asUintN(bits, w) >> drop);
          assert.equal(Array.from(heap.bytes(dense, bytes)), packed(numbers, bits, width), `${n}, ${width}`);
          assertGuards(heap, dense, bytes, `packHigh n = ${n}, width = ${width}`);

          const others = random.words(bits, n);
          const y = vector(heap, bits, others);
          ring.addHigh(y, dense, width);
          const sums = others.map((w, i) =>
            BigInt.asUintN(bits, ((BigInt.asUintN(bits, w) >> drop) + numbers[i]) << drop),
          );
          assertWords(heap, bits, y, sums, `addHigh n = ${n}, width = ${width}`);
          assertGuards(heap, y.ptr, (n * bits) / 8, 'addHigh');

          const z = vector(heap, bits, others);
          ring.addHigh(z, dense, width, true);
          const whole = others.map((w, i) => BigInt.asUintN(bits, w + (numbers[i] << drop)));
          assertWords(heap, bits, z, whole, `addHigh and keep, n = ${n}, width = ${width}`);
        });
      }
    }
  });

  test(`a mask loses its low bits after the offset, ${bits} bits`, () => {
    const random = new Random(bits + 1);
    for (const s of [1, 2, 12, bits - 2, bits - 1]) {
      for (const halves of [3, 4, 9]) {
        const words = random.words(bits, 37);
        scoped(heap, () => {
          const x = vector(heap, bits, words);
          ring.dropLow(x, s, halves);
          const expected = words.map((w) => {
            const negated = BigInt.asUintN(bits, (BigInt(halves) << BigInt(s - 1)) - w);
            return BigInt.asUintN(bits, -((negated >> BigInt(s)) << BigInt(s)));
          });
          assertWords(heap, bits, x, expected, `s = ${s}, halves = ${halves}`);
        });
      }
    }
  });

  test(`a width beyond the word is refused, ${bits} bits`, () => {
    const nothing = { ptr: 0, length: 0 };
    for (const width of [0, bits + 1, 1.5]) {
      assert.throws(() => ring.packHigh(0, nothing, width), /packHigh: width .* is not in 1\.\./);
      assert.throws(() => ring.addHigh(nothing, 0, width), /addHigh: width/);
    }
    assert.throws(() => ring.dropLow(nothing, 0, 3), /0 bits cannot be dropped/);
    assert.throws(() => ring.dropLow(nothing, bits, 3), /dropLow: width/);
  });
}

test.run();
