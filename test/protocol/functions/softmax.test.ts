/** softmax and its logarithm: within their bounds for rows of every kind and length, in their rounds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Masked } from '../../../src/party/values.js';
import { logSoftmax, logSoftmaxCost, softmax, softmaxCost } from '../../../src/protocol/softmax.js';
import { softmax as approximation } from '../../twins/approximations.js';
import { numbersOf } from '../../world/curves.js';
import type { Parties } from '../../world/parties.js';
import { inEverySetting } from '../../world/settings.js';

const BOUND = approximation.bound;

/** Rows of all spreads: from equal values to a single one far above the others. */
function rowsOf(world: Parties, rows: number, classes: number): bigint[] {
  const most = world.bits === 32 ? 63 : 20_000;
  const spreads = [0, 2 ** -8, 0.5, 2, 5, 10, 14, 20, most];
  const unit = 2 ** world.fraction;
  return Array.from({ length: rows * classes }, (_, i) => {
    const row = Math.floor(i / classes);
    const spread = spreads[row % spreads.length];
    const middle = row % 2 ? 0 : most - spread;
    return BigInt(Math.round((middle + spread * (2 * world.random.unit() - 1) * 0.999) * unit));
  });
}

/** ln softmax of a row in clear. */
function logOfSoftmax(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
  return row.map((x) => x - largest - Math.log(sum));
}

function check(world: Parties, where: string, words: readonly bigint[], classes: number): void {
  const rows = words.length / classes;
  const x = world.masked(words, world.fraction, [rows, classes]);
  const { results, cost } = world.run((rt, role) => softmax(rt, x[role], { log: true }));
  const values = numbersOf(world.opened(results.map(({ value }) => value)), world.fraction);
  const logs = numbersOf(world.opened(results.map(({ log }) => log as Masked)), world.fraction);
  const numbers = numbersOf(words, world.fraction);
  for (let r = 0; r < rows; r++) {
    const row = (all: readonly number[]) => all.slice(r * classes, (r + 1) * classes);
    const truth = logOfSoftmax(row(numbers));
    truth.forEach((log, c) => {
      const value = row(values)[c];
      assert.ok(
        Math.abs(value - Math.exp(log)) < BOUND[world.bits],
        `${where}, row ${r}: ${value}, not ${Math.exp(log)}`,
      );
      const off = Math.abs(row(logs)[c] - log);
      assert.ok(off < BOUND[world.bits], `${where}, row ${r}: logarithm off by ${off}`);
    });
  }
  assert.equal(cost, softmaxCost(world.setting, rows, classes, world.fraction, { log: true }));
  const base = (world.bits === 32 ? 5 : 6) + ([0, 0, 3][classes] ?? 4);
  assert.is(cost.rounds, base + (classes <= 16 ? 0 : classes <= 32 ? 2 : 6), where);
}

for (const classes of [1, 2, 3, 10, 16, 17, 32, 40, 300]) {
  test(`softmax of rows of ${classes}`, () => {
    inEverySetting((world, where) => {
      check(world, where, rowsOf(world, classes > 100 ? 9 : classes > 30 ? 18 : 90, classes), classes);
    });
  });
}

test('softmax around where small values become 0, for every class at once and for one', () => {
  inEverySetting((world, where) => {
    const unit = 2 ** world.fraction;
    const words: bigint[] = [];
    for (let d = -18; d <= -6; d += 1 / 64) {
      const far = BigInt(Math.round(d * unit));
      words.push(0n, far, far, far, 0n, -(1n << BigInt(world.fraction)), far, 0n);
    }
    check(world, where, words, 4);
  });
});

test('the logarithm alone is the same, a round earlier', () => {
  inEverySetting((world, where) => {
    const words = rowsOf(world, 90, 10);
    const x = world.masked(words, world.fraction, [90, 10]);
    const { results, cost } = world.run((rt, role) => logSoftmax(rt, x[role]));
    const numbers = numbersOf(words, world.fraction);
    numbersOf(world.opened(results), world.fraction).forEach((log, i) => {
      const row = Math.floor(i / 10) * 10;
      const off = Math.abs(log - logOfSoftmax(numbers.slice(row, row + 10))[i % 10]);
      assert.ok(off < BOUND[world.bits], `${where}: off by ${off}`);
    });
    assert.is(cost.rounds, softmaxCost(world.setting, 90, 10, world.fraction).rounds - 1);
    assert.equal(cost, logSoftmaxCost(world.setting, 90, 10, world.fraction));
  });
});

test('equal rows give equal shares of 1, and no class is favoured', () => {
  inEverySetting((world, where) => {
    const rows = 3000;
    const x = world.masked(Array(rows * 10).fill(7n), world.fraction, [rows, 10]);
    const { results } = world.run((rt, role) => softmax(rt, x[role]));
    const values = numbersOf(world.opened(results.map(({ value }) => value)), world.fraction);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    assert.ok(Math.abs(mean - 0.1) < BOUND[world.bits] / 10, `${where}: mean ${mean}`);
  });
});

test('more than 1,024 classes are refused before anything is sent', () => {
  inEverySetting((world) => {
    const x = world.masked(Array(1025).fill(0n), world.fraction, [1, 1025]);
    const before = world.parties[0].ledger.totals();
    assert.throws(() => world.parties[0].run(softmax(world.parties[0], x[0])), /at most 1024/);
    assert.equal(world.parties[0].ledger.totals(), before);
  });
});

test.run();
