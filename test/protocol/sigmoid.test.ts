/** sigmoid and tanh: close to the true curve, and their derivatives to the true slope, over all of the domain. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Masked } from '../../src/party/values.js';
import { sigmoidPair, tanhPair } from '../../src/protocol/sigmoid.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const CURVES = [
  {
    name: 'sigmoid',
    pair: sigmoidPair,
    domain: 12,
    value: sigmoid,
    slope: (x: number) => sigmoid(x) * (1 - sigmoid(x)),
    // the fit, one unit of rounding, and what the dealt factors' rounding adds
    tolerance: { 32: { value: 6e-4, slope: 3.2e-3 }, 64: { value: 3e-6, slope: 4.4e-5 } },
  },
  {
    name: 'tanh',
    pair: tanhPair,
    domain: 6,
    value: Math.tanh,
    slope: (x: number) => 1 - Math.tanh(x) ** 2,
    tolerance: { 32: { value: 1e-3, slope: 1.2e-2 }, 64: { value: 6e-6, slope: 1.7e-4 } },
  },
] as const;

/** `count` numbers across [−domain, domain], both ends and 0 among them, as integers at `fraction` bits. */
const across = (domain: number, count: number, fraction: number): bigint[] =>
  Array.from({ length: count }, (_, i) =>
    BigInt(Math.round(domain * ((2 * i) / (count - 1) - 1) * 2 ** fraction)),
  );

/** Largest and mean difference to the true function. */
function errors(world: Parties, got: readonly Masked[], x: readonly number[], truth: (x: number) => number) {
  const differences = world.opened(got).map((word, i) => Number(word) / 2 ** world.fraction - truth(x[i]));
  return {
    largest: Math.max(...differences.map(Math.abs)),
    mean: differences.reduce((a, b) => a + b, 0) / differences.length,
  };
}

for (const { name, pair, domain, value, slope, tolerance } of CURVES) {
  test(`${name} and its derivative on |x| ≤ ${domain}, from the working scale and from the double one`, () => {
    inEverySetting((world, where) => {
      for (const fraction of [world.fraction, 2 * world.fraction]) {
        const words = across(domain, 5001, fraction);
        const x = words.map((word) => Number(word) / 2 ** fraction);
        const shares = world.share(words, fraction, false);
        const { results, cost } = world.run((rt, role) => pair(rt, shares[role], true));
        const most = tolerance[world.bits];
        const values = errors(
          world,
          results.map((result) => result.value),
          x,
          value,
        );
        assert.ok(values.largest < most.value, `${where}: value off by ${values.largest}`);
        const slopes = errors(
          world,
          results.map((result) => result.slope as Masked),
          x,
          slope,
        );
        assert.ok(slopes.largest < most.slope, `${where}: slope off by ${slopes.largest}`);
        assert.ok(Math.abs(values.mean) < most.value / 50, `${where}: value biased by ${values.mean}`);
        assert.is(cost.rounds, 3);
      }
    });
  });

  test(`${name} without its derivative is the same curve at less cost`, () => {
    inEverySetting((world, where) => {
      const words = across(domain, 501, world.fraction);
      const x = words.map((word) => Number(word) / 2 ** world.fraction);
      const shares = world.share(words);
      const { results, cost } = world.run((rt, role) => pair(rt, shares[role], false));
      assert.ok(results.every((result) => result.slope === null));
      const { largest } = errors(
        world,
        results.map((result) => result.value),
        x,
        value,
      );
      assert.ok(largest < tolerance[world.bits].value, `${where}: value off by ${largest}`);
      assert.is(cost.online, (2 + 1) * 501 * (world.bits / 8) * (world.parties.length - 1));
    });
  });
}

test('a scale whose period does not fit the ring is refused', () => {
  inEverySetting((world) => {
    const shares = world.share([1n], world.bits - 4);
    const work = () => world.parties[0].run(sigmoidPair(world.parties[0], shares[0], false));
    assert.throws(work, (error: Error) => error instanceof RangeError && /fraction bits/.test(error.message));
  });
});

test.run();
