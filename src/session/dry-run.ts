/**
 * model.dryRun: how large the numbers of a training become, on an owner's own rows in clear or on a made-up sample, and
 * which ring can hold them. Nothing is sent.
 */
import type { RingBits } from '../../bindings/ring.js';
import { publicRandom, purposes } from '../data/random.js';
import type { ModelPlan } from '../model/plan.js';
import { type ClearRows, checkRange, type DryRunSetting } from '../nn/dry-run.js';
import type { PartCost } from '../nn/summary.js';
import { checkBoolean, checkInteger, checkOptions } from '../options.js';
import { defaultFraction, rangeLimit } from '../party/ring-range.js';
import { sizeOf } from '../shape.js';
import { type Attempt, DryRunReport, tightest } from './dry-run-report.js';

/** Numbers of an owner, row by row: flat with the shape of a row known, or nested. */
export type ClearNumbers = Float32Array | Float64Array | readonly number[] | readonly (readonly number[])[];

/** Bounds of the columns of a row, from which a sample is drawn: evenly within, and of each column's ends. */
export interface ColumnBounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Rows of the sample. Default 256. */
  readonly rows?: number;
}

/** What `model.dryRun` takes: the training that it is for, as `fit` would be told. */
export interface DryRunOptions {
  /** Default 1. */
  epochs?: number;
  /** Rows a step. Default 32. */
  batchSize?: number;
  /** Public seed of initial weights and order. Default 0. */
  seed?: number;
  /** Default true. */
  shuffle?: boolean;
  /** What each row counts for, as `sampleWeight` of `fit` will say, also where rows are a sample. Default: 1 for every row. */
  sampleWeight?: Float32Array | Float64Array | readonly number[];
  /** The ring to try; `'auto'` (the default) tries 32 and, where that is too narrow, 64. */
  ring?: RingBits | 'auto';
  /** Default 12 (ring 32) or 20 (ring 64). */
  fractionBits?: number;
}

/** What a dry run of a compiled model needs beside its options. */
export type Described = Pick<DryRunSetting, 'plan' | 'loss' | 'optimizer'> & {
  /** The initial weights for a seed. */
  readonly weights: (seed: number) => readonly ArrayLike<number>[];
  /** What a step costs. */
  readonly step: (ring: RingBits, fractionBits: number, batchSize: number) => PartCost;
};

/**
 * See Sequential.dryRun.
 * @throws TypeError or RangeError for rows that do not fit the model
 */
export async function dryRun(
  model: Described,
  x: ClearNumbers | ColumnBounds,
  y: ClearNumbers | ColumnBounds | null,
  options: DryRunOptions,
): Promise<DryRunReport> {
  checkDryRun(options);
  const { ring = 'auto', fractionBits } = options;
  const rows = rowsOf(model.plan, model.loss, x, y, options.seed ?? 0);
  const data = { ...rows, weights: weightsOf(options, rows.rows) };
  const attempt = (on: RingBits, f?: number, batchSize?: number): Promise<Attempt> =>
    tryRing(model, data, { ...options, ...(batchSize && { batchSize }) }, on, f ?? defaultFraction(on));
  if (ring !== 'auto') return new DryRunReport([await attempt(ring, fractionBits)]);
  const narrow = await attempt(32, fractionBits);
  if (narrow.fits) return new DryRunReport([narrow]);
  const wide = await attempt(64);
  const others = alternatives(narrow);
  const tried = await Promise.all(others.map((other) => attempt(32, other.fractionBits, other.batchSize)));
  const named = others.filter((_, i) => tried[i].fits).map(({ name }) => name);
  return new DryRunReport([narrow, wide], [...(wide.fits ? ['ring 64'] : []), ...named]);
}

function checkDryRun(options: DryRunOptions): void {
  checkOptions('dryRun', options, OPTIONS);
  const { epochs = 1, batchSize = 32, seed = 0, shuffle = true, ring = 'auto', fractionBits } = options;
  checkInteger('dryRun: epochs', epochs, 1);
  checkInteger('dryRun: batchSize', batchSize, 1);
  checkInteger('dryRun: seed', seed, 0);
  checkBoolean('dryRun: shuffle', shuffle);
  if (!['auto', 32, 64].includes(ring)) throw new RangeError('dryRun: ring must be one of auto, 32, 64');
  if (fractionBits !== undefined) {
    checkInteger('dryRun: fractionBits', fractionBits, 1, (ring === 64 ? 64 : 32) / 2 - 2);
  }
}

const OPTIONS: readonly (keyof DryRunOptions)[] = [
  'epochs',
  'batchSize',
  'seed',
  'shuffle',
  'sampleWeight',
  'ring',
  'fractionBits',
];

/** Settings of ring 32 that may do where an attempt does not. */
function alternatives({ peaks, fractionBits, batchSize }: Attempt) {
  const missing = Math.ceil(2 - Math.min(...peaks.map(({ headRoom }) => headRoom)));
  if (!Number.isFinite(missing) || missing <= 0) return [];
  const fewer = fractionBits - Math.ceil(missing / 2);
  const smaller = Math.floor(batchSize / 2 ** missing);
  return [
    ...(fewer >= 8
      ? [{ name: `ring 32 with fractionBits: ${fewer}`, fractionBits: fewer, batchSize: undefined }]
      : []),
    ...(smaller >= 1
      ? [{ name: `ring 32 with batchSize: ${smaller}`, fractionBits: undefined, batchSize: smaller }]
      : []),
  ];
}

