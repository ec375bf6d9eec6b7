/** mask, deal, settle: what each role holds, that the provider knows the sum, and that nothing else crosses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Planes, Words } from '../../bindings/memory.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Parties } from '../world/parties.js';
import { read } from '../world/ring.js';
import { inEverySetting, SIZES } from '../world/settings.js';

/** The sum of the parties' words and the provider's, as signed integers of `bits` bits. */
function sums(world: Parties, words: readonly { ptr: number; length: number }[], bits: number = world.bits) {
  const all = world.roles.map((rt, i) => read(rt.heap, world.bits, words[i]));
  const n = world.parties.length;
  return {
    parties: all[0].map((_, j) =>
      BigInt.asIntN(
        bits,
        all.slice(0, n).reduce((sum, share) => sum + share[j], 0n),
      ),
    ),
    provider: all[n].map((word) => BigInt.asIntN(bits, word)),
  };
}

/** What hides a share of zeros. */
function maskOf(rt: Runtime, size: number): Words {
  const { words, mask } = rt.settleAndMask(rt.settledShare(rt.isProvider ? null : rt.zeros(size), [size], 0));
  rt.free(words);
  return mask;
}

const planeBytes = (rt: Runtime, { ptr, count, blocks }: Planes): Uint8Array =>
  rt.heap.bytes(ptr, count * blocks * 16).slice();

const dealtBytes = (world: Parties): number => world.provider.ledger.totals().dealt;

test('a mask is the sum of what the parties draw; nothing is sent for it', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const before = dealtBytes(world);
      const { parties, provider } = sums(
        world,
        world.each((rt) => maskOf(rt, size)),
      );
      assert.equal(parties, provider, `${where}, ${size} words`);
      world.checkInStep();
      assert.is(dealtBytes(world), before);
    }
  });
});

test('a mask added in place is added to what was there', () => {
  inEverySetting((world, where) => {
    const there = world.random.words(world.bits, 129);
    const words = world.each((rt) => {
      const own = rt.first || rt.isProvider ? world.words(rt, there) : rt.zeros(129);
      rt.addMask(own);
      return own;
    });
    const { parties, provider } = sums(world, words);
    assert.equal(parties, provider, where);
    assert.not.equal(parties, there);
  });
});

test('dealt words are shares of what the provider computes, one word each to one party', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const values = world.random.words(world.bits, size);
      const before = dealtBytes(world);
      const words = world.each((rt) => rt.deal(size, () => world.words(rt, values)));
      assert.equal(sums(world, words), { parties: values, provider: values }, `${where}, ${size} words`);
      assert.is(dealtBytes(world) - before, (size * world.bits) / 8);
      world.checkInStep();
    }
  });
});

test('dealt words of a few bytes are shares in these bytes and cost no more', () => {
  inEverySetting((world, where) => {
    for (let width = 1; width <= world.bits / 8; width++) {
      const values = world.random.words(world.bits, 129);
      const before = dealtBytes(world);
      const words = world.each((rt) => rt.deal(129, () => world.words(rt, values), width));
      const low = values.map((value) => BigInt.asIntN(8 * width, value));
      assert.equal(
        sums(world, words, 8 * width),
        { parties: low, provider: low },
        `${where}, ${width} bytes`,
      );
      assert.is(dealtBytes(world) - before, 129 * width);
    }
  });
});

test('bit planes: masks and dealt ones are XOR shares of what the provider holds', () => {
  inEverySetting((world, where) => {
    const xor = (planes: readonly Planes[]) =>
      world.parties
        .map((rt, i) => planeBytes(rt, planes[i]))
        .reduce((sum, share) => sum.map((byte, j) => byte ^ share[j]));
    const masks = world.each((rt) => rt.maskPlanes(5, 3));
    const n = world.parties.length;
    assert.equal(xor(masks), planeBytes(world.provider, masks[n]), where);
    const value = Uint8Array.from({ length: 5 * 3 * 16 }, () => world.random.below(256));
    const before = dealtBytes(world);
    const dealt = world.each((rt) =>
      rt.dealPlanes(5, 3, () => {
        const planes = rt.planes(5, 3);
        rt.heap.bytes(planes.ptr, value.length).set(value);
        return planes;
      }),
    );
    assert.equal(xor(dealt), value, where);
    assert.equal(planeBytes(world.provider, dealt[n]), value);
    assert.is(dealtBytes(world) - before, value.length);
  });
});

