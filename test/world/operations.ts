/**
 * Every operation of the protocol with its declared cost, in one table: the claims that hold for all of them (cost,
 * labels, memory, uniform transcripts) are tests over this table.
 */
import { Sentinel, sentinelCost, siteOf } from '../../src/nn/sentinel.js';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked, type MaskedBit, type Share } from '../../src/party/values.js';
import { and, andCost } from '../../src/protocol/and.js';
import { bitShare } from '../../src/protocol/bits.js';
import { isNegative, isNegativeBits, isNegativeCost } from '../../src/protocol/compare.js';
import { type Cost, dealing, free, type Setting, sequence, wordBytes } from '../../src/protocol/cost.js';
import { foldLines, foldLinesCost } from '../../src/protocol/fold.js';
import { innerProducts } from '../../src/protocol/inner-products.js';
import { largestBlinded, largestBlindedCost } from '../../src/protocol/largest-blinded.js';
import { asShare } from '../../src/protocol/linear.js';
import { mean, meanCost } from '../../src/protocol/mean.js';
import { multiply } from '../../src/protocol/multiply.js';
import { blind, blindCost, open, openCost } from '../../src/protocol/open.js';
import { polynomial, polynomialCost } from '../../src/protocol/polynomial.js';
import { timesPublic, timesPublicCost } from '../../src/protocol/public-factor.js';
import { concat } from '../../src/protocol/rearrange.js';
import { relu, reluCost } from '../../src/protocol/relu.js';
import { joinedRelu, joinedReluCost } from '../../src/protocol/relu-joined.js';
import { multiplyBit, multiplyBitCost, select, selectCost } from '../../src/protocol/select.js';
import { sigmoidCost, sigmoidPair, tanhPair } from '../../src/protocol/sigmoid.js';
import {
  rescale,
  rescaleCost,
  rescaleNarrow,
  rescaleNarrowCost,
  truncate,
  truncateCost,
  truncateNarrow,
  truncateNarrowCost,
} from '../../src/protocol/truncate.js';
import { shaped } from '../../src/protocol/views.js';
import type { Parties } from './parties.js';

/** What a run leaves to be freed: results, and arguments that it did not consume. */
export type Leftover = Parameters<Runtime['free']>[number];

export interface Operation {
  readonly name: string;
  /** Makes arguments from integers; the program that each role then runs resolves to what is to be freed. */
  prepare(world: Parties, values: readonly bigint[]): (rt: Runtime, role: number) => Secure<Leftover[]>;
  cost(at: Setting, count: number, fraction: number): Cost;
}

/** An operation that consumes one share at scale 2f. */
export const ofShare = (
  name: string,
  run: (rt: Runtime, z: Share) => Secure<Leftover[]>,
  cost: Operation['cost'],
  settled = false,
): Operation => ({
  name,
  prepare(world, values) {
    const shares = world.share(values, 2 * world.fraction, settled);
    return (rt, role) => run(rt, shares[role]);
  },
  cost,
});

/** An operation on one masked value that leaves it alone. */
export const ofMasked = (
  name: string,
  run: (rt: Runtime, x: Masked) => Secure<Leftover[]>,
  cost: Operation['cost'],
  fraction?: number,
): Operation => ({
  name,
  prepare(world, values) {
    const masked = world.masked(values, fraction);
    return function* (rt, role) {
      return [masked[role], ...(yield* run(rt, masked[role]))];
    };
  },
  cost,
});

/** An operation on a masked bit and a masked value; `fresh`: the bit has not selected before. */
const ofBit = (
  name: string,
  fresh: boolean,
  run: (rt: Runtime, bit: MaskedBit, x: Masked) => Secure<Leftover[]>,
  cost: Operation['cost'],
): Operation => ({
  name: `${name}, ${fresh ? 'a fresh bit' : 'a bit used before'}`,
  prepare(world, values) {
    const bits = world.maskedBits(values.map((_, i) => i & 1));
    const masked = world.masked(values, 2 * world.fraction);
    if (!fresh) world.each((rt, role) => rt.free(bitShare(rt, bits[role])));
    return function* (rt, role) {
      return [bits[role], masked[role], ...(yield* run(rt, bits[role], masked[role]))];
    };
  },
  cost,
});

const andOf = (count: number): Operation => ({
  name: `and of ${count} bits`,
  prepare(world, values) {
    const bits = Array.from({ length: count }, (_, j) =>
      values.map((value) => Number((value >> BigInt(j)) & 1n)),
    );
    const planes = world.maskedPlanes(bits);
    return function* (rt, role) {
      return [yield* and(rt, planes[role], [values.length])];
    };
  },
  cost: (at, values) => andCost(at, values, count),
});

