/**
 * A dry run: the first steps of a training, on rows that its caller holds in clear, computed as they would be on shares,
 * to see how large numbers become. All roles run in turn on this thread with the protocol's own code, so what is
 * measured is what a training would round: every product, gradient, update and difference, not a sample of them.
 */
import type { Words } from '../../bindings/memory.js';
import { loadKernels } from '../../bindings/module.js';
import type { RingBits } from '../../bindings/ring.js';
import type { LossName } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { InTurn } from '../party/in-turn.js';
import type { Runtime, Watcher } from '../party/runtime.js';
import { SEED_BYTES } from '../party/streams.js';
import type { Masked } from '../party/values.js';
import { encode } from '../protocol/encode.js';
import { constant } from '../protocol/public-terms.js';
import { rest } from '../rest.js';
import { sizeOf } from '../shape.js';
import { DelayedUpdate, joinedRows } from './delayed-update.js';
import { losses } from './loss.js';
import { SecureModel } from './model.js';
import { differenceFraction, weightFraction } from './scales.js';
import { placeOf, type WatchedKind } from './sentinel.js';
import { Schedule, scalesOf } from './step-plan.js';

/** Bits of head-room from which a training is said to fit: half of the limit is where the sentinel ends it. */
export const LEAST_HEAD_ROOM = 2;

/** Steps of a dry run at the most … */
const MOST_STEPS = 128;
/** … and what they may cost, in multiply-adds of all products; but at least as many steps as this. */
const MOST_WORK = 1e8;
const LEAST_STEPS = 8;
/** Milliseconds of work after which other events of this thread have their turn. */
const WORK_MS = 50;

/** The largest number of one kind in one layer. */
export interface Peak {
  /** Place of the layer in the description, from 0. */
  readonly layer: number;
  readonly type: string;
  readonly kind: WatchedKind;
  /** The largest magnitude that occurred. */
  readonly largest: number;
  /** What it must stay below. */
  readonly limit: number;
  /** log2(limit / largest); Infinity where all were 0. */
  readonly headRoom: number;
}

/** What a training is on one ring. */
export interface RangeCheck {
  readonly ring: RingBits;
  readonly fractionBits: number;
  readonly batchSize: number;
  /** Steps that were run. */
  readonly steps: number;
  /** Layer by layer. */
  readonly peaks: readonly Peak[];
  /** Whether every kind has the bits of head-room that a dry run asks for. */
  readonly fits: boolean;
}

export interface DryRunSetting {
  readonly plan: ModelPlan;
  /** Public initial weights. */
  readonly weights: readonly ArrayLike<number>[];
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly ring: RingBits;
  readonly fractionBits: number;
  /** Multiply-adds of a step. */
  readonly work: number;
}

/** Rows in clear, row-major. */
export interface ClearRows {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly rows: number;
  /** What each row counts for; all alike where null. */
  readonly weights: Float64Array | null;
}

/** Copies of the rows at the most, to fill a batch of more rows than there are. */
const MOST_COPIES = 16;

/**
 * Runs the first steps of a training. What ring 32 is to hold is computed in words of 64 bits at the scales of ring 32, so that
 * a number that wraps there is seen as large as it is; but for functions that have no such scale.
 * @throws RangeError for numbers that the ring cannot encode
 */
export async function checkRange(setting: DryRunSetting, data: ClearRows): Promise<RangeCheck> {
  if (setting.ring === 64) return measure(setting, data, 64);
  try {
    return await measure(setting, data, 64);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return measure(setting, data, 32);
  }
}

