/** What an optimizer on shares is: w ← w − step, from a share of minus the gradient summed over the batch. */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Share } from '../../party/values.js';
import type { Parameter } from '../layers/layer.js';

/** The public numbers of one step. */
export interface StepPlan {
  /** The rate η. */
  readonly rate: number;
  /** η of the step before, for momentum; the rate itself in the first. */
  readonly previousRate: number;
  /** The folded rate of {@link SecureOptimizer} as a power of two 2^−exponent; null when this step changes nothing. */
  readonly exponent: number | null;
  /** factor/batch: what turns the gradient's sum into its mean. */
  readonly mean: number;
  /** Counts from 1. */
  readonly count: number;
}

/** A step that changes something. */
export type RealStep = StepPlan & { readonly exponent: number };

/** What an optimizer keeps beside a parameter, by name: a share, or a masked value, of its shape and scale. */
export type Kept = Readonly<Record<string, 'share' | 'masked'>>;

export interface SecureOptimizer<Config> {
  /** What it has set in a parameter's state after any step that changed something. */
  readonly keeps: Kept;
  /** Whether its steps go together (joint.ts). */
  readonly together?: boolean;
  /**
   * What is followed as a power of two, since the update's truncation takes it in: the rate times what turns the gradient's
   * sum into its mean, or the rate alone where the step does not depend on the gradient's scale.
   */
  foldedRate(rate: number, mean: number): number;
  /**
   * One step. The updated parameter is opened once.
   * @param negativeGradient [−g] summed over the batch, at a higher scale; consumed
   */
  step(
    rt: Runtime,
    config: Config,
    parameter: Parameter,
    negativeGradient: Share,
    plan: RealStep,
  ): Secure<void>;
}
