import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixedOps } from '../../bindings/fixed.js';
import {
  assertGuards,
  assertWords,
  type Bits,
  guarded,
  kernels,
  LENGTHS,
  makeHeap,
  Random,
  RINGS,
  read,
  scoped,
  vector,
} from '../world/ring.js';

const heap = makeHeap();
const exported = kernels(heap);
const ops = { 32: fixedOps(exported, heap, 32), 64: fixedOps(exported, heap, 64) };

/** round(x) half to even, exactly. */
function roundEven(x: number): bigint {
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && BigInt(floor) % 2n !== 0n);
  return BigInt(floor) + (up ? 1n : 0n);
}

/** Encodes `values`; the words and what encode returned. */
function encode(bits: Bits, values: number[], f: number): [words: bigint[], invalid: number] {
  let result: [bigint[], number] = [[], 0];
  scoped(heap, () => {
    const input = heap.alloc(values.length * 8);
    heap.f64(input, values.length).set(values);
    const out = vector(
      heap,
      bits,
      values.map(() => 0n),
    );
    const invalid = ops[bits].encode(out, input, f);
    const words = read(heap, bits, out);
    assertWords(heap, bits, out, words, 'encode');
    result = [words, invalid];
  });
  return result;
}

for (const bits of RINGS) {
  test(`encode rounds x * 2^f to nearest, half to even, ${bits} bits`, () => {
    const random = new Random(bits);
    for (const n of LENGTHS) {
      for (const f of [0, 12, 13, 20]) {
        const values = Array.from({ length: n }, () => {
          const x = (random.unit() - 0.5) * 2 ** (bits - 1 - f);
          return random.below(3) === 0 ? (Math.floor(x) + 0.5) / 2 ** f : x;
        });
        const [words, invalid] = encode(bits, values, f);
        assert.is(invalid, -1);
        assert.equal(
          words,
          values.map((x) => roundEven(x * 2 ** f)),
          `n = ${n}, f = ${f}`,
        );
      }
    }
  });

  test(`encode accepts exactly the range of the ring, ${bits} bits`, () => {
    const f = 12;
    const bound = 2 ** (bits - 1 - f);
    const below = bits === 32 ? bound - 2 ** -f : bound * (1 - 2 ** -53);
    assert.equal(encode(bits, [-bound, below], f), [[-(1n << BigInt(bits - 1)), BigInt(below * 2 ** f)], -1]);
    for (const bad of [Number.NaN, Infinity, -Infinity, bound, -bound * 1.0001, 1e300]) {
      for (let at = 0; at < 11; at++) {
        const values = new Array<number>(11).fill(1.5);
        values[at] = bad;
        values[10] = bad;
        assert.is(encode(bits, values, f)[1], at, `${bad} at ${at}`);
      }
    }
  });

  test(`decode is x * 2^-f for every word, ${bits} bits`, () => {
    const random = new Random(3 + bits);
    for (const n of LENGTHS) {
      scoped(heap, () => {
        const words = random.words(bits, n);
        const out = guarded(heap, n * 8);
        ops[bits].decode(out, vector(heap, bits, words), 13);
        assert.equal(
          Array.from(heap.f64(out, n)),
          words.map((w) => Number(w) / 2 ** 13),
        );
        assertGuards(heap, out, n * 8, 'decode');
      });
    }
  });
}

test('fraction bits outside the ring are refused', () => {
  assert.throws(
    () => ops[32].encode({ ptr: 0, length: 0 }, 0, 32),
    /encode: 32 fraction bits are not in 0..31/,
  );
  assert.throws(
    () => ops[64].decode(0, { ptr: 0, length: 0 }, -1),
    /decode: -1 fraction bits are not in 0..63/,
  );
});

test.run();
