/** exp, reciprocal, divide, sqrt, inverseSqrt and log: within their bounds over all of their domains, in their rounds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Secure } from '../../../src/party/program.js';
import type { Runtime } from '../../../src/party/runtime.js';
import type { Masked, Share } from '../../../src/party/values.js';
import { exp, expMax, expPieces } from '../../../src/protocol/exp.js';
import { inverseSqrtOfMany } from '../../../src/protocol/normalise.js';
import { type Domain, defaultDomain, piecesByPowersOfFour } from '../../../src/protocol/powers-of-four.js';
import { divide, reciprocal } from '../../../src/protocol/reciprocal.js';
import { inverseSqrt, log, sqrt } from '../../../src/protocol/roots.js';
import { PIECES_BOUND } from '../../twins/approximations.js';
import { around, errorsOf, evenly, geometrically, numbersOf } from '../../world/curves.js';
import type { Parties } from '../../world/parties.js';
import { Parties as World } from '../../world/parties.js';
import { inEverySetting } from '../../world/settings.js';

type Program = (rt: Runtime, x: Masked | Share) => Secure<Masked>;

/** Largest error allowed, of max(1, |f|). */
const BOUND = PIECES_BOUND;

/** Runs `program` on `words`; asserts error, mean error and rounds. */
function holds(
  world: Parties,
  where: string,
  words: readonly bigint[],
  program: Program,
  f: (x: number) => number,
  factor = 1,
): void {
  const masked = world.masked(words);
  const { results, steps } = world.run((rt, role) => program(rt, masked[role]));
  const { largest, at, mean } = errorsOf(world, results, numbersOf(words, world.fraction), f);
  assert.ok(largest < factor * BOUND[world.bits], `${where}: off by ${largest} at ${at}`);
  assert.ok(Math.abs(mean) < BOUND[world.bits] / 10, `${where}: biased by ${mean}`);
  assert.is(steps, 3, where);
}

/** Arguments over low … high: evenly, by ratio, and around every power of two. */
function across({ low, high }: Domain, fraction: number): bigint[] {
  const powers: number[] = [];
  for (let power = low; power <= high; power *= 2) powers.push(power);
  const words = [
    ...evenly(low, high, 2001, fraction),
    ...geometrically(low, high, 3001, fraction),
    ...around(powers, fraction),
  ];
  const unit = 2 ** fraction;
  return words.filter((word) => word >= BigInt(low * unit) && word <= BigInt(high * unit));
}

const CASES = [
  {
    name: 'reciprocal',
    program: (rt: Runtime, x: Masked | Share) => reciprocal(rt, x),
    f: (x: number) => 1 / x,
  },
  { name: 'inverseSqrt', program: inverseSqrt, f: (x: number) => 1 / Math.sqrt(x) },
  { name: 'sqrt', program: sqrt, f: Math.sqrt },
  { name: 'log', program: log, f: Math.log },
] as const;

for (const { name, program, f } of CASES) {
  test(`${name} on its whole domain`, () => {
    inEverySetting((world, where) => {
      const domain = defaultDomain(name, world.bits, world.fraction);
      holds(
        world,
        where,
        across(domain, world.fraction),
        (rt, x) => program(rt, x),
        f,
        name === 'reciprocal' ? 1.3 : 1,
      );
    });
  });

  test(`${name} keeps the value at the end of its domain outside`, () => {
    inEverySetting((world, where) => {
      const { low, high } = defaultDomain(name, world.bits, world.fraction);
      const reach = world.bits === 32 ? 63.9 : 32_000;
      const least = name === 'sqrt' ? 0 : f(low);
      const words = [...evenly(-reach, 0, 501, world.fraction), ...evenly(high, reach, 501, world.fraction)];
      const inside = (x: number) => (x >= low ? f(Math.min(x, high)) : least);
      holds(world, where, words, (rt, x) => program(rt, x), inside, name === 'reciprocal' ? 1.3 : 1);
    });
  });
}

test('reciprocal of both signs', () => {
  inEverySetting((world, where) => {
    const positive = across(defaultDomain('reciprocal', world.bits, world.fraction), world.fraction);
    const words = [...positive, ...positive.map((word) => -word)];
    holds(
      world,
      where,
      words,
      (rt, x) => reciprocal(rt, x, { signed: true }),
      (x) => 1 / x,
      1.3,
    );
  });
});

test('exp on its whole domain, 0 far below and e^max above', () => {
  inEverySetting((world, where) => {
    const max = expMax(world.bits, world.fraction);
    const words = [
      ...evenly(-40, max + 20, 6001, world.fraction),
      ...around(
        Array.from({ length: max + 1 }, (_, n) => n),
        world.fraction,
      ),
    ];
    holds(
      world,
      where,
      words,
      (rt, x) => exp(rt, x),
      (x) => Math.exp(Math.min(x, max)),
    );
  });
});

test('domains of the caller: exp up to 0, inverseSqrt on a narrow one', () => {
  inEverySetting((world, where) => {
    holds(world, where, evenly(-20, 0, 3001, world.fraction), (rt, x) => exp(rt, x, 0), Math.exp);
    const narrow = { low: 1, high: 4 };
    const words = evenly(1, 4, 3001, world.fraction);
    holds(
      world,
      where,
      words,
      (rt, x) => inverseSqrt(rt, x, narrow),
      (x) => 1 / Math.sqrt(x),
    );
  });
});

