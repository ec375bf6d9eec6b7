/** innerProducts: rows rounded without a message by the low bits of their masks, and their products; local. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { innerProducts } from '../../src/protocol/inner-products.js';
import { roundedByMasks } from '../twins/delay-twin.js';
import type { Parties } from '../world/parties.js';
import { read } from '../world/ring.js';
import { inEverySetting, partiesOf } from '../world/settings.js';

const ROWS = 9;
const RANGES = [
  { start: 2, count: 3 },
  { start: 5, count: 4 },
];

interface Made {
  readonly values: readonly bigint[];
  /** The rows as the low bits of their masks round them. */
  readonly rounded: readonly bigint[];
  readonly fraction: number;
}

function made(world: Parties, x: readonly bigint[], drop: number, plusOne: boolean): Made {
  const columns = x.length / ROWS;
  const masked = world.masked(x, world.fraction, [ROWS, columns]);
  const shares = world.parties.map(({ heap }, role) => read(heap, world.bits, masked[role].mask));
  // biome-ignore lint/correctness/useYield: local, no round
  const { results, cost } = world.run(function* (rt, role) {
    return innerProducts(rt, masked[role], RANGES, { drop, plusOne });
  });
  assert.equal([cost.rounds, cost.online, cost.dealt], [0, 0, 0]);
  return {
    values: world.joined(results),
    rounded: roundedByMasks(x, shares, drop),
    fraction: results[0].fraction,
  };
}

test('products of every row with those above its range, of numbers rounded with the low bits of their masks', () => {
  inEverySetting((world, where) => {
    const columns = 7;
    for (const drop of world.parties.length === 2 ? [0, 1, 5, 9] : [0]) {
      for (const plusOne of [false, true]) {
        const x = world.integers(world.fraction, ROWS * columns);
        const { values, rounded, fraction } = made(world, x, drop, plusOne);
        const twice = world.parties.length === 2 ? 1 : 0;
        assert.is(fraction, 2 * (world.fraction - drop) + twice + drop, where);
        const expected = RANGES.flatMap(({ start, count }) =>
          Array.from({ length: count * start }, (_, n) => {
            const [row, above] = [start + Math.floor(n / start), n % start];
            let sum = 0n;
            for (let c = 0; c < columns; c++)
              sum += rounded[row * columns + c] * rounded[above * columns + c];
            return (sum << BigInt(twice + drop)) + (plusOne ? 1n << BigInt(fraction) : 0n);
          }),
        );
        assert.equal(values, expected, `${where}, ${drop} bits, ${plusOne}`);
      }
    }
  });
});

test('rounding keeps the error below 1.5 units, for any numbers that may be factors', () => {
  for (const bits of [32, 64] as const) {
    const world = partiesOf(2, bits);
    for (const drop of [1, 4, 8]) {
      const x = world.integers(bits - 2, ROWS * 200);
      const masked = world.masked(x, world.fraction, [ROWS, 200]);
      const shares = world.parties.map(({ heap }, role) => read(heap, bits, masked[role].mask));
      roundedByMasks(x, shares, drop).forEach((value, i) => {
        const error = Number((value << BigInt(drop)) - x[i]) / 2 ** drop;
        assert.ok(Math.abs(error) < 1.5, `${bits}, ${drop}: ${error}`);
      });
    }
  }
});

test('rounding has no bias but half a unit of x: over 26,400 products the mean error is within five standard deviations of 0', () => {
  const world = partiesOf(2, 32);
  const drop = 6;
  const columns = 20;
  const errors: number[] = [];
  for (let run = 0; run < 1200; run++) {
    // of one sign, so that a bias would add up
    const x = world.integers(world.fraction, ROWS * columns).map((word) => (word < 0n ? -word : word));
    const { values } = made(world, x, drop, false);
    let at = 0;
    for (const { start, count } of RANGES) {
      for (let n = 0; n < count * start; n++) {
        const [row, above] = [start + Math.floor(n / start), n % start];
        let sum = 0;
        for (let c = 0; c < columns; c++) {
          sum += (Number(x[row * columns + c]) - 0.5) * (Number(x[above * columns + c]) - 0.5);
        }
        // the sum's scale is 2f, the product's 2f − drop + 1
        errors.push(Number(values[at++]) * 2 ** (drop - 1) - sum);
      }
    }
  }
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length);
  // products of a run share the coins of its rows: no more than these are counted as independent
  assert.ok(Math.abs(mean) < (5 * deviation) / Math.sqrt(1200 * ROWS), `${mean} of ${deviation}`);
});

test('sums reach 2^d times what products of the working scale may', () => {
  const world = partiesOf(2, 32);
  const drop = 8;
  const columns = 512;
  // 512 · 3.5² = 6272, of which products at 24 fraction bits would hold 64
  const x = Array<bigint>(ROWS * columns).fill(7n << BigInt(world.fraction - 1));
  const { values, fraction } = made(world, x, drop, false);
  for (const value of values) {
    const product = Number(value) / 2 ** fraction;
    assert.ok(Math.abs(product - 6272) < 20, String(product));
  }
});

test('three parties round nothing without a message', () => {
  const world = partiesOf(3, 32);
  const x = world.integers(12, ROWS * 2);
  assert.throws(() => made(world, x, 3, false), /only factored/);
});

test.run();
