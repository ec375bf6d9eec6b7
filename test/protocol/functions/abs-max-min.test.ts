/** abs, maximum, minimum and isZero: exact for every number of the ring that they claim. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { abs, maximum, minimum } from '../../../src/protocol/abs-max-min.js';
import { isZero } from '../../../src/protocol/equal.js';
import { inEverySetting } from '../../world/settings.js';

const COUNT = 301;

test('abs of all numbers of the ring', () => {
  inEverySetting((world, where) => {
    const values = world.integers(world.bits - 1, COUNT);
    const x = world.masked(values);
    const { results, cost } = world.run((rt, role) => abs(rt, x[role]));
    const magnitudes = values.map((value) => (value < 0n ? -value : value));
    assert.equal(world.opened(results), magnitudes, where);
    assert.is(cost.rounds, world.bits === 32 ? 3 : 4);
  });
});

test('maximum and minimum of all numbers whose difference the ring holds', () => {
  inEverySetting((world, where) => {
    const [a, b] = [1, 2].map(() => world.integers(world.bits - 2, COUNT));
    b.splice(0, 20, ...a.slice(0, 20)); // equal ones among them
    const [x, y] = [world.masked(a), world.masked(b)];
    const larger = world.run((rt, role) => maximum(rt, x[role], y[role]));
    const smaller = world.run((rt, role) => minimum(rt, x[role], y[role]));
    assert.equal(
      world.opened(larger.results),
      a.map((value, i) => (value > b[i] ? value : b[i])),
      where,
    );
    assert.equal(
      world.opened(smaller.results),
      a.map((value, i) => (value < b[i] ? value : b[i])),
      where,
    );
  });
});

test('isZero: true of 0 alone, in 2 rounds', () => {
  inEverySetting((world, where) => {
    const width = Math.min(world.bits, 48);
    const powers = Array.from({ length: width - 1 }, (_, i) => 1n << BigInt(i));
    const values = [0n, ...powers, ...powers.map((power) => -power), ...world.integers(width - 1, COUNT)];
    const x = world.masked(values);
    const { results, cost } = world.run((rt, role) => isZero(rt, x[role]));
    assert.equal(
      world.bitsOf(results),
      values.map((value) => (value === 0n ? 1 : 0)),
      where,
    );
    assert.is(cost.rounds, 2);
  });
});

test.run();