async function tryRing(
  model: Described,
  data: ClearRows,
  options: DryRunOptions,
  ring: RingBits,
  fractionBits: number,
): Promise<Attempt> {
  const { epochs = 1, batchSize = 32, seed = 0, shuffle = true } = options;
  const batch = batchSize;
  const none = { ring, step: null, fractionBits, batchSize: batch, steps: 0, peaks: [], fits: false };
  const limit = rangeLimit(ring, fractionBits);
  for (const [name, numbers] of [
    ['inputs', data.x],
    ['labels', data.y],
    ['weights of rows', data.weights ?? []],
  ] as const) {
    const largest = largestOf(numbers);
    if (largest < limit) continue;
    return { ...none, problem: `${name} reach ${Number(largest.toPrecision(3))}, ${limit} is too large` };
  }
  try {
    const step = model.step(ring, fractionBits, batch);
    const setting: DryRunSetting = {
      ...model,
      weights: model.weights(seed),
      work: step.multiplyAdds,
      epochs,
      batchSize,
      seed,
      shuffle,
      ring,
      fractionBits,
    };
    const check = await checkRange(setting, data);
    return { ...check, step, problem: check.fits ? null : tightest(check) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...none, problem: error.message };
  }
}

function largestOf(numbers: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, Math.abs(numbers[i]));
  return most;
}

/** Checks or makes the rows. */
function rowsOf(
  plan: ModelPlan,
  loss: DryRunSetting['loss'],
  x: ClearNumbers | ColumnBounds,
  y: ClearNumbers | ColumnBounds | null,
  seed: number,
): Omit<ClearRows, 'weights'> {
  const { units } = plan;
  const width = sizeOf(plan.inputShape);
  const inputs = isBounds(x) ? sample('x', x, width, seed) : flat('x', x);
  const rows = inputs.length / width;
  if (rows === 0 || !Number.isInteger(rows)) {
    throw new RangeError(`dryRun: x: ${inputs.length} numbers are no whole rows of ${width}`);
  }
  const labels =
    y === null
      ? someLabels(rows, units, seed)
      : isBounds(y)
        ? sample('y', { ...y, rows }, units, seed + 1)
        : flat('y', y);
  if (labels.length !== rows * units) {
    throw new RangeError(`dryRun: y: expected ${rows} rows of ${units}, got ${labels.length} numbers`);
  }
  if (loss !== 'meanSquaredError' && labels.some((label) => label < 0 || label > 1)) {
    throw new RangeError(`dryRun: y: ${loss} takes labels from 0 to 1`);
  }
  return { x: inputs, y: labels, rows };
}

function weightsOf({ sampleWeight }: DryRunOptions, rows: number): Float64Array | null {
  if (sampleWeight === undefined) return null;
  if (!Array.isArray(sampleWeight) && !ArrayBuffer.isView(sampleWeight)) {
    throw new TypeError('dryRun: sampleWeight must be numbers, one a row');
  }
  const weights = flat('sampleWeight', Float64Array.from(sampleWeight));
  if (weights.length === rows) return weights;
  throw new RangeError(`dryRun: sampleWeight: expected ${rows} numbers, one a row, got ${weights.length}`);
}

const isBounds = (value: unknown): value is ColumnBounds =>
  typeof value === 'object' && value !== null && 'low' in value && 'high' in value;

function flat(name: string, numbers: ClearNumbers): Float64Array {
  const typed = numbers instanceof Float32Array || numbers instanceof Float64Array;
  if (!typed && !Array.isArray(numbers)) {
    throw new TypeError(`dryRun: ${name} must be rows of numbers, or bounds { low, high }`);
  }
  const all = typed
    ? new Float64Array(numbers)
    : Float64Array.from((numbers as readonly (number | number[])[]).flat());
  for (let i = 0; i < all.length; i++) {
    if (!Number.isFinite(all[i])) throw new RangeError(`dryRun: ${name}: number ${i} is not finite`);
  }
  return all;
}

/** Rows between the bounds: every second one of the columns' ends alone. */
function sample(name: string, { low, high, rows = 256 }: ColumnBounds, width: number, seed: number) {
  const ok = (bounds: unknown): bounds is number[] =>
    Array.isArray(bounds) && bounds.length === width && bounds.every(Number.isFinite);
  if (!ok(low) || !ok(high)) {
    throw new RangeError(`dryRun: ${name}: low and high must be ${width} finite numbers each`);
  }
  const random = publicRandom(seed, purposes.sample);
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const [from, to] = [low[i % width], high[i % width]];
    const share = random.uniform();
    return Math.floor(i / width) % 2 === 0 ? from + (to - from) * share : share < 0.5 ? from : to;
  });
}

/** One-hot labels at random; 0 or 1 for a single output. */
function someLabels(rows: number, units: number, seed: number): Float64Array {
  const random = publicRandom(seed, purposes.sample, 1);
  const labels = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    if (units === 1) labels[row] = random.below(2);
    else labels[row * units + random.below(units)] = 1;
  }
  return labels;
}
