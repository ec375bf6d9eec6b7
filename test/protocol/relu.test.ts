/** relu: max(0, z / 2^s) with the coins of its rounding, and the bit that says where it is above 0. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { relu } from '../../src/protocol/relu.js';
import { max0 } from '../twins/clear.js';
import { inEverySetting, SIZES } from '../world/settings.js';

test('the value is max(0, truncated value) and the bit its sign, coin included', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      for (const settled of [true, false]) {
        const z = world.roundable(size, world.fraction);
        const shares = world.share(z, 2 * world.fraction, settled);
        const { results } = world.run((rt, role) => relu(rt, shares[role]));
        const truncated = world.rounded(z, world.fraction);
        const what = `${where}, ${size} values, ${settled ? '' : 'un'}settled`;
        assert.equal(world.opened(results.map(({ value }) => value)), truncated.map(max0), what);
        const bits = world.bitsOf(results.map(({ positive }) => positive));
        assert.equal(
          bits,
          truncated.map((value) => (value > 0n ? 1 : 0)),
          what,
        );
        assert.is(results[0].value.fraction, world.fraction);
      }
    }
  });
});

test('values within one unit of 0 on either side, where the coin decides the sign', () => {
  inEverySetting((world, where) => {
    const s = 6;
    const z = Array.from({ length: 4 * 64 * 8 }, (_, i) => BigInt((i % 256) - 128));
    const shares = world.share(z, world.fraction + s, false);
    const { results } = world.run((rt, role) => relu(rt, shares[role]));
    const truncated = world.rounded(z, s);
    assert.equal(world.opened(results.map(({ value }) => value)), truncated.map(max0), where);
    const bits = world.bitsOf(results.map(({ positive }) => positive));
    assert.equal(
      bits,
      truncated.map((value) => (value > 0n ? 1 : 0)),
      where,
    );
    const raised = z.filter((word, i) => word > 0n && word < 64n && truncated[i] === 1n).length;
    assert.ok(raised > 100, 'the coin has lifted many values from 0 to 1');
  });
});

test('every shift from 1 to k − 2', () => {
  inEverySetting((world, where) => {
    for (let s = 1; s <= world.bits - 2; s++) {
      const z = world.roundable(40, s);
      const shares = world.share(z, world.fraction + s, false);
      const { results } = world.run((rt, role) => relu(rt, shares[role], s));
      const expected = world.rounded(z, s).map(max0);
      assert.equal(world.opened(results.map(({ value }) => value)), expected, `${where}, ${s} bits`);
    }
  });
});

test('ring 32 with 12 fraction bits: 4 rounds, and exactly 62 opened bits a value', () => {
  inEverySetting((world) => {
    if (world.bits !== 32) return;
    const shares = world.share(world.integers(30, 1280), 24, false);
    const { cost } = world.run((rt, role) => relu(rt, shares[role]));
    assert.is(cost.rounds, 4);
    const peers = world.parties.length - 1;
    assert.is((cost.online * 8) / 1280 / peers, 62);
  });
});

test.run();
