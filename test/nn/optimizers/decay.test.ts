/** Weight decay at the ends of its range; the steps that contain it are compared in twin-optimizers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adam, momentum, sgd } from '../../../src/model/describe.js';
import { descend } from '../../../src/nn/optimizers/descend.js';
import { largestExponent } from '../../../src/nn/optimizers/rates.js';
import { inEverySetting, partiesOf } from '../../world/settings.js';

test('weight decay holds for every weight that products take, at every rate and beside every gradient', () => {
  const [learningRate, weightDecay] = [2 ** -4, 2 ** -4];
  inEverySetting((world, where) => {
    const { bits, fraction } = world;
    const most = 2n ** BigInt(bits - 2 - fraction) - 1n;
    const half = 2n ** BigInt(fraction - 1);
    const weights = [half, -half, most, -most, 0n, 1n, ...world.integers(bits - 2 - fraction, 30)];
    const scale = 2 * fraction;
    const gradients = weights.map((w, i) => (i % 2 ? w : -w) << BigInt(fraction - 1));
    for (const optimizer of [
      sgd({ learningRate, weightDecay }),
      momentum({ learningRate, weightDecay }),
      momentum({ learningRate, weightDecay, nesterov: true, momentum: 0.5 }),
    ]) {
      for (const exponent of [largestExponent(bits, fraction), bits - 2 - fraction, 8, 2, 0]) {
        const values = world.masked(weights);
        const shares = world.share(gradients, scale, false);
        const parameters = values.map((value) => ({ name: 'kernel', value, state: new Map() }));
        const step = { rate: learningRate, previousRate: learningRate, exponent, mean: 1, count: 1 };
        world.run((rt, role) => descend(rt, optimizer, parameters[role], shares[role], step));
        const ahead = optimizer.type === 'momentum' && optimizer.nesterov ? 1.5 : 1;
        world.opened(parameters.map(({ value }) => value)).forEach((w, i) => {
          const moved = ahead * Number(gradients[i]) * 2 ** -(fraction + exponent);
          const change = moved - Number(weights[i]) * learningRate * weightDecay;
          const off = Number(w - weights[i]) - change;
          assert.ok(
            Math.abs(off) < world.parties.length + 2, // two roundings, each with n + 1 coins, and a unit of the factor
            `${where}, ${optimizer.type}, 2^-${exponent}: ${weights[i]} off by ${off}`,
          );
        });
      }
    }
  });
});

test('a decay below the resolution of the step is followed, beside a large rate too', () => {
  inEverySetting((world, where) => {
    const weights = Array.from({ length: 200 }, () => 2n ** BigInt(world.fraction + 5));
    const values = world.masked(weights);
    const shares = world.share(
      weights.map(() => 0n),
      2 * world.fraction,
      false,
    );
    const parameters = values.map((value) => ({ name: 'kernel', value, state: new Map() }));
    // at the step's own shift the factor would be 0.375
    const [exponent, decay] = [0, 0.375 * 2 ** -world.fraction];
    const step = { rate: 2 ** -4, previousRate: 2 ** -4, exponent, mean: 1, count: 1 };
    const optimizer = sgd({ learningRate: 2 ** -4, weightDecay: decay * 2 ** 4 });
    world.run((rt, role) => descend(rt, optimizer, parameters[role], shares[role], step));
    const changes = world
      .opened(parameters.map(({ value }) => value))
      .map((w, i) => Number(weights[i] - w) - 12);
    // two roundings, each with n + 1 coins
    const n = world.parties.length;
    assert.ok(
      changes.every((off) => Math.abs(off) < n + 1),
      where,
    );
    const mean = changes.reduce((sum, off) => sum + off, 0) / changes.length;
    assert.ok(Math.abs(mean) < 5 * Math.sqrt((2 * (n + 1)) / 12 / changes.length), `${where}: ${mean}`);
  });
});

test("adam's decay stays within the ring beside a small rate", () => {
  for (const parties of [2, 3]) {
    const world = partiesOf(parties, 64);
    world.forget();
    world.scoped(() => {
      const weights = [2n ** 34n, -(2n ** 34n), 2n ** 41n, 1n];
      const values = world.masked(weights);
      const parameters = values.map((value) => ({ name: 'kernel', value, state: new Map() }));
      const shares = world.share(
        weights.map(() => 0n),
        40,
        false,
      );
      const optimizer = adam({ learningRate: 2 ** -10, weightDecay: 2 ** 9 });
      const step = { rate: 2 ** -10, previousRate: 2 ** -10, exponent: 10, mean: 1, count: 1 };
      world.run((rt, role) => descend(rt, optimizer, parameters[role], shares[role], step));
      world.opened(parameters.map(({ value }) => value)).forEach((w, i) => {
        const off = Number(w) - Number(weights[i]) / 2;
        // the coins of two roundings, and a unit of what the step makes of a gradient that is rounding alone
        assert.ok(Math.abs(off) < parties + 2, `${parties} parties: ${weights[i]} off by ${off}`);
      });
    });
  }
});

test.run();
