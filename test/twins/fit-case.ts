/**
 * A whole fit on shares beside its clear twin: what the loss took in every step and all trained numbers after every epoch
 * are equal bit for bit, in every setting, whether the fit is made in one go or taken up again after every epoch. What that means is said in twin-case.ts.
 */
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../src/model/config.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import type { Delay, Span } from '../../src/nn/delay.js';
import { DelayedUpdate, joinedRows } from '../../src/nn/delayed-update.js';
import { restoreState, saveState } from '../../src/nn/model-state.js';
import { gradientFraction } from '../../src/nn/scales.js';
import { type EpochSettings, Schedule } from '../../src/nn/step-plan.js';
import { gatherRows } from '../../src/protocol/gather.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, encoded, SteppedModel } from '../world/model-steps.js';
import { watchOpenings } from '../world/openings.js';
import type { Parties } from '../world/parties.js';
import { type Bits, read } from '../world/ring.js';
import { inEverySetting } from '../world/settings.js';
import { roundedByMasks, spanTwin } from './delay-twin.js';
import { Outside } from './oracle.js';
import { StepTwin } from './step-twin.js';
import { trainingSteps } from './training-twin.js';
import { weightsFor } from './twin-case.js';
import { Rounder, type TwinSpan } from './twin-types.js';

export interface FitCase {
  readonly name: string;
  readonly config: ModelConfig;
  readonly optimizer: OptimizerConfig;
  readonly loss?: LossName;
  /** Default true. */
  readonly shuffle?: boolean;
  /** Whether each epoch goes on from what the one before has saved, in a model made anew. */
  readonly resumed?: boolean;
  /** The ring whose range it needs; both unless given. */
  readonly ring?: Bits;
  /** See `Agreement`. */
  readonly fewRounds?: boolean;
  /** How the first layer's updates are delayed; not unless given. Bits are dropped between two parties alone. */
  readonly delay?: Delay;
}

/** Batches of 4, 4 and 3 rows. */
const ROWS = 11;
const SIZES = { rows: ROWS, batchSize: 4, epochs: 3, seed: 5 };

/** Runs a case. @throws when anything differs */
export function fitEqualsTheTwin(made: FitCase): void {
  inEverySetting((world, where) => {
    if (made.ring !== undefined && made.ring !== world.bits) return;
    if (made.delay && made.delay.drop > 0 && world.parties.length > 2) return;
    compare(world, where, made);
  }, made.fewRounds);
}

function compare(world: Parties, where: string, made: FitCase): void {
  const { config, optimizer, loss = 'meanSquaredError', shuffle = true, delay = null } = made;
  const training = { ...SIZES, optimizer, loss, shuffle };
  const { bits, fraction } = world;
  const plan = planModel(config);
  const { units } = plan;
  const width = sizeOf(config.inputShape);
  const weights = weightsFor(world, config);
  const x = drawn(world, ROWS * width, 1);
  const t = Array.from({ length: ROWS * units }, (_, i) => (i % units === Math.floor(i / 2) % units ? 1 : 0));
  const g = gradientFraction(bits, fraction, SIZES.batchSize);

  let secure = new SteppedModel(world, config, weights);
  const xs = secure.rows(x, ROWS, config.inputShape);
  const ts = secure.targets(t, ROWS, units, loss, g);
  let schedule = new Schedule(bits, fraction, units);
  const kept: bigint[][] = [];
  const after: bigint[][][] = [];
  const spans: Span[] = [];
  const openings = watchOpenings(world, () => {
    for (let epoch = 0; epoch < SIZES.epochs; epoch++) {
      if (made.resumed && epoch > 0) {
        schedule = new Schedule(bits, fraction, units);
        secure = takenUp(secure, schedule, { ...training, gradientFraction: g, delay }, epoch);
      }
      const planned = schedule.epoch({ ...training, epoch, gradientFraction: g, delay }, ROWS);
      for (const span of planned.spans) {
        const own = planned.steps.slice(span.start, span.start + span.count);
        const order = own.map(({ rows }) => rows);
        const updates = world.each(
          (rt, role) => new DelayedUpdate(rt, gatherRows(rt, xs[role], joinedRows(order)), order, span),
        );
        for (const step of own) {
          const xb = world.each((_rt, role) => updates[role].rows(xs[role].shape));
          const tb = world.each((rt, role) => gatherRows(rt, ts[role], step.rows));
          kept.push(secure.step(xb, tb, step.plan, span.count > 1 ? updates : null).kept);
        }
        spans.push({ ...span, start: kept.length - span.count });
      }
      after.push(secure.values);
    }
  });

  assert.is(
    spans.some(({ count }) => count > 1),
    delay !== null,
    `${where}: steps are updated together`,
  );

  const outside = new Outside(openings, bits, fraction);
  const initial = weights.map((array) => encoded(world, array));
  const rounder = new Rounder(outside, g, world.parties.length);
  const twin = new StepTwin(plan, initial, rounder);
  const [xRows, tRows] = [byRow(encoded(world, x), width), byRow(encoded(world, t), units)];
  const shares = world.parties.map(({ heap }, role) => read(heap, bits, xs[role].mask));
  const coarse = byRow(roundedByMasks(encoded(world, x), shares, delay?.drop ?? 0), width);
  let span: TwinSpan | null = null;
  const steps = trainingSteps(training, units, bits, fraction);
  assert.is(kept.length, steps.length, where);
  for (const [i, { rows, epoch, plan: step, pass }] of steps.entries()) {
    const [xb, tb] = [xRows, tRows].map((all) => rows.flatMap((row) => all[row]));
    const began = spans.find(({ start }) => start === i);
    if (began) {
      const own = steps.slice(i, i + began.count);
      const order = own.flatMap((one) => [...one.rows]);
      const of = {
        sizes: own.map((one) => one.rows.length),
        exponent: Math.max(...own.map((one) => one.plan.exponent ?? 0)),
        drop: delay?.drop ?? 0,
        useBias: true,
      };
      const [all, rounded] = [xRows, coarse].map((numbers) => order.map((row) => numbers[row]));
      span = began.count > 1 ? spanTwin(rounder, all, rounded, of) : null;
    }
    const y = twin.step(xb, tb, rows.length, loss, optimizer, step, pass, span);
    assert.equal(kept[i], y, `${where}: outputs of step ${i}`);
    if (steps[i + 1]?.epoch === epoch) continue;
    after[epoch].forEach((values, p) => {
      assert.equal(values, twin.kept[p].values, `${where}: parameter ${p} after epoch ${epoch}`);
    });
  }
  assert.is(outside.left, 0, `${where}: the twin has rounded all that the roles have rounded`);
}

/** A new model with what another has saved after so many epochs, beside a schedule that has come as far. */
function takenUp(
  { world, config, models }: SteppedModel,
  schedule: Schedule,
  settings: Omit<EpochSettings, 'epoch'>,
  epochs: number,
): SteppedModel {
  const { results: states } = world.run((rt, role) => saveState(rt, models[role]));
  let changed = false;
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (schedule.skip({ ...settings, epoch }, ROWS)) changed = true;
  }
  const made = new SteppedModel(world, config, weightsFor(world, config));
  const optimizer = changed ? settings.optimizer : null;
  world.run((rt, role) => restoreState(rt, made.models[role], optimizer, states[role]));
  return made;
}

const byRow = (numbers: readonly bigint[], width: number): bigint[][] =>
  Array.from({ length: numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
