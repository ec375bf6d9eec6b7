/** polynomial: p(x) for public coefficients, in one piece where the ring has room, else by powers of x. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPolynomial, derivative, polynomial, polynomialPair } from '../../src/protocol/polynomial.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const value = (p: readonly number[], x: number): number => p.reduceRight((sum, a) => sum * x + a, 0);

/** Numbers on the whole domain, its ends and 0 among them, as multiples of one unit. */
function grid(world: Parties, domain: number, count: number, fraction = world.fraction): bigint[] {
  const last = domain * 2 ** fraction - 1;
  return Array.from({ length: count }, (_, i) => {
    if (i < 3) return [0n, BigInt(last), BigInt(-last)][i];
    return BigInt(Math.round((world.random.unit() * 2 - 1) * last));
  });
}

/** The polynomial on shares: its values and the rounds it took. */
function evaluate(
  world: Parties,
  p: readonly number[],
  x: readonly bigint[],
  domain: number,
  fraction = world.fraction,
) {
  const masked = world.masked(x, fraction);
  const { results, cost } = world.run((rt, role) => polynomial(rt, masked[role], p, domain));
  const scale = 2 ** results[0].fraction;
  return { values: world.joined(results).map((word) => Number(word) / scale), cost };
}

test('dyadic coefficients are exact: no rounding before the rescale', () => {
  inEverySetting((world, where) => {
    for (const { p, f } of [
      { p: [0.5], f: world.fraction },
      { p: [-1, 0.5], f: world.fraction },
      { p: [0, 0, 1], f: world.fraction },
      { p: [0.25, 0.5, 0.125], f: world.fraction },
      { p: [1, -1, 0.5, -0.25], f: 6 },
      { p: [1, -1, 0.5, -0.25, 0.25], f: 5 },
      { p: [0, 0, 0, 0, 0, 0, 0, 0.5], f: 2 },
    ]) {
      for (const size of SIZES) {
        const x = grid(world, 4, Math.max(3, size), f);
        const { values, cost } = evaluate(world, p, x, 4, f);
        const truth = x.map((word) => value(p, Number(word) / 2 ** f));
        assert.is(cost.rounds, 0, `${where}, degree ${p.length - 1}`);
        assert.equal(values, truth, `${where}, degree ${p.length - 1}, ${size} values`);
      }
    }
  });
});

test('other coefficients: within half a unit of the true value, in no round', () => {
  inEverySetting((world, where) => {
    for (const p of [[0.1], [0.3, -0.7], [Math.PI, Math.E]]) {
      const x = grid(world, 4, 2000);
      const { values, cost } = evaluate(world, p, x, 4);
      assert.is(cost.rounds, 0, `${where}, degree ${p.length - 1}`);
      const unit = 2 ** world.fraction;
      x.forEach((word, i) => {
        const error = Math.abs(values[i] - value(p, Number(word) / unit)) * unit;
        assert.ok(error <= 0.5, `${where}, degree ${p.length - 1}: ${error} units`);
      });
    }
  });
});

test('in stages: every power rounded once, 2 rounds for each doubling of the degree', () => {
  inEverySetting((world, where) => {
    const domain = 2;
    for (const { p, rounds } of [
      { p: [0.47, 0.5, 0.09], rounds: 2 },
      { p: [0.5, 0.197, 0, -0.004], rounds: 4 },
      { p: [0.5, 0.2159198015, 0, -0.0082176259, 0, 0.0001825597], rounds: 6 },
    ]) {
      const x = grid(world, domain, 2000);
      const { values, cost } = evaluate(world, p, x, domain);
      assert.is(cost.rounds, rounds, where);
      const unit = 2 ** world.fraction;
      // x^j from two lower powers with errors e: |x|^a · e_b + |x|^b · e_a + one unit; 16 · j units are plenty below 2
      const bound = p.reduce((sum, a, j) => sum + (Math.abs(a) * 16 * j + domain ** j / 2), 0) / unit;
      x.forEach((word, i) => {
        const error = Math.abs(values[i] - value(p, Number(word) / unit));
        assert.ok(error < bound, `${where}, degree ${p.length - 1}: ${error} ≥ ${bound}`);
      });
    }
  });
});

test('a polynomial and its derivative share their rounds', () => {
  inEverySetting((world, where) => {
    const p = [0.5, 0.197, 0, -0.004];
    const x = grid(world, 4, 129);
    const masked = world.masked(x);
    const { results, cost } = world.run((rt, role) => polynomialPair(rt, masked[role], p, derivative(p)));
    assert.equal(derivative(p), [0.197, 0, -0.012]);
    const alone = evaluate(world, p, x, 4).cost;
    assert.is(cost.rounds, alone.rounds, where);
    for (const [which, q] of [p, derivative(p)].entries()) {
      const shares = results.map((pair) => pair[which]);
      const scale = 2 ** shares[0].fraction;
      world.joined(shares).forEach((word, i) => {
        const error = Math.abs(Number(word) / scale - value(q, Number(x[i]) / 2 ** world.fraction));
        assert.ok(error < 50 / 2 ** world.fraction, `${where}: ${error}`);
      });
    }
  });
});

test('the derivative of a constant is 0, and leading zeros do not count', () => {
  assert.equal(derivative([3]), [0]);
  inEverySetting((world, where) => {
    const x = grid(world, 4, 10);
    assert.equal(evaluate(world, [0.5, 1, 0, 0], x, 4).values, evaluate(world, [0.5, 1], x, 4).values, where);
  });
});

test('a polynomial that does not fit the ring on its domain is refused', () => {
  inEverySetting((world) => {
    const p = [0, 0, 0, 0, 0, 0.01];
    const [fitting, tooLarge] = world.bits === 32 ? [2, 4] : [16, 32];
    const refused = (error: Error) =>
      error instanceof RangeError && /degree 5 for \|x\| < \d+/.test(error.message);
    const masked = world.masked([1n]);
    assert.throws(() => world.parties[0].run(polynomial(world.parties[0], masked[0], p, tooLarge)), refused);
    assert.throws(() => checkPolynomial(p, world.bits, world.fraction, tooLarge), refused);
    assert.not.throws(() => checkPolynomial(p, world.bits, world.fraction, fitting));
  });
});

test.run();
