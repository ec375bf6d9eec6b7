/** Packed numbers are added as they arrive, in pieces of any length, to no word but their own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { highBytes } from '../../bindings/high-bits.js';
import { createRing } from '../../bindings/ring.js';
import { lowBits, PackedArrival } from '../../src/party/packed.js';
import {
  assertGuards,
  assertWords,
  kernels,
  makeHeap,
  Random,
  RINGS,
  scoped,
  vector,
} from '../world/ring.js';
import { wordsOf } from '../world/roles.js';

const heap = makeHeap();
const exported = kernels(heap);

for (const bits of RINGS) {
  const ring = createRing(exported, heap, bits);

  test(`whatever the pieces, the words are the sums of the top bits, ring ${bits}`, () => {
    const random = new Random(bits);
    for (const width of [1, 2, 7, 8, 12, 20, bits - 1, bits]) {
      const drop = BigInt(bits - width);
      for (const length of [1, 40, 126, 127, 128, 129, 255, 256, 700]) {
        for (const keep of [false, true]) {
          const most = [64, 200, 4096][random.below(3)];
          scoped(heap, () => {
            const [own, theirs] = [random.words(bits, length), random.words(bits, length)];
            const [words, sent] = [vector(heap, bits, own), vector(heap, bits, theirs)];
            const bytes = highBytes(length, width);
            const packed = heap.alloc(bytes);
            ring.packHigh(packed, sent, width);
            const arrival = new PackedArrival(ring, heap, { words, width, keep });
            for (let at = 0; at < bytes; ) {
              const piece = Math.min(bytes - at, 1 + random.below(most));
              arrival.take(packed + at, at, piece);
              at += piece;
            }
            const where = `${length} numbers of ${width} bits, ${keep ? 'kept' : 'cleared'}`;
            const high = (word: bigint) => (BigInt.asUintN(bits, word) >> drop) << drop;
            const expected = own.map((word, i) =>
              BigInt.asUintN(bits, (keep ? word : high(word)) + high(theirs[i])),
            );
            assertWords(heap, bits, words, expected, where);
            assertGuards(heap, words.ptr, (length * bits) / 8, where);
          });
        }
      }
    }
  });

  test(`what is not sent of words are their low bits, unless they are the result's, ring ${bits}`, () => {
    const words = vector(heap, bits, [-1n, 5n]);
    const s = 11;
    const low = lowBits(ring, heap, { words, width: bits - s, keep: false });
    assert.equal(wordsOf(bits, low as Uint8Array), [2n ** BigInt(s) - 1n, 5n]);
    assert.is(lowBits(ring, heap, { words, width: bits - s, keep: true }), null);
  });
}

test.run();
