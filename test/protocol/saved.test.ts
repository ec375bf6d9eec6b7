/** What a party keeps of a value: it comes back bit for bit, costs what is declared, and says nothing by itself. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import type { Runtime } from '../../src/party/runtime.js';
import type { Masked, Share } from '../../src/party/values.js';
import { constant } from '../../src/protocol/public-terms.js';
import { publicNumber, restored, sameEverywhere, saved } from '../../src/protocol/saved.js';
import { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';
import { inEverySetting, SIZES } from '../world/settings.js';
import { irregularity } from '../world/statistics.js';

/** A value's bytes at every role. */
const savedAt = (world: Parties, values: readonly (Masked | Share)[]): (Uint8Array | null)[] =>
  world.each((rt, role) => saved(rt, values[role]));

test('a masked value and a share come back bit for bit, and stay what they are', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const x = world.integers(world.bits - 1, size);
      const kinds: Record<string, [Masked[] | Share[], (values: never) => bigint[]]> = {
        masked: [world.masked(x), (values) => world.opened(values)],
        settled: [world.share(x), (values) => world.joined(values)],
        'a summand at the provider': [
          world.share(x, world.fraction, false),
          (values) => world.joined(values),
        ],
      };
      for (const [name, [values, read]] of Object.entries(kinds)) {
        const bytes = savedAt(world, values);
        assert.is(bytes[world.parties.length], null, 'the provider keeps nothing');
        const back = world.each((rt, role) => restored(rt, bytes[role], [size], world.fraction));
        assert.equal(world.joined(back), x, `${where}, ${size}: ${name}`);
        assert.equal(read(values as never), x, `${where}, ${size}: ${name} stays`);
      }
    }
  });
});

test('bytes of another size are refused, and so is a share that is not settled', () => {
  inEverySetting((world) => {
    const [party] = world.parties;
    assert.throws(() => restored(party, new Uint8Array(3), [2], 0), /3 bytes for 2 words/);
    assert.throws(() => restored(party, null, [2], 0), /0 bytes for 2 words/);
    const [share] = world.share([1n], 0, false);
    assert.throws(() => party.refresh(share), /must be settled first/);
  });
});

for (const bits of RINGS) {
  for (const parties of [2, 3]) {
    test(`what any party keeps is uniform, of public numbers too: ring ${bits}, ${parties} parties`, () => {
      const world = new Parties({ parties, bits });
      const zeros = Array.from({ length: 5000 }, () => 0n);
      // a model's initial weights: P₀ holds them, the others zeros
      const clear = world.each((rt) => constant(rt, world.words(rt, zeros), [zeros.length], 0));
      const bytes = savedAt(world, clear);
      for (const [i, own] of bytes.slice(0, parties).entries()) {
        assert.is(irregularity(own as Uint8Array, bits / 8), null, `party ${i}`);
      }
      const again = savedAt(world, clear);
      for (let i = 0; i < parties; i++) assert.not.equal(again[i], bytes[i], 'and fresh each time');
    });
  }
}

test('what a party keeps is no function of the masks that the provider knows', () => {
  for (const bits of RINGS) {
    // every party's seed with the provider is the same in both worlds; those among the parties are not
    const kept = [1, 2].map((seed) => {
      const providerSeed = (party: number) => new Uint8Array(32).fill(party + 1);
      const world = new Parties({ parties: 2, bits, seed, providerSeed });
      const x = Array.from({ length: 64 }, (_, i) => BigInt(i));
      const masks = world.each((rt) => {
        const mask = rt.zeros(64);
        rt.addMask(mask);
        return mask;
      });
      const known = world.parties.map((rt, i) => rt.heap.bytes(masks[i].ptr, (64 * bits) / 8).slice());
      const values = world.each((rt) => constant(rt, world.words(rt, x), [64], 0));
      return { known, bytes: savedAt(world, values) };
    });
    assert.equal(kept[0].known, kept[1].known, 'the provider knows as much of both');
    for (const party of [0, 1]) assert.not.equal(kept[0].bytes[party], kept[1].bytes[party]);
  }
});

test('a public number is the same at parties and provider, and another each time', () => {
  inEverySetting((world, where) => {
    const draw = () => world.run((rt) => publicNumber(rt, 'number')).results;
    const [first, second] = [draw(), draw()];
    for (const number of first) assert.equal(number, first[0], where);
    assert.not.equal(first[0], second[0], where);
    assert.ok(first[0].some((byte) => byte !== 0));
  });
});

test('parties that bring different numbers end by name, whoever it is; those that bring one go on', () => {
  for (const parties of [2, 3]) {
    for (let odd = 0; odd < parties; odd++) {
      const world = new Parties({ parties, bits: 32 });
      const same = (rt: Runtime) => Uint8Array.from({ length: 16 }, (_, i) => (rt.isProvider ? 0 : i + 1));
      world.run((rt) => sameEverywhere(rt, same(rt), 'here'));
      const different = (rt: Runtime) =>
        same(rt).map((byte, i) => byte ^ Number(rt.index === odd && i === 15));
      try {
        world.run((rt) => sameEverywhere(rt, different(rt), 'here'));
        assert.unreachable('they went on');
      } catch (error) {
        assert.instance(error, ProtocolError);
        assert.match(
          (error as Error).message,
          /^here: (alice|bob|carol) and (alice|bob|carol) bring different runs$/,
        );
      }
    }
  }
});

test.run();