test('inverseSqrt of many values: the same function for less bytes', () => {
  inEverySetting((world, where) => {
    const domain =
      world.bits === 32 ? defaultDomain('inverseSqrt', 32, 12) : { low: 2 ** -16, high: 2 ** 20 };
    const { low, high } = domain;
    const most = world.bits === 32 ? 63.9 : 2 ** 21;
    const words = [
      ...across(domain, world.fraction),
      ...evenly(-most, 0, 301, world.fraction),
      ...evenly(high, most, 99, world.fraction),
    ];
    const masked = world.masked(words);
    const many = world.run((rt, role) => inverseSqrtOfMany(rt, masked[role], domain));
    const truth = (x: number) => 1 / Math.sqrt(Math.min(Math.max(x, low), high));
    const { largest, at } = errorsOf(world, many.results, numbersOf(words, world.fraction), truth);
    assert.ok(largest < BOUND[world.bits], `${where}: off by ${largest} at ${at}`);
    assert.is(many.steps, world.bits === 32 ? 8 : 9);
    const few = world.run((rt, role) => inverseSqrt(rt, masked[role], domain));
    assert.ok(
      many.cost.dealt < few.cost.dealt / (world.bits === 32 ? 3 : 5),
      `${many.cost.dealt} of ${few.cost.dealt} bytes`,
    );
  });
});

test('divide: the quotient of all signs, in 5 rounds', () => {
  inEverySetting((world, where) => {
    const { low, high } = defaultDomain('reciprocal', world.bits, world.fraction);
    const positive = geometrically(low, high, 501, world.fraction);
    const divisors = [...positive, ...positive.map((word) => -word)];
    const dividends = evenly(-3, 3, divisors.length, world.fraction);
    const [x, y] = [world.masked(dividends), world.masked(divisors)];
    const { results, steps } = world.run((rt, role) => divide(rt, x[role], y[role], { signed: true }));
    const quotients = numbersOf(world.opened(results), world.fraction);
    const [above, below] = [numbersOf(dividends, world.fraction), numbersOf(divisors, world.fraction)];
    quotients.forEach((quotient, i) => {
      const bound = BOUND[world.bits] * (1 + 1.3 * Math.abs(above[i]) * Math.max(1, 1 / Math.abs(below[i])));
      const error = Math.abs(quotient - above[i] / below[i]);
      assert.ok(error < bound, `${where}: ${above[i]} / ${below[i]} off by ${error}`);
    });
    assert.is(steps, 5);
  });
});

test('a share at either scale is taken too, for one round more', () => {
  inEverySetting((world, where) => {
    for (const fraction of [world.fraction, 2 * world.fraction]) {
      const words = evenly(0.25, 15, 2001, fraction);
      const shares = world.share(words, fraction, false);
      const domain = { low: 0.25, high: 16 };
      const { results, cost } = world.run((rt, role) => inverseSqrt(rt, shares[role], domain));
      const errors = errorsOf(world, results, numbersOf(words, fraction), (x) => 1 / Math.sqrt(x));
      assert.ok(errors.largest < BOUND[world.bits], `${where}: off by ${errors.largest} at ${errors.at}`);
      assert.is(cost.rounds, 4);
    }
  });
});

test('other fraction bits have domains of their own', () => {
  for (const fraction of [8, 10, 14]) {
    const world = new World({ parties: 2, bits: 32, fraction });
    const { low, high } = defaultDomain('inverseSqrt', 32, fraction);
    const words = geometrically(low, Math.min(high, 2000), 2001, fraction);
    const masked = world.masked(words);
    const { results } = world.run((rt, role) => inverseSqrt(rt, masked[role]));
    const errors = errorsOf(world, results, numbersOf(words, fraction), (x) => 1 / Math.sqrt(x));
    assert.ok(errors.largest < 3 * 2 ** -fraction + 4e-4, `${fraction} bits: off by ${errors.largest}`);
  }
});

test('an odd number of fraction bits leaves out no number: log and sqrt from the least on', () => {
  for (const [bits, fraction] of [
    [32, 13],
    [64, 21],
  ] as const) {
    const world = new World({ parties: 2, bits, fraction });
    const words = [1n, 2n, 3n, 4n, 5n, 8n, 100n];
    const masked = world.masked(words);
    for (const [program, f] of [
      [log, Math.log],
      [sqrt, Math.sqrt],
    ] as const) {
      const { results } = world.run((rt, role) => program(rt, masked[role]));
      const { largest, at } = errorsOf(world, results, numbersOf(words, fraction), f);
      assert.ok(largest < BOUND[bits] + 2 ** -fraction, `ring ${bits}: off by ${largest} at ${at}`);
    }
  }
});

test('what a ring cannot hold is refused with what to change', () => {
  const refused = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error: Error) => error instanceof RangeError && message.test(error.message));
  refused(
    () => piecesByPowersOfFour('reciprocal', 32, 12, { low: 2 ** -8, high: 1 }),
    /use ring 64, or a smaller domain/,
  );
  refused(() => piecesByPowersOfFour('sqrt', 32, 12, { low: 2, high: 1 }), /domain from 2 to 1/);
  refused(() => piecesByPowersOfFour('log', 64, 20, { low: 2 ** -21, high: 1 }), /domain/);
  refused(() => expPieces(32, 12, 5), /use ring 64, or a smaller max/);
  refused(() => expPieces(64, 20, 3), /multiple of 2/);
  refused(() => expPieces(32, 12, -1), /multiple of 1/);
});

test.run();
