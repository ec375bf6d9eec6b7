/** Products with public numbers: all bits of the number that a product can show, right up to the edges of the range. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  publicFactor,
  publicFactors,
  timesPublic,
  timesPublicCost,
} from '../../src/protocol/public-factor.js';
import { RINGS } from '../world/ring.js';
import { inEverySetting, partiesOf } from '../world/settings.js';

test('a number is taken to a part in 2^f, from the largest down to 2^−(k − 1 − f)', () => {
  for (const bits of RINGS) {
    const { random } = partiesOf(2, bits);
    for (let fraction = 1; fraction <= bits / 2 - 2; fraction++) {
      const at = { bits, fraction };
      for (let i = 0; i < 300; i++) {
        const exponent = random.below(2 * bits - 2 - 2 * fraction) - (bits - 1 - fraction);
        const c = (1 + random.unit()) * 2 ** exponent * (random.below(2) ? 1 : -1);
        const { integer, shift } = publicFactor(c, at);
        const off = Math.abs(integer / 2 ** shift - c) / Math.abs(c);
        assert.ok(off <= 2 ** -fraction, `${c} in ring ${bits} with ${fraction} fraction bits: ${off}`);
        assert.ok(Number.isSafeInteger(integer) && shift <= bits - 2);
        assert.ok(shift <= 0 || integer % 2 !== 0);
        if (Math.abs(c) < 1) assert.ok(Math.abs(integer) <= 2 ** fraction);
      }
    }
  }
});

test('integers and powers of two are exact, and what is too small to follow is 0', () => {
  for (const bits of RINGS) {
    const at = { bits, fraction: bits === 32 ? 12 : 20 };
    for (const c of [0, 1, -3, 2 ** 17]) assert.equal(publicFactor(c, at), { integer: c, shift: 0 });
    for (let s = 1; s <= bits - 2; s++) {
      assert.equal(publicFactor(-(2 ** -s), at), { integer: -1, shift: s });
    }
    assert.equal(publicFactor(0.75, at), { integer: 3, shift: 2 });
    assert.is(publicFactor(2 ** -bits, at).integer, 0);
  }
});

test('the factors of a number leave out less than a unit of any product', () => {
  for (const bits of RINGS) {
    const { random } = partiesOf(2, bits);
    for (let fraction = 4; fraction <= bits / 2 - 2; fraction++) {
      const usual = fraction === (bits === 32 ? 12 : 20);
      for (let i = 0; i < 100; i++) {
        const exponent = random.below(bits - 2 - fraction) - 20;
        const c = (1 + random.unit()) * 2 ** exponent * (random.below(2) ? 1 : -1);
        const factors = publicFactors(c, { bits, fraction });
        const where = `${c} in ring ${bits} with ${fraction} fraction bits`;
        const left = factors.reduce((rest, { integer, shift }) => rest - integer / 2 ** shift, c);
        const most = 2 ** (bits - 2 - fraction) / Math.max(1, Math.abs(c));
        assert.ok(Math.abs(left) * most <= 1, `${where}: ${left}`);
        for (const { integer } of factors.slice(1)) assert.ok(Math.abs(integer) <= 2 ** fraction, where);
        if (usual) assert.ok(factors.length <= 2, `${where}: ${factors.length} factors`);
      }
      for (const c of [0.5, -0.75, 3, 0]) assert.is(publicFactors(c, { bits, fraction }).length, 1);
    }
  }
});

test('products are off by less than 2 units and a part in 2^(2f + 1), at every size of both', () => {
  inEverySetting((world, where) => {
    const { fraction } = world;
    const reach = world.bits - 2 - fraction;
    for (const c of [0.3, -0.7, 0.999, 1 - 2 ** -40, 1e-4, 3e-7, 1e-15, 1.1, -7.3, 1234.567]) {
      // |x| and |c·x| below 2^(k − 2 − 2f), the latter by a part in 2^f
      const most = Math.min(2 ** reach, (2 ** reach * (1 - 2 ** -fraction)) / Math.abs(c));
      const bits = Math.floor(Math.log2(most));
      const end = BigInt(Math.floor(most));
      const x = [...world.integers(bits, 60), end, -end, end - 1n];
      const masked = world.masked(x);
      const { results, cost } = world.run((rt, role) => timesPublic(rt, masked[role], c));
      assert.is(results[0].fraction, fraction);
      world.opened(results).forEach((product, i) => {
        const truth = Number(x[i]) * c;
        const off = Math.abs(Number(product) - truth);
        const room = 2 + Math.abs(truth) * 2 ** -(2 * fraction + 1) + 2 ** -6;
        assert.ok(off < room, `${where}: ${x[i]} · ${c} is off by ${off} units`);
      });
      assert.equal(cost, timesPublicCost(world.setting, x.length, fraction, c));
    }
  });
});

test('powers of two only round the last bit, and integers not at all', () => {
  inEverySetting((world, where) => {
    const x = world.integers(world.bits - 2, 90); // far beyond what can be multiplied
    const masked = world.masked(x);
    for (const s of [1, 2, 5]) {
      const halves = world.opened(world.run((rt, role) => timesPublic(rt, masked[role], 2 ** -s)).results);
      halves.forEach((half, i) => {
        const floor = x[i] >> BigInt(s);
        const exact = floor << BigInt(s) === x[i];
        assert.ok(half === floor || (!exact && half === floor + 1n), `${where}: ${x[i]} / ${2 ** s}`);
      });
    }
    const { results, cost } = world.run((rt, role) => timesPublic(rt, masked[role], -2));
    assert.equal(
      world.opened(results),
      x.map((value) => BigInt.asIntN(world.bits, -2n * value)),
    );
    assert.is(cost.rounds + cost.online + cost.dealt, 0);
  });
});

test('products below one unit are right on the average', () => {
  inEverySetting((world, where) => {
    const x = BigInt(Math.round(0.25 / 1e-4)); // a quarter of a unit
    const masked = world.masked(Array(4000).fill(x));
    const { results } = world.run((rt, role) => timesPublic(rt, masked[role], 1e-4));
    const ones = world.opened(results).reduce((a, b) => a + b, 0n);
    assert.ok(Math.abs(Number(ones) / 4000 - 0.25) < 0.04, `${where}: ${ones} of 4,000`);
  });
});

test.run();