const polynomialOf = (name: string, p: readonly number[], domain = 4, fraction?: number): Operation =>
  ofMasked(
    name,
    function* (rt, x) {
      return [yield* polynomial(rt, x, p, domain)];
    },
    (at, count, f) => polynomialCost(at, count, p, fraction ?? f, domain),
    fraction,
  );

/** Kernel and bias of one number a column, and lines, from the same integers. */
const foldOf = (name: string, whole: boolean): Operation => ({
  name,
  prepare(world, values) {
    const columns = values.length;
    const parameters = world.masked(whole ? [...values, ...values] : values, world.fraction, [
      whole ? 2 : 1,
      columns,
    ]);
    const [mean, slope, beta] = [1n, 2n, 3n].map((n) => world.masked(values.map((value) => value * n)));
    return function* (rt, role) {
      const lines = { mean: mean[role], slope: slope[role], beta: whole ? beta[role] : null };
      const folded = yield* foldLines(rt, parameters[role], 1, lines);
      return [folded, parameters[role], mean[role], slope[role], beta[role]];
    };
  },
  cost: (at, count, fraction) => foldLinesCost(at, 1, count, fraction),
});

/** A number of rows that divides `count`, so that columns of whatever size have several values. */
const rowsFor = (count: number): number => [5, 3, 2].find((rows) => count % rows === 0) ?? count;

/** Bits by which rows are rounded before their products are taken: between two parties alone. */
const dropFor = (parties: number): number => (parties === 2 ? 5 : 0);

/** The first number times every number, as rows of one column that stand twice; rounded. */
const innerProductsOfRows = ofMasked(
  'inner products of rows',
  function* (rt, x) {
    const column = shaped(x, [x.size, 1]);
    const twice = concat(rt, [column, column]);
    const drop = dropFor(rt.parties.length);
    const sums = innerProducts(rt, twice, [{ start: x.size, count: 1 }], { drop, plusOne: true });
    return [twice, yield* rescaleNarrow(rt, sums)];
  },
  (at, count, f) => rescaleNarrowCost(at, count, f - dropFor(at.parties) + (at.parties === 2 ? 1 : 0)),
);

