/** Numbers of any count and kind of array become ring words, however many are taken at a time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '../../src/protocol/encode.js';
import { read } from '../world/ring.js';
import { inEverySetting } from '../world/settings.js';

/** Below, at and beyond what is taken at a time, and twice that. */
const COUNTS = [0, 1, 2 ** 14 - 1, 2 ** 14, 2 ** 14 + 1, 2 ** 15 + 5];

const numbersOf = (count: number): number[] => Array.from({ length: count }, (_, i) => (i % 2001) / 8 - 125);

test('numbers in lists and in typed arrays are rounded to the same words', () => {
  inEverySetting((world, where) => {
    const [rt] = world.roles;
    for (const count of COUNTS) {
      const numbers = numbersOf(count);
      const truth = numbers.map((number) => BigInt(Math.round(number * 2 ** rt.fraction)));
      for (const form of [numbers, Float32Array.from(numbers), Float64Array.from(numbers)]) {
        const before = rt.heap.liveBytes;
        const words = encode(rt, form);
        assert.equal(read(rt.heap, world.bits, words), truth, `${where}, ${count} numbers`);
        rt.free(words);
        assert.is(rt.heap.liveBytes, before);
      }
    }
  });
});

test('the first number that does not fit is named, wherever it stands', () => {
  inEverySetting((world) => {
    const [rt] = world.roles;
    for (const at of [0, 2 ** 14 - 1, 2 ** 14, 2 ** 15 + 3]) {
      const numbers = numbersOf(2 ** 15 + 5);
      numbers[at] = Number.NaN;
      numbers[2 ** 15 + 4] = 2 ** 70;
      assert.throws(() => encode(rt, numbers), new RegExp(`number ${at} is not finite`));
    }
  });
});

test.run();