/** @param words bits of the words that are computed with */
async function measure(setting: DryRunSetting, data: ClearRows, words: RingBits): Promise<RangeCheck> {
  const { plan, loss, optimizer, batchSize: wanted, seed, shuffle, ring, fractionBits } = setting;
  const module = await loadKernels();
  const world = new InTurn(module, {
    parties: ['alice', 'bob'],
    ring: words,
    fractionBits,
    prgRounds: 8, // nothing is hidden here
    seed: () => crypto.getRandomValues(new Uint8Array(SEED_BYTES)),
  });
  const copies = Math.min(MOST_COPIES, Math.ceil(wanted / data.rows));
  const total = copies * data.rows;
  const batchSize = Math.min(wanted, total);
  const models = world.each((rt) => new SecureModel(rt, plan, setting.weights));
  const peaks = new Peaks(world, ring, fractionBits);
  const { delay, gradientFraction: gradients } = scalesOf(
    plan,
    optimizer,
    { ring, fractionBits, parties: 2 },
    batchSize,
  );
  const weighting = weightFraction(ring, fractionBits);
  const targetFraction = losses[loss].roundedLabels ? gradients : fractionBits;
  const schedule = new Schedule(ring, fractionBits, plan.units);
  const most = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, Math.floor(MOST_WORK / setting.work)));
  let steps = 0;
  let rested = performance.now();
  for (let epoch = 0; epoch < setting.epochs && steps < most; epoch++) {
    const settings = {
      loss,
      optimizer,
      batchSize,
      epoch,
      seed,
      shuffle,
      gradientFraction: gradients,
      delay,
    };
    const { steps: planned, spans } = schedule.epoch(settings, total);
    for (const span of spans) {
      if (steps >= most) break;
      const own = planned.slice(span.start, span.start + span.count);
      steps += own.length;
      if (performance.now() - rested > WORK_MS) {
        await rest();
        rested = performance.now();
      }
      const rows = own.map((step) => step.rows.map((row) => row % data.rows));
      world.scoped(
        () => {
          const x = world.each((rt) => inClear(rt, data.x, joinedRows(rows), plan.inputShape, fractionBits));
          const updates = world.each(
            (rt, role) => new DelayedUpdate(rt, x[role], rows, { ...span, bare: true }),
          );
          for (const [i, step] of own.entries()) {
            const t = world.each((rt) => inClear(rt, data.y, rows[i], [plan.units], targetFraction));
            const { weights } = data;
            const w = weights && world.each((rt) => inClear(rt, weights, rows[i], [], weighting));
            world.drive((_rt, role) => {
              const update = updates[role];
              const xs = update.rows(x[role].shape);
              return models[role].step(
                xs,
                t[role],
                step.plan,
                own.length > 1 ? update : null,
                w?.[role] ?? null,
              );
            });
          }
        },
        (role) => models[role].blocks(),
      );
    }
  }
  const found = peaks.list.map(({ site, largest, fraction, limit }): Peak => {
    const { layer, kind } = placeOf(site);
    return {
      layer,
      type: plan.layers[layer].config.type,
      kind,
      largest: largest / 2 ** fraction,
      limit: 2 ** (limit - fraction),
      headRoom: limit - Math.log2(largest),
    };
  });
  return {
    ring,
    fractionBits,
    batchSize,
    steps,
    peaks: found,
    fits: found.every(({ headRoom }) => headRoom >= LEAST_HEAD_ROOM),
  };
}

/** Some rows as a value under a mask of zero. */
function inClear(
  rt: Runtime,
  numbers: Float64Array,
  rows: Uint32Array,
  shape: readonly number[],
  fraction: number,
): Masked {
  const width = sizeOf(shape);
  const batch = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    batch.set(numbers.subarray(row * width, (row + 1) * width), i * width);
  });
  return constant(rt, encode(rt, batch, fraction), [rows.length, ...shape], fraction);
}

interface Found {
  readonly site: number;
  /** In ring units. */
  largest: number;
  /** Of the value that was largest against its limit. */
  fraction: number;
  limit: number;
}

/** The largest values by site: the first party's opened words less the provider's masks. */
class Peaks {
  readonly #found = new Map<number, Found>();
  /** Masks that the provider has shown and the party has not come to, in order. */
  readonly #masks: Uint32Array[] = [];

  /** @param ring whose limits count, with so many fraction bits */
  constructor(world: InTurn, ring: RingBits, fractionBits: number) {
    const [party] = world.parties;
    const { provider } = world;
    provider.watcher = this.#watcher((words) => this.#masks.push(lanesOf(provider, words).slice()));
    party.watcher = this.#watcher((words, site, fraction, limit) => {
      const largest = largestDifference(lanesOf(party, words), this.#masks.shift(), party.ring.bits);
      let most = limit ?? ring - 2;
      if (limit !== undefined && placeOf(site).kind === 'loss') {
        // differences, which are squared: half the bits of this ring, beyond those that they lose first
        most = (ring - 2) / 2 + Math.max(0, fraction - differenceFraction(ring, fractionBits));
      }
      this.#note(site, largest, fraction, most);
    });
  }

  get list(): readonly Found[] {
    return [...this.#found.values()].sort((a, b) => a.site - b.site);
  }

  #watcher(see: (words: Words, site: number, fraction: number, limit?: number) => void): Watcher {
    const watcher: Watcher = {
      site: null,
      watch(words, fraction, limit) {
        if (watcher.site !== null) see(words, watcher.site, fraction, limit);
      },
      outputs: (words, fraction) => watcher.watch(words, fraction),
    };
    return watcher;
  }

  #note(site: number, largest: number, fraction: number, limit: number): void {
    const found = this.#found.get(site);
    if (!found) this.#found.set(site, { site, largest, fraction, limit });
    else if (largest / 2 ** limit > found.largest / 2 ** found.limit) {
      Object.assign(found, { largest, fraction, limit });
    }
  }
}

const lanesOf = (rt: Runtime, { ptr, length }: Words): Uint32Array =>
  rt.heap.u32(ptr, (length * rt.ring.bytes) / 4);

/** The largest |c − r| of ring words, signed. */
function largestDifference(c: Uint32Array, r: Uint32Array | undefined, bits: RingBits): number {
  if (r?.length !== c.length) throw new Error('dry run: the roles have looked at different values');
  let most = 0;
  if (bits === 32) {
    for (let i = 0; i < c.length; i++) most = Math.max(most, Math.abs((c[i] - r[i]) | 0));
    return most;
  }
  for (let i = 0; i < c.length; i += 2) {
    const low = c[i] - r[i];
    const high = (c[i + 1] - r[i + 1] - (low < 0 ? 1 : 0)) | 0;
    most = Math.max(most, Math.abs(high * 2 ** 32 + (low < 0 ? low + 2 ** 32 : low)));
  }
  return most;
}
