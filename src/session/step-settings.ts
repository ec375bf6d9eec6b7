/** What the steps of a training depend on. */
import { gradientFraction } from '../nn/scales.js';
import type { EpochSettings } from '../nn/step-plan.js';
import type { DeployedModel } from './deployed.js';
import type { Compiled, FitPlan } from './fit-options.js';

/** All but the epoch. */
export function settingsOf(
  model: DeployedModel,
  { batchSize, seed, shuffle }: FitPlan,
  { optimizer, measures }: Compiled,
): Omit<EpochSettings, 'epoch'> {
  const { ring, fractionBits } = model.session.roles.settings;
  const fraction = gradientFraction(ring, fractionBits, batchSize);
  return { loss: measures.loss, optimizer, batchSize, seed, shuffle, gradientFraction: fraction };
}
