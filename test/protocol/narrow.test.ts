/**
 * Narrow rounding: z / 2^s with coins that the roles hold, one each: the exact function, its error, bias and variance up to
 * the largest magnitude, what is opened for it; and that coins are fresh, so that a rounding says nothing of how a product
 * was made.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../../src/party/runtime.js';
import { largestBlinded } from '../../src/protocol/largest-blinded.js';
import { multiply } from '../../src/protocol/multiply.js';
import { blind } from '../../src/protocol/open.js';
import { rescaleNarrow, truncateNarrow } from '../../src/protocol/truncate.js';
import { roundWithCoins } from '../twins/clear.js';
import { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';
import { wordsOf } from '../world/roles.js';
import { inEverySetting, SIZES } from '../world/settings.js';

/** The value under its mask, and as a share. */
function roundings(world: Parties, z: readonly bigint[], s: number, settled: boolean) {
  const [first, second] = [1, 2].map(() => world.share(z, 2 * world.fraction, settled));
  const rescaled = world.opened(world.run((rt, role) => rescaleNarrow(rt, first[role], s)).results);
  assert.equal(rescaled, world.rounded(z, s), `rescaled by ${s} bits`);
  const truncated = world.joined(world.run((rt, role) => truncateNarrow(rt, second[role], s)).results);
  assert.equal(truncated, world.rounded(z, s), `truncated by ${s} bits`);
  return rescaled;
}

test('the result is ⌊z / 2^s + (n + 1)/2 − Σ coins⌋, for every shift and size, up to the largest magnitude', () => {
  inEverySetting((world) => {
    for (let s = 1; s <= world.bits - 2; s++) {
      for (const size of [7, 12, 24].includes(s) ? SIZES : [40]) {
        for (const settled of [true, false]) roundings(world, world.roundable(size, s), s, settled);
      }
    }
  });
});

test('each party keeps coins of s bits, that it sends to nobody', () => {
  inEverySetting((world, where) => {
    const s = world.fraction;
    world.forget();
    roundings(world, world.roundable(128, s), s, false);
    for (const { name } of world.parties) {
      const entry = world.seen.find((seen) => seen.party === name && seen.label === 'truncate');
      const coins = wordsOf(world.bits, entry?.coins ?? new Uint8Array(0));
      assert.is(coins.length, 128, where);
      assert.ok(coins.every((coin) => coin < 1n << BigInt(s)) && new Set(coins).size > 100, where);
      assert.is(entry?.opened.length, (128 * (world.bits - s)) / 8, 'what is opened are the other bits');
    }
  });
});

test('errors stay below (n + 1)/2 units, have no bias, and a variance of (n + 1)/12', () => {
  inEverySetting((world, where) => {
    const s = world.fraction;
    const count = 20_000;
    const n = world.parties.length;
    for (const magnitude of [0n, 1n << BigInt(s), world.largest(s)]) {
      const z = Array.from({ length: count }, (_, i) => {
        const part = magnitude === 0n ? 0n : (magnitude * BigInt(world.random.below(2 ** 20))) >> 20n;
        return (i % 4 < 2 ? magnitude : part) * (i % 2 ? 1n : -1n);
      });
      const shares = world.share(z, 2 * s, false);
      const values = world.opened(world.run((rt, role) => rescaleNarrow(rt, shares[role])).results);
      let [sum, squares] = [0, 0];
      z.forEach((word, i) => {
        const error = Number((values[i] << BigInt(s)) - word) / 2 ** s;
        assert.ok(Math.abs(error) < (n + 1) / 2, `${where}, |z| ≤ ${magnitude}: ${error} units`);
        sum += error;
        squares += error ** 2;
      });
      const variance = (n + 1) / 12;
      const what = `${where}, |z| ≤ ${magnitude}`;
      const bias = sum / Math.sqrt(count * variance);
      assert.ok(Math.abs(bias) < 5, `${what}: the mean is ${bias} standard deviations off`);
      // of a bell-like distribution a sample's variance scatters by less than √(2 / count)
      const scatter = Math.abs(squares / count / variance - 1) * Math.sqrt(count / 2);
      assert.ok(scatter < 6, `${what}: a variance of ${squares / count}, not ${variance}`);
    }
  });
});

test('rescaling opens k bits a value in all, and deals a word and s bits in bytes', () => {
  inEverySetting((world) => {
    const s = world.fraction;
    const shares = world.share(world.roundable(1280, s), 2 * s, false);
    const { cost } = world.run((rt, role) => rescaleNarrow(rt, shares[role]));
    const peers = world.parties.length - 1;
    const bytes = world.bits / 8;
    assert.equal(cost, {
      rounds: 2,
      online: 1280 * bytes * peers,
      dealt: 1280 * (bytes + Math.ceil(s / 8)),
    });
  });
});

