/** Rates as powers of two, and steps at the ends of their range; steps are compared in twin-optimizers and near-float. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../../src/model/config.js';
import { dense, sgd } from '../../../src/model/describe.js';
import { planModel } from '../../../src/model/plan.js';
import { initialWeights } from '../../../src/model/weights.js';
import { GUARD_BITS } from '../../../src/nn/layers/layer.js';
import { descend } from '../../../src/nn/optimizers/descend.js';
import type { StepPlan } from '../../../src/nn/optimizers/optimizer.js';
import { largestExponent, PowerOfTwoRates } from '../../../src/nn/optimizers/rates.js';
import { drawn, SteppedModel } from '../../world/model-steps.js';
import { Random } from '../../world/ring.js';
import { seed } from '../../world/seed.js';
import { inEverySetting } from '../../world/settings.js';

/** The rates given for rates asked for. */
function given(rates: PowerOfTwoRates, asked: readonly number[]): number[] {
  return asked.map((rate) => {
    const exponent = rates.next(rate);
    if (exponent !== null) assert.ok(Number.isInteger(exponent), `${exponent} is an integer`);
    return exponent === null ? 0 : 2 ** -exponent;
  });
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test('powers of two are given as they are, whatever has been asked before', () => {
  const rates = new PowerOfTwoRates(15);
  for (let exponent = -3; exponent <= 15; exponent++) {
    assert.is(rates.next(2 ** -exponent), exponent);
    given(rates, [0.3, 0.007]);
    assert.is(rates.next(2 ** -exponent * (1 - 1e-11)), exponent, 'but for an error of the division');
    assert.is(rates.next(2 ** -exponent), exponent);
  }
});

test('the sum of the rates given stays within a rate of the sum of those asked for, at every step', () => {
  for (const rate of [0.3, 0.1, 0.01, 0.75, 1.5, 3, 1 / 96, 0.0011]) {
    const rates = new PowerOfTwoRates(15);
    let owed = 0;
    for (let step = 0; step < 1000; step++) {
      const [now] = given(rates, [rate]);
      assert.ok(now > rate / 2 && now < rate * 2, `${now} is a neighbour of ${rate}`);
      owed += rate - now;
      assert.ok(Math.abs(owed) <= rate, `step ${step} of rate ${rate}: owed ${owed}`);
    }
  }
});

test('rates that change from step to step are followed too', () => {
  const random = new Random(seed);
  const rates = new PowerOfTwoRates(15);
  const asked = Array.from({ length: 2000 }, (_, step) => (0.5 + random.unit()) * 0.98 ** (step / 20));
  const difference = sumOf(asked) - sumOf(given(rates, asked));
  assert.ok(Math.abs(difference) <= 1.5, `off by ${difference}`);
});

test('rates too small for the ring become steps that change nothing, and now and then one of the least rate', () => {
  const least = 2 ** -15;
  for (const part of [3, 8, 100.5]) {
    const rates = new PowerOfTwoRates(15);
    const got = given(
      rates,
      Array.from({ length: 1000 }, () => least / part),
    );
    assert.ok(
      got.every((rate) => rate === 0 || rate === least),
      'nothing or the least rate',
    );
    assert.ok(Math.abs(sumOf(got) - (1000 * least) / part) <= least, `${sumOf(got) / least} steps of 2^-15`);
    assert.is(got[0], 0);
  }
});

const config: ModelConfig = { inputShape: [3], layers: [dense({ units: 2 })] };

test('a null step leaves every weight as it is and takes no round of its own', () => {
  inEverySetting((world, where) => {
    const secure = new SteppedModel(world, config, initialWeights(planModel(config), 1));
    const x = secure.rows(drawn(world, 12, 1), 4, [3]);
    const t = secure.rows(drawn(world, 8, 1), 4, [2]);
    const run = (exponent: number | null) => {
      const step: StepPlan = { rate: 0.5, previousRate: 0.5, exponent, mean: 0.25, count: 1 };
      const pass = { training: true, step: 0, seed: 1 };
      const before = secure.values;
      const { cost } = secure.step(x, t, {
        loss: 'meanSquaredError',
        optimizer: sgd({ learningRate: 0.5 }),
        step,
        pass,
        gradientFraction: world.fraction,
      });
      return { cost, moved: String(secure.values) !== String(before) };
    };
    const nothing = run(null);
    const something = run(3);
    assert.is(nothing.moved, false, where);
    assert.is(something.moved, true, where);
    assert.is(something.cost.rounds - nothing.cost.rounds, 2, where);
  });
});

test('an update whose factors both carry guard bits follows every rate, rounded by less than its coins each time', () => {
  inEverySetting((world, where) => {
    const { bits, fraction } = world;
    const most = 2n ** BigInt(bits - 2) - 1n;
    const gradients = [0n, most, -most, most / 3n, -most / 5n, 12345n, ...world.integers(bits - 3, 60)];
    const weights = gradients.map((_, i) => BigInt(i) - 20n);
    for (const exponent of [
      largestExponent(bits, fraction),
      bits - 2 - fraction,
      fraction - 5,
      -fraction - 7,
    ]) {
      const values = world.masked(weights);
      const scale = 2 * (fraction + GUARD_BITS);
      const shift = scale - fraction + exponent;
      // a large rate must not push a weight out of the ring
      const sums = gradients.map((g) => (shift < 4 ? g >> BigInt(4 - shift) : g));
      const shares = world.share(sums, scale, false);
      const parameters = values.map((value) => ({ name: 'kernel', value, state: new Map() }));
      const step = { rate: 0.5, previousRate: 0.5, exponent, mean: 1, count: 1 };
      world.run((rt, role) => descend(rt, sgd({ learningRate: 0.5 }), parameters[role], shares[role], step));
      const after = world.opened(parameters.map(({ value }) => value));
      after.forEach((w, i) => {
        const exact = Number(sums[i]) * 2 ** -shift;
        const moved = Number(w - weights[i]);
        assert.ok(
          Math.abs(moved - exact) < (world.parties.length + 1) / 2 + 0.25,
          `${where}, 2^-${exponent}: ${moved} for ${exact}`,
        );
        if (shift < 0) assert.is(moved, exact, `${where}: nothing to round`);
      });
    }
  });
});

test('the largest exponent leaves a step’s truncation within the ring', () => {
  for (const [bits, fraction] of [
    [32, 12],
    [64, 20],
  ] as const) {
    // a gradient has 2f bits, and up to 3 more where a pooling has divided
    assert.ok(fraction + 3 + largestExponent(bits, fraction) <= bits - 2);
  }
});

test.run();
