/** What adam refuses and clips; its steps are compared in twin-optimizers and near-float. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainOptimizer } from '../../../src/baseline/optimizer.js';
import type { ModelConfig } from '../../../src/model/config.js';
import { adam, dense } from '../../../src/model/describe.js';
import { planModel } from '../../../src/model/plan.js';
import { descend } from '../../../src/nn/optimizers/descend.js';
import { summarize } from '../../../src/nn/summary.js';
import { partiesOf } from '../../world/settings.js';

const config: ModelConfig = { inputShape: [3], layers: [dense({ units: 2 })] };

test('adam in ring 32 is refused, and says what to change', () => {
  const world = partiesOf(2, 32);
  world.scoped(() => {
    const [rt] = world.roles;
    const [value] = world.masked([1n, 2n]);
    const parameter = { name: 'kernel', value, state: new Map() };
    const [gradient] = world.share([1n, 2n], 24);
    const step = { rate: 0.5, previousRate: 0.5, exponent: 1, mean: 1, count: 1 };
    assert.throws(
      () => descend(rt, adam(), parameter, gradient, step).next(),
      (error: unknown) => error instanceof RangeError && /ring: 64/.test(error.message),
    );
  });
});

/** What a model with adam says to a setting: the error's message, or null. */
function refusalOf(fractionBits: number, clipValue?: number, batchSize = 1): string | null {
  const summarized = () =>
    summarize(planModel(config), {
      ring: 64,
      fractionBits,
      parties: 2,
      batchSize,
      loss: 'hinge',
      optimizer: adam({ learningRate: 0.5, ...(clipValue && { clipValue }) }),
    });
  try {
    summarized();
    return null;
  } catch (error) {
    assert.instance(error, RangeError);
    return (error as Error).message;
  }
}

test('adam is refused with fraction bits that do not hold its moments, and says what to change', () => {
  for (const fraction of [1, 10, 11, 12, 15, 28, 30]) {
    for (const batch of [1, 256]) {
      assert.match(
        refusalOf(fraction, undefined, batch) ?? '',
        /^adam needs 16 to 27 fraction bits .*fractionBits: 20/,
      );
    }
  }
  for (const fraction of [16, 18, 20]) assert.is(refusalOf(fraction, Math.SQRT2), null, `${fraction} bits`);
  assert.match(refusalOf(21) ?? '', /a clipValue of at most 0\.707, or fractionBits: 20/);
  assert.match(refusalOf(27, 0.02) ?? '', /a clipValue of at most 0\.011, or fractionBits: 20/);
  assert.is(refusalOf(21, 0.7), null);
  assert.is(refusalOf(27, 0.011), null);
});

test("adam's steps on gradients far beyond what it can square are those of the clipped ones", () => {
  for (const clipValue of [undefined, Math.SQRT2]) {
    const { clipValue: standard, ...bare } = adam({ learningRate: 0.5 });
    const config = { ...bare, ...(clipValue && { clipValue }) };
    for (const parties of [2, 3]) {
      const world = partiesOf(parties, 64);
      world.forget();
      world.scoped(() => {
        const unit = 2 ** 40;
        // sums over 181 rows: the mean's power of two is off by a factor of almost √2, the worst for a square
        const mean = 1 / 181;
        const means = [0.5, -1, 1.4, -1.5, 3, -70, 9000, 1e-3];
        const values = world.masked(means.map(() => 0n));
        const parameters = values.map((value) => ({ name: 'kernel', value, state: new Map() }));
        const weights = [new Float32Array(means.length)];
        const plain = plainOptimizer(config);
        for (let count = 1; count <= 3; count++) {
          const sums = means.map((g) => BigInt(Math.round((-g * unit) / mean)));
          const gradient = world.share(sums, 40, false);
          const step = { rate: 0.5, previousRate: 0.5, exponent: 1, mean, count };
          world.run((rt, role) => descend(rt, config, parameters[role], gradient[role], step));
          plain.step(weights, [Float32Array.from(means)], 0.5);
          world.opened(parameters.map(({ value }) => value)).forEach((w, i) => {
            const got = Number(w) / 2 ** world.fraction;
            assert.ok(Math.abs(got - weights[0][i]) < 2e-3 * count, `${means[i]}, step ${count}: ${got}`);
          });
          means.forEach((g, i) => {
            means[i] = -g / 2;
          });
        }
      });
    }
    assert.is(standard, 1);
  }
});

test.run();
