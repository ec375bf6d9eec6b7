/** relu: max(0, z / 2^s) with the coins of its rounding, and the bit that says where it is above 0. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import type { Share } from '../../src/party/values.js';
import { blind } from '../../src/protocol/open.js';
import { relu } from '../../src/protocol/relu.js';
import { joinedRelu, joins, type Relu } from '../../src/protocol/relu-joined.js';
import { max0 } from '../twins/clear.js';
import { inEverySetting, SIZES } from '../world/settings.js';

/** relu by s bits, and where there is one. */
interface Form {
  readonly name: string;
  readonly form: (rt: Runtime, z: Share, s: number) => Secure<Relu>;
  readonly has: (bits: number, s: number) => boolean;
}

const forms: readonly Form[] = [
  { name: 'relu', form: relu, has: () => true },
  {
    name: 'relu in fewer rounds',
    *form(rt, z, s) {
      return yield* joinedRelu(rt, yield* blind(rt, z, 'truncate', s), z, s);
    },
    has: joins,
  },
];

for (const { name, form, has } of forms) {
  test(`${name}: the value is max(0, truncated value) and the bit its sign, coin included`, () => {
    inEverySetting((world, where) => {
      for (const size of SIZES) {
        for (const settled of [true, false]) {
          const z = world.roundable(size, world.fraction);
          const shares = world.share(z, 2 * world.fraction, settled);
          const { results } = world.run((rt, role) => form(rt, shares[role], world.fraction));
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

  test(`${name}: values within one unit of 0 on either side, where the coin decides the sign`, () => {
    inEverySetting((world, where) => {
      const s = 6;
      const z = Array.from({ length: 4 * 64 * 8 }, (_, i) => BigInt((i % 256) - 128));
      const shares = world.share(z, world.fraction + s, false);
      const { results } = world.run((rt, role) => form(rt, shares[role], s));
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

  test(`${name}: every shift from 1 to k − 2 for which there is one`, () => {
    inEverySetting((world, where) => {
      for (let s = 1; s <= world.bits - 2; s++) {
        if (!has(world.bits, s)) continue;
        const z = world.roundable(40, s);
        const shares = world.share(z, world.fraction + s, false);
        const { results } = world.run((rt, role) => form(rt, shares[role], s));
        const expected = world.rounded(z, s).map(max0);
        assert.equal(world.opened(results.map(({ value }) => value)), expected, `${where}, ${s} bits`);
      }
    });
  });
}

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

test('in fewer rounds: one less, for 89 dealt bytes a value in ring 32 and 73 in ring 64, and a byte more in openings', () => {
  inEverySetting((world) => {
    const { bits, fraction } = world;
    const run = (form: Form) => {
      const shares = world.share(world.integers(bits - 2, 1280), 2 * fraction, false);
      return world.run((rt, role) => form.form(rt, shares[role], fraction)).cost;
    };
    const [usual, fewer] = forms.map(run);
    assert.is(fewer.rounds, usual.rounds - 1);
    assert.is(fewer.rounds, bits === 32 ? 3 : 4);
    const dealt = [usual, fewer].map((cost) => cost.dealt / 1280);
    assert.equal(dealt, bits === 32 ? [29.125, 118.375] : [52.25, 125.125]);
    const sent = [usual, fewer].map(({ online }) => (8 * online) / 1280 / (world.parties.length - 1));
    assert.equal(sent, bits === 32 ? [62, 70] : [141, 151]);
  });
});

test.run();
