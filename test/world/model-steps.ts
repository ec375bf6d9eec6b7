/** Steps of training at all roles of a test's world, with everything in sight. */
import type { ModelConfig } from '../../src/model/config.js';
import type { LossName } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import type { DelayedUpdate } from '../../src/nn/delayed-update.js';
import { losses } from '../../src/nn/loss.js';
import { SecureModel, type TrainingPlan } from '../../src/nn/model.js';
import type { Masked } from '../../src/party/values.js';
import type { Cost } from '../../src/protocol/cost.js';
import { sizeOf } from '../../src/shape.js';
import type { Parties } from './parties.js';

/** Numbers at the working scale. */
export const encoded = (world: Parties, numbers: readonly number[]): bigint[] =>
  numbers.map((x) => BigInt(Math.round(x * 2 ** world.fraction)));

/** Random numbers of the working scale between −most and most. */
export const drawn = (world: Parties, count: number, most: number): number[] =>
  Array.from(
    { length: count },
    () => Math.round((world.random.unit() * 2 - 1) * most * 2 ** world.fraction) / 2 ** world.fraction,
  );

/** Random weights for a model, those of a kernel between −most and most, as exact numbers of the working scale. */
export function drawnWeights(world: Parties, config: ModelConfig, most: number): number[][] {
  return planModel(config).weights.map(({ shape }) => drawn(world, sizeOf(shape), most));
}

/** A model at every role. */
export class SteppedModel {
  readonly models: readonly SecureModel[];

  constructor(
    readonly world: Parties,
    readonly config: ModelConfig,
    weights: readonly ArrayLike<number>[],
  ) {
    const plan = planModel(config);
    this.models = world.each((rt) => new SecureModel(rt, plan, weights));
  }

  /** Rows as the roles hold them. */
  rows(numbers: readonly number[], rows: number, shape: readonly number[]): Masked[] {
    return this.world.masked(encoded(this.world, numbers), this.world.fraction, [rows, ...shape]);
  }

  /** Labels of the scale that a loss wants, exact numbers of that scale. */
  targets(
    numbers: readonly number[],
    rows: number,
    units: number,
    loss: LossName,
    gradients: number,
  ): Masked[] {
    const fraction = losses[loss].roundedLabels ? gradients : this.world.fraction;
    const words = numbers.map((x) => BigInt(Math.round(x * 2 ** fraction)));
    return this.world.masked(words, fraction, [rows, units]);
  }

  /** One step; what the loss keeps of the outputs, as integers, and what it cost. */
  step(
    x: readonly Masked[],
    t: readonly Masked[],
    plan: TrainingPlan,
    updates: readonly DelayedUpdate[] | null = null,
  ): { kept: bigint[]; cost: Cost } {
    const { results, cost } = this.world.run((_rt, role) =>
      this.models[role].step(x[role], t[role], plan, updates?.[role] ?? null),
    );
    return { kept: this.world.opened(results), cost };
  }

  /** The model's outputs, as integers. */
  predict(x: readonly Masked[]): bigint[] {
    return this.world.opened(this.world.run((_rt, role) => this.models[role].forward(x[role])).results);
  }

  /** Everything trained, parameter by parameter, as integers; fails where the roles do not agree. */
  get values(): bigint[][] {
    return this.models[0].kept.map((_, p) =>
      this.world.opened(this.models.map((model) => model.kept[p].value)),
    );
  }
}
