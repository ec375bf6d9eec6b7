/** The model owner's side: numbers to shares and back, and shares that say nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeWords, encodeWords, joinShares, splitForParties } from '../../src/session/owner.js';
import { RINGS } from '../world/ring.js';
import { irregularity } from '../world/statistics.js';

const fractionOf = (bits: 32 | 64) => (bits === 32 ? 12 : 20);

test('words are the nearest multiples of a unit, and back', () => {
  for (const bits of RINGS) {
    const f = fractionOf(bits);
    const unit = 2 ** -f;
    const numbers = [0, 1, -1, 0.5, -63.75, unit, -unit, 0.3 * unit, -0.6 * unit, 1 / 3];
    const words = encodeWords(bits, numbers, f);
    assert.equal([...words].slice(0, 5).map(Number), [0, 2 ** f, -(2 ** f), 2 ** (f - 1), -63.75 * 2 ** f]);
    decodeWords(words, f).forEach((value, i) => {
      assert.ok(Math.abs(value - numbers[i]) <= unit / 2, `${numbers[i]}, ring ${bits}`);
    });
  }
});

test('shares join to what was split, for 2 to 5 parties', () => {
  for (const bits of RINGS) {
    for (let parties = 2; parties <= 5; parties++) {
      const numbers = [0, 1.5, -1.5, 63, -63];
      const shares = splitForParties(bits, numbers, fractionOf(bits), parties);
      assert.is(shares.length, parties);
      assert.equal([...decodeWords(joinShares(bits, shares), fractionOf(bits))], numbers);
    }
  }
});

test('any shares but all of them are uniform, and new ones are drawn each time', () => {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      const split = () => splitForParties(bits, Array(20_000).fill(1.5), 12, parties);
      const [first, second] = [split(), split()];
      for (let left = 0; left < parties; left++) {
        const coalition = first.filter((_, i) => i !== left);
        const joined = new Uint8Array(joinShares(bits, coalition).buffer);
        assert.is(irregularity(joined, bits / 8), null, `ring ${bits}, without share ${left} of ${parties}`);
        const change = first[left].map((byte, i) => byte - second[left][i]);
        assert.is(irregularity(change, bits / 8), null, `ring ${bits}, against another split`);
      }
    }
  }
});

test('joining leaves the shares alone', () => {
  const shares = splitForParties(32, [1, 2], 12, 2);
  const before = shares.map((share) => share.slice());
  joinShares(32, shares);
  assert.equal(shares, before);
});

test.run();