test('a correction goes to the party that was sent least, of several to the last; on one line all go there', () => {
  const sizes = [5, 2, 4, 1, 1, 9, 1];
  for (const [parties, oneLine, expected] of [
    [2, false, [1, 0, 0, 1, 1, 0, 1]],
    [3, false, [2, 1, 0, 1, 1, 1, 0]],
    [2, true, [1, 1, 1, 1, 1, 1, 1]],
  ] as const) {
    const world = new Parties({ parties, bits: 32, oneLine });
    const names = world.parties.map(({ name }) => name);
    const sent: [number, number][] = [];
    world.post.watch = (from, to, bytes) => {
      if (from === 'provider') sent.push([names.indexOf(to), bytes.length]);
    };
    for (const [i, size] of sizes.entries()) {
      const values = world.random.words(32, size);
      const made = (rt: Runtime) => rt.deal(size, () => world.words(rt, values), i === 3 ? 2 : 4);
      const low = i === 3 ? 16 : 32;
      assert.equal(
        sums(world, world.each(made), low).parties,
        values.map((value) => BigInt.asIntN(low, value)),
      );
    }
    assert.equal(
      sent,
      sizes.map((size, i) => [expected[i], size * (i === 3 ? 2 : 4)]),
    );
    for (const [i, rt] of world.parties.entries()) {
      const own = sent.filter(([to]) => to === i).reduce((sum, [, bytes]) => sum + bytes, 0);
      assert.equal([rt.ledger.totals().dealt, world.provider.lines[i]], [own, own]);
    }
  }
});

test('only the provider computes what is dealt', () => {
  inEverySetting((world) => {
    const computed: string[] = [];
    world.each((rt) =>
      rt.deal(1, () => {
        computed.push(rt.name);
        return rt.zeros(1);
      }),
    );
    assert.equal(computed, ['provider']);
  });
});

test('a dealt value of another size than declared is a mistake in the program', () => {
  inEverySetting((world) => {
    const { provider } = world;
    assert.throws(() => provider.deal(2, () => provider.zeros(3)), /3 words computed, 2 declared/);
    assert.throws(
      () => provider.dealPlanes(2, 1, () => provider.planes(1, 1)),
      /1 planes of 1 blocks, expected 2 of 1/,
    );
  });
});

test('nothing is drawn twice: successive masks and dealt shares have no word in common', () => {
  inEverySetting((world, where) => {
    const seen = new Set<string>();
    for (let time = 0; time < 3; time++) {
      for (const words of [
        world.each((rt) => maskOf(rt, 300)),
        world.each((rt) => rt.deal(300, () => rt.zeros(300))),
      ]) {
        for (const [i, rt] of world.parties.entries()) {
          const bytes = rt.heap.bytes(words[i].ptr, 300 * rt.ring.bytes);
          // pairs of words: 64 bits or more, which do not meet by chance
          for (let at = 0; at < bytes.length; at += 16) {
            const pair = Buffer.from(bytes.subarray(at, at + 16)).toString('hex');
            assert.not(seen.has(pair), where);
            seen.add(pair);
          }
        }
      }
    }
  });
});

test('numbers of parties, first and last, and the provider beyond them', () => {
  inEverySetting((world) => {
    const n = world.parties.length;
    assert.equal(
      world.roles.map((rt) => rt.index),
      Array.from({ length: n + 1 }, (_, i) => i),
    );
    assert.equal(
      world.roles.map((rt) => rt.first),
      world.roles.map((_, i) => i === 0),
    );
    assert.equal(
      world.roles.map((rt) => rt.last),
      world.roles.map((_, i) => i === n - 1),
    );
    assert.equal(
      world.roles.map((rt) => rt.isProvider),
      world.roles.map((_, i) => i === n),
    );
  });
});

test('freeing takes every kind of value, and a null', () => {
  inEverySetting((world) => {
    const before = world.roles.map((rt) => rt.heap.liveBytes);
    const values = [world.share([1n], 0, false), world.masked([1n]), world.maskedBits([1])];
    world.roles.forEach((rt, i) => {
      rt.free(null, ...values.map((kind) => kind[i]), rt.words(3), rt.planes(1, 1));
    });
    assert.equal(
      world.roles.map((rt) => rt.heap.liveBytes),
      before,
    );
  });
});

test.run();