export const operations: readonly Operation[] = [
  innerProductsOfRows,
  ofShare(
    'open of a settled share',
    function* (rt, z) {
      return [yield* open(rt, z)];
    },
    (at, count) => openCost(at, count, true),
    true,
  ),
  ofShare(
    'open of an unsettled share',
    function* (rt, z) {
      return [yield* open(rt, z)];
    },
    (at, count) => openCost(at, count, false),
  ),
  ofShare(
    'blind',
    function* (rt, z) {
      return [yield* blind(rt, z, 'truncate')];
    },
    (at, count) => blindCost(at, count),
  ),
  ...[1, 12, 23].map((s) =>
    ofShare(
      `blind without ${s} bits`,
      function* (rt, z) {
        return [yield* blind(rt, z, 'truncate', s)];
      },
      (at, count) => blindCost(at, count, s),
    ),
  ),
  ...[1, 8, 9, 17, 30].map((s) =>
    ofShare(
      `truncate by ${s} bits`,
      function* (rt, z) {
        return [yield* truncate(rt, z, s)];
      },
      (at, count) => truncateCost(at, count, s),
    ),
  ),
  ofShare(
    'rescale',
    function* (rt, z) {
      return [yield* rescale(rt, z)];
    },
    rescaleCost,
  ),
  ...[1, 9, 12, 24, 25].flatMap((s) => [
    ofShare(
      `truncateNarrow by ${s} bits`,
      function* (rt, z) {
        return [yield* truncateNarrow(rt, z, s)];
      },
      (at, count) => truncateNarrowCost(at, count, s),
    ),
    ofShare(
      `rescaleNarrow by ${s} bits`,
      function* (rt, z) {
        return [yield* rescaleNarrow(rt, z, s)];
      },
      (at, count) => rescaleNarrowCost(at, count, s),
    ),
  ]),
  foldOf('a dense layer folded with its normalization', true),
  foldOf('a layer without bias folded with a normalization without beta', false),
  ...[2, 3, 4].map((values) =>
    ofShare(
      `the largest of ${values} blinded values`,
      function* (rt, z) {
        const c = yield* blind(rt, z, 'truncate', rt.fraction);
        const { largest, stages } = yield* largestBlinded(
          rt,
          Array.from({ length: values }, () => rt.copy(c)),
          rt.fraction,
        );
        rt.free(c);
        return [largest, ...stages.map(({ bits }) => bits)];
      },
      (at, count, f) => sequence(blindCost(at, count, f), largestBlindedCost(at, values, count, f)),
    ),
  ),
  ...[0.3, 1e-6, 1000.7].map((c) =>
    ofMasked(
      `times ${c}`,
      function* (rt, x) {
        return [yield* timesPublic(rt, x, c)];
      },
      (at, count, f) => timesPublicCost(at, count, f, c),
    ),
  ),
  ofMasked(
    'mean of columns',
    function* (rt, x) {
      const rows = rowsFor(x.size);
      return [yield* mean(rt, new Masked(x.delta, x.mask, [rows, x.size / rows], x.fraction))];
    },
    (at, count, f) => meanCost(at, rowsFor(count), count / rowsFor(count), f),
  ),
  ofMasked(
    'multiply',
    // biome-ignore lint/correctness/useYield: local, no round
    function* (rt, x) {
      return [multiply(rt, x, x)];
    },
    () => free,
  ),
  ofMasked(
    'isNegative',
    function* (rt, x) {
      return [yield* isNegative(rt, x)];
    },
    (at, count) => isNegativeCost(at, count, at.bits),
  ),
  ...[2, 7, 8, 20].map((w) =>
    ofMasked(
      `isNegative of ${w} bits`,
      function* (rt, x) {
        return [yield* isNegativeBits(rt, x.delta ?? x.mask, x.shape, 3, w)];
      },
      (at, count) => isNegativeCost(at, count, w),
    ),
  ),
  ...[2, 4, 5, 16, 17].map(andOf),
  ofShare(
    'relu',
    function* (rt, z) {
      const { value, positive } = yield* relu(rt, z);
      return [value, positive];
    },
    reluCost,
  ),
  ofShare(
    'relu in fewer rounds',
    function* (rt, z) {
      const s = z.fraction - rt.fraction;
      const c = yield* blind(rt, z, 'truncate', s);
      const { value, positive } = yield* joinedRelu(rt, c, z, s);
      return [value, positive];
    },
    (at, count, s) => sequence(blindCost(at, count, s), joinedReluCost(at, count, s)),
  ),
  ...[true, false].flatMap((fresh) => [
    ofBit(
      'select',
      fresh,
      function* (rt, bit, x) {
        return [yield* select(rt, bit, asShare(rt, x), rt.fraction)];
      },
      (at, count, f) => selectCost(at, count, f, fresh),
    ),
    ofBit(
      'multiplyBit',
      fresh,
      // biome-ignore lint/correctness/useYield: local, no round
      function* (rt, bit, x) {
        return [multiplyBit(rt, bit, x)];
      },
      (at, count) => multiplyBitCost(at, count, fresh),
    ),
    ofBit(
      'bitShare',
      fresh,
      // biome-ignore lint/correctness/useYield: local, no round
      function* (rt, bit) {
        return [bitShare(rt, bit)];
      },
      (at, count) => (fresh ? dealing(wordBytes(at, count)) : free),
    ),
  ]),
  polynomialOf('polynomial of degree 0', [0.5]),
  polynomialOf('polynomial of degree 1', [0.5, -1]),
  polynomialOf('polynomial of degree 2', [0.25, 0.5, 0.125]),
  polynomialOf('polynomial of degree 4, in one piece', [1, -1, 0.5, -0.25, 0.25], 4, 5),
  polynomialOf('polynomial of degree 3, in stages', [0, 0, 0, 0.25]),
  polynomialOf('polynomial of degree 5, in stages', [0.5, 0.2159, 0, -0.0082, 0, 0.0001826], 2),
  ofShare(
    'sigmoid',
    function* (rt, z) {
      const { value, slope } = yield* sigmoidPair(rt, z, false);
      return [value, slope];
    },
    (at, count, f) => sigmoidCost(at, count, f, false),
  ),
  ofShare(
    'tanh with its derivative',
    function* (rt, z) {
      const { value, slope } = yield* tanhPair(rt, z, true);
      return [value, slope];
    },
    (at, count, f) => sigmoidCost(at, count, f, true),
  ),
];

/** Opens a few bits only, whatever the number of values. */
export const sentinelOperation: Operation = ofMasked(
  'the sentinel',
  function* (rt, x) {
    const sentinel = new Sentinel(rt, 0);
    sentinel.site = siteOf(0, 'product');
    sentinel.watch(x.delta ?? x.mask, x.fraction);
    return [(yield* sentinel.alarms())?.words ?? null];
  },
  (at, count) => sentinelCost(at, [count], 1),
);
