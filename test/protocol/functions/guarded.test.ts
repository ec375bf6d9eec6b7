/** Guarded sigmoid and tanh: the curve inside, its limits outside, for every number that the ring can multiply. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Masked } from '../../../src/party/values.js';
import { guardedCost, sigmoidPair, tanhPair } from '../../../src/protocol/sigmoid.js';
import { curves } from '../../twins/approximations.js';
import { errorsOf, evenly, numbersOf } from '../../world/curves.js';
import { inEverySetting } from '../../world/settings.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const CURVES = [
  {
    name: 'sigmoid',
    pair: sigmoidPair,
    value: sigmoid,
    slope: (x: number) => sigmoid(x) * (1 - sigmoid(x)),
    rounds: { 32: 3, 64: 4 },
  },
  {
    name: 'tanh',
    pair: tanhPair,
    value: Math.tanh,
    slope: (x: number) => 1 - Math.tanh(x) ** 2,
    rounds: { 32: 4, 64: 4 },
  },
] as const;

for (const { name, pair, value, slope, rounds } of CURVES) {
  test(`${name} and its slope, guarded, from both scales`, () => {
    inEverySetting((world, where) => {
      const most = world.bits === 32 ? 63.9 : 32_000;
      for (const fraction of [world.fraction, 2 * world.fraction]) {
        const words = [...evenly(-most, most, 2001, fraction), ...evenly(-20, 20, 4001, fraction)];
        const x = numbersOf(words, fraction);
        const shares = world.share(words, fraction, false);
        const { results, cost, steps } = world.run((rt, role) => pair(rt, shares[role], true, true));
        const values = errorsOf(
          world,
          results.map((result) => result.value),
          x,
          value,
        );
        const slopes = errorsOf(
          world,
          results.map((result) => result.slope as Masked),
          x,
          slope,
        );
        const [mostValue, mostSlope] = [curves[name].value, curves[name].slope].map(
          ({ bound }) => bound[world.bits],
        );
        assert.ok(values.largest < mostValue, `${where}: off by ${values.largest} at ${values.at}`);
        assert.ok(slopes.largest < mostSlope, `${where}: slope off by ${slopes.largest} at ${slopes.at}`);
        assert.is(steps, rounds[world.bits]);
        assert.equal(cost, guardedCost(world.setting, words.length, world.fraction, true, name, fraction));
      }
    });
  });
}

test.run();
