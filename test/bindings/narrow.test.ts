import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { narrowOps } from '../../bindings/narrow.js';
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

for (const bits of RINGS) {
  const ring = narrowOps(exported, heap, bits);

  test(`pack keeps the low bytes of each word and unpack zero-extends them, ${bits} bits`, () => {
    const random = new Random(bits);
    for (let width = 1; width <= bits / 8; width++) {
      for (const n of LENGTHS) {
        scoped(heap, () => {
          const words = random.words(bits, n);
          const x = vector(heap, bits, words);
          const dense = guarded(heap, n * width);
          ring.pack(dense, x, width);
          const expected = words.flatMap((w) =>
            Array.from({ length: width }, (_, b) => Number((w >> BigInt(8 * b)) & 255n)),
          );
          assert.equal(Array.from(heap.bytes(dense, n * width)), expected, `pack n = ${n}, width = ${width}`);
          assertGuards(heap, dense, n * width, `pack n = ${n}, width = ${width}`);

          const back = vector(heap, bits, random.words(bits, n));
          ring.unpack(back, dense, width);
          const low = words.map((w) => BigInt.asUintN(8 * width, w));
          assertWords(heap, bits, back, low, `unpack n = ${n}, width = ${width}`);

          ring.pack(x.ptr, x, width);
          assert.equal(Array.from(heap.bytes(x.ptr, n * width)), expected, `pack in place, width = ${width}`);
          assertGuards(heap, x.ptr, (n * bits) / 8, 'pack in place');
        });
      }
    }
  });

  test(`a width beyond the word is refused, ${bits} bits`, () => {
    for (const width of [0, bits / 8 + 1, 1.5]) {
      assert.throws(() => ring.pack(0, { ptr: 0, length: 0 }, width), /pack: width .* is not in 1\.\./);
      assert.throws(() => ring.unpack({ ptr: 0, length: 0 }, 0, width), /unpack: width/);
    }
  });
}

test.run();