test('the largest of blinded values is the largest rounded one; of equal values the first wins', () => {
  inEverySetting((world, where) => {
    const s = world.fraction;
    for (const entrants of [1, 2, 3, 4, 5, 9]) {
      const size = 130;
      const z = world.roundable(entrants * size, s);
      const shares = world.share(z, 2 * s, false);
      const { results } = world.run(function* (rt, role) {
        const c = yield* blind(rt, shares[role], 'truncate', s);
        const parts = Array.from({ length: entrants }, (_, i) => rt.copy(rt.part(c, i * size, size)));
        return yield* largestBlinded(rt, parts, s);
      });
      const rounded = world.rounded(z, s);
      const places = Array.from({ length: size }, (_, i) =>
        Array.from({ length: entrants }, (_, j) => rounded[j * size + i]),
      );
      const [masks, ...opened] = results.toReversed().map(({ largest }, i) => {
        const rt = world.roles[world.roles.length - 1 - i];
        return wordsOf(world.bits, rt.heap.bytes(largest.ptr, size * rt.ring.bytes));
      });
      const found = opened[0].map((word, i) => BigInt.asIntN(world.bits, word - masks[i]) >> BigInt(s));
      const what = `${where}, ${entrants} values`;
      assert.equal(
        found,
        places.map((values) => values.reduce((most, value) => (value > most ? value : most))),
        what,
      );
      const [{ stages }] = results;
      const bits = stages.map((_, stage) => world.bitsOf(results.map((own) => own.stages[stage].bits)));
      const winners = places.map((values, i) => {
        let left = values.map((_, j) => j);
        bits.forEach((bit) => {
          const pairs = Math.floor(left.length / 2);
          const next = Array.from({ length: pairs }, (_, p) => left[2 * p + bit[p * size + i]]);
          left = left.length % 2 ? [...next, left[left.length - 1]] : next;
        });
        return left[0];
      });
      places.forEach((values, i) => {
        assert.is(winners[i], values.indexOf(found[i]), what);
      });
    }
  });
});

/**
 * Products of one value, x·y or y·x, are rounded and revealed, and all parties but the last guess which it was: a guess gives
 * the masks that they do not hold, and with them the last party's summand of the product. Its low bits would be its coin if
 * it had no fresh one.
 * @returns how often the rounding is what the right guess says, and the wrong one
 */
function guesses(world: Parties, x: bigint, y: bigint, fresh: boolean) {
  const [s, n, count] = [world.fraction, world.parties.length, 4000];
  const low = (word: bigint) => BigInt.asUintN(s, word);
  const factors = [x, y].map((value) => world.masked(Array(count).fill(value)));
  if (!fresh) for (const rt of world.roles) rt.addMask = maskOfHighBits(rt, world.bits - s);
  const products = world.each((rt, role) => multiply(rt, factors[0][role], factors[1][role]));
  const values = world.opened(world.run((rt, role) => rescaleNarrow(rt, products[role], s)).results);
  const read = (role: number, words: Words) =>
    wordsOf(world.bits, world.roles[role].heap.bytes(words.ptr, (count * world.bits) / 8));
  const deltas = factors.map(([first]) => read(0, first.delta as Words));
  const shares = factors.map((factor) => world.parties.map((_, role) => read(role, factor[role].mask)));
  const hits = (guess: readonly bigint[]): number => {
    const same = values.filter((value, i) => {
      const [dx, dy] = deltas.map((delta) => delta[i]);
      const [masksX, masksY] = shares.map((own, factor) => {
        const known = own.slice(0, -1).map((mask) => mask[i]);
        return [...known, known.reduce((rest, mask) => rest - mask, deltas[factor][i] - guess[factor])];
      });
      const summands = masksX.map((maskX, party) => {
        const own = (party === 0 ? dy : 0n) - masksY[party];
        return dx * own - maskX * dy;
      });
      const coins = summands.reduce((sum, summand) => sum + low(summand), 0n);
      return value === roundWithCoins(x * y, s, coins, n);
    });
    return same.length / count;
  };
  return { right: hits([x, y]), wrong: hits([y, x]) };
}

/** As addMask, but the bits that a narrow opening does not send have no mask. */
const maskOfHighBits =
  (rt: Runtime, bits: number) =>
  (words: Words, negated = false): void => {
    const mask = rt.drawHigh(words.length, bits);
    if (negated) rt.ring.neg(words, words);
    rt.ring.add(words, words, mask);
    rt.free(mask);
  };

test('a rounding does not say of which factors a product was made; with coins that are not fresh it does', () => {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      const where = `ring ${bits}, ${parties} parties`;
      const [x, y] = [1235n, 76541n];
      const honest = guesses(new Parties({ parties, bits }), x, y, true);
      assert.ok(Math.abs(honest.right - honest.wrong) < 0.06, `${where}: ${JSON.stringify(honest)}`);
      assert.ok(honest.right < 0.9, where);
      const faulty = guesses(new Parties({ parties, bits }), x, y, false);
      assert.is(faulty.right, 1, `${where}: the right guess predicts every rounding`);
      assert.ok(faulty.wrong < 0.9, `${where}: ${JSON.stringify(faulty)}`);
    }
  }
});

test.run();
