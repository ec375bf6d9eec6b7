import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropoutMask } from '../../src/model/dropout-mask.js';

const kept = (mask: Uint8Array): number => mask.reduce((sum, bit) => sum + bit, 0);

test('a mask drops the rate, within five standard errors', () => {
  const n = 100_000;
  for (const rate of [0.1, 0.5, 0.9]) {
    const mask = dropoutMask(1, 0, 0, n, rate);
    assert.ok(mask.every((bit) => bit === 0 || bit === 1));
    assert.ok(Math.abs(kept(mask) - (1 - rate) * n) < 5 * Math.sqrt(n * rate * (1 - rate)), `rate ${rate}`);
  }
  assert.is(kept(dropoutMask(1, 0, 0, n, 0)), n);
});

test('a mask is a function of seed, step and layer', () => {
  const mask = dropoutMask(1, 2, 3, 256, 0.5);
  assert.equal(dropoutMask(1, 2, 3, 256, 0.5), mask);
  for (const [seed, step, layer] of [
    [2, 2, 3],
    [1, 3, 3],
    [1, 2, 2],
    [1, 3, 2],
  ]) {
    const other = dropoutMask(seed, step, layer, 256, 0.5);
    const same = mask.filter((bit, i) => bit === other[i]).length;
    assert.ok(Math.abs(same - 128) < 40, 'half of two independent masks agrees');
  }
});

test('a smaller batch gets the beginning of the mask', () => {
  assert.equal(dropoutMask(1, 2, 3, 100, 0.5), dropoutMask(1, 2, 3, 256, 0.5).slice(0, 100));
});

test('a rate of 1 would drop everything', () => {
  assert.throws(() => dropoutMask(1, 2, 3, 4, 1), /rate must be 0 or more and below 1/);
});

test.run();
