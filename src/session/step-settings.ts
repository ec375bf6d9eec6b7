/** What the steps of a training depend on. */
import { type EpochSettings, scalesOf } from '../nn/step-plan.js';
import type { DeployedModel } from './deployed.js';
import type { Compiled, FitPlan } from './fit-options.js';

/** All but the epoch. */
export function settingsOf(
  model: DeployedModel,
  { batchSize, seed, shuffle }: FitPlan,
  { optimizer, measures }: Compiled,
): Omit<EpochSettings, 'epoch'> {
  const { ring, fractionBits, parties } = model.session.roles.settings;
  const setting = { ring, fractionBits, parties: parties.length };
  const scales = scalesOf(model.plan, optimizer, setting, batchSize);
  return { loss: measures.loss, optimizer, batchSize, seed, shuffle, ...scales };
}
