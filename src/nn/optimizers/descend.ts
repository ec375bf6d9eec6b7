/** The optimizers on shares, with the formulas of model/optimizers.ts: one entry a kind. */
import type { OptimizerConfig, OptimizerOf } from '../../model/optimizers.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Share } from '../../party/values.js';
import type { Parameter } from '../layers/layer.js';
import { adam } from './adam.js';
import { momentum } from './momentum.js';
import type { Kept, SecureOptimizer, StepPlan } from './optimizer.js';
import { sgd } from './sgd.js';

type SecureOptimizers = { [Type in OptimizerConfig['type']]: SecureOptimizer<OptimizerOf<Type>> };

const optimizers: SecureOptimizers = { sgd, momentum, adam };

const optimizerOf = ({ type }: OptimizerConfig) => optimizers[type] as SecureOptimizer<OptimizerConfig>;

/** What the steps of this optimizer follow as a power of two; see {@link SecureOptimizer}. */
export const foldedRate = (config: OptimizerConfig, rate: number, mean: number): number =>
  optimizerOf(config).foldedRate(rate, mean);

/** What this optimizer keeps beside a parameter. */
export const keptBy = (config: OptimizerConfig): Kept => optimizerOf(config).keeps;

/** Whether this optimizer takes all parameters as one (joint.ts). */
export const goesTogether = (config: OptimizerConfig): boolean => optimizerOf(config).together ?? false;

/**
 * One step of an optimizer.
 * @param negativeGradient [−g] summed over the batch, at a higher scale; consumed
 */
export function* descend(
  rt: Runtime,
  config: OptimizerConfig,
  parameter: Parameter,
  negativeGradient: Share,
  plan: StepPlan,
): Secure<void> {
  const { exponent } = plan;
  if (exponent === null) {
    rt.free(negativeGradient);
    return;
  }
  yield* optimizerOf(config).step(rt, config, parameter, negativeGradient, { ...plan, exponent });
}
