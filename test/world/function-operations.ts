/** The secure functions with their declared costs, for the claims that hold for every operation. */
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked } from '../../src/party/values.js';
import { abs, absCost, maximum, minimum } from '../../src/protocol/abs-max-min.js';
import type { Cost, Setting } from '../../src/protocol/cost.js';
import { isZero, isZeroCost } from '../../src/protocol/equal.js';
import { exp, expCost } from '../../src/protocol/exp.js';
import { max, maxCost } from '../../src/protocol/max.js';
import { inverseSqrtOfMany, inverseSqrtOfManyCost } from '../../src/protocol/normalise.js';
import { divide, divideCost, reciprocal, reciprocalCost } from '../../src/protocol/reciprocal.js';
import { inverseSqrt, inverseSqrtCost, log, logCost, sqrt, sqrtCost } from '../../src/protocol/roots.js';
import { guardedCost, sigmoidPair, tanhPair } from '../../src/protocol/sigmoid.js';
import { softmax, softmaxCost } from '../../src/protocol/softmax.js';
import { type Operation, ofMasked, ofShare } from './operations.js';

/** A function of one masked value that makes another. */
const ofValue = (
  name: string,
  run: (rt: Runtime, x: Masked) => Secure<Masked>,
  cost: Operation['cost'],
): Operation =>
  ofMasked(
    name,
    function* (rt, x) {
      return [yield* run(rt, x)];
    },
    cost,
  );

/** A row length that divides `count`, so that rows of whatever size have some columns. */
const columnsFor = (count: number): number =>
  [10, 5, 4, 3, 2].find((columns) => count % columns === 0) ?? count;

/** A function of rows, as a view of a masked vector. */
const ofRows = (
  name: string,
  run: (rt: Runtime, x: Masked) => Secure<(Masked | null)[]>,
  cost: (at: Setting, rows: number, columns: number, fraction: number) => Cost,
  columnsOf = columnsFor,
): Operation =>
  ofMasked(
    name,
    function* (rt, x) {
      const columns = columnsOf(x.size);
      return yield* run(rt, new Masked(x.delta, x.mask, [x.size / columns, columns], x.fraction));
    },
    (at, count, fraction) => cost(at, count / columnsOf(count), columnsOf(count), fraction),
  );

const small = { low: 1 / 4, high: 16 };

export const functionOperations: readonly Operation[] = [
  ofValue(
    'exp below 1',
    (rt, x) => exp(rt, x, 0),
    (at, count, f) => expCost(at, count, f, 0),
  ),
  ofValue(
    'reciprocal',
    (rt, x) => reciprocal(rt, x, { domain: small }),
    (at, count, f) => reciprocalCost(at, count, f, { domain: small }),
  ),
  ofValue(
    'reciprocal of both signs',
    (rt, x) => reciprocal(rt, x, { domain: small, signed: true }),
    (at, count, f) => reciprocalCost(at, count, f, { domain: small, signed: true }),
  ),
  ofValue(
    'divide',
    (rt, x) => divide(rt, x, x, { domain: small }),
    (at, count, f) => divideCost(at, count, f, { domain: small }),
  ),
  ofValue(
    'sqrt',
    (rt, x) => sqrt(rt, x, small),
    (at, count, f) => sqrtCost(at, count, f, small),
  ),
  ofValue(
    'inverseSqrt',
    (rt, x) => inverseSqrt(rt, x, small),
    (at, count, f) => inverseSqrtCost(at, count, f, small),
  ),
  ofValue(
    'inverseSqrt of many values',
    (rt, x) => inverseSqrtOfMany(rt, x, small),
    (at, count, f) => inverseSqrtOfManyCost(at, count, f, small),
  ),
  ofValue(
    'log',
    (rt, x) => log(rt, x, small),
    (at, count, f) => logCost(at, count, f, small),
  ),
  ofShare(
    'sigmoid, guarded',
    function* (rt, z) {
      const { value, slope } = yield* sigmoidPair(rt, z, false, true);
      return [value, slope];
    },
    (at, count, f) => guardedCost(at, count, f, false),
  ),
  ofShare(
    'tanh with its derivative, guarded',
    function* (rt, z) {
      const { value, slope } = yield* tanhPair(rt, z, true, true);
      return [value, slope];
    },
    (at, count, f) => guardedCost(at, count, f, true, 'tanh'),
  ),
  ofValue('abs', abs, absCost),
  ofValue('maximum', (rt, x) => maximum(rt, x, x), absCost),
  ofValue('minimum', (rt, x) => minimum(rt, x, x), absCost),
  ofMasked(
    'isZero',
    function* (rt, x) {
      return [yield* isZero(rt, x)];
    },
    isZeroCost,
  ),
  ofRows(
    'max',
    function* (rt, x) {
      return [(yield* max(rt, x)).value];
    },
    (at, rows, columns) => maxCost(at, rows, columns),
  ),
  ofRows(
    'max with its mark',
    function* (rt, x) {
      const { value, mark } = yield* max(rt, x, { mark: true });
      return [value, mark];
    },
    (at, rows, columns) => maxCost(at, rows, columns, { mark: true }),
  ),
  ofRows(
    'max of values below 2^19 units',
    function* (rt, x) {
      return [(yield* max(rt, x, { width: 20 })).value];
    },
    (at, rows, columns) => maxCost(at, rows, columns, { width: 20 }),
  ),
  ofRows(
    'larger of two with its mark',
    function* (rt, x) {
      const { value, mark } = yield* max(rt, x, { mark: true });
      return [value, mark];
    },
    (at, rows, columns) => maxCost(at, rows, columns, { mark: true }),
    (count) => (count % 2 === 0 ? 2 : count),
  ),
  ofRows(
    'softmax',
    function* (rt, x) {
      return [(yield* softmax(rt, x)).value];
    },
    softmaxCost,
  ),
];

/** Functions of rows too long for a few hundred values to make many. */
export const longRowOperations: readonly Operation[] = [
  ofRows(
    'mark of a long row, in a tournament',
    function* (rt, x) {
      const { value, mark } = yield* max(rt, x, { value: false, mark: true });
      return [value, mark];
    },
    (at, rows, columns) => maxCost(at, rows, columns, { value: false, mark: true }),
    (count) => (count % 64 === 0 ? 64 : count),
  ),
  ofRows(
    'softmax of long rows with its logarithm',
    function* (rt, x) {
      const { value, log: logarithm } = yield* softmax(rt, x, { log: true });
      return [value, logarithm];
    },
    (at, rows, columns, f) => softmaxCost(at, rows, columns, f, { log: true }),
    (count) => (count % 20 === 0 ? 20 : count),
  ),
];
