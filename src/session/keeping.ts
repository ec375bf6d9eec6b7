/** A training beside its checkpoints: what it is, where it is taken up, when it is kept. */
import type { ModelConfig } from '../model/config.js';
import type { CheckpointOptions } from './checkpoint-options.js';
import { originOf, type Training } from './checkpoint-training.js';
import { Checkpoints } from './checkpoints.js';
import type { DeployedModel } from './deployed.js';
import type { Keeping } from './fit.js';
import type { Compiled, FitPlan } from './fit-options.js';
import type { PublicBeginning } from './initial-weights.js';
import { settingsOf } from './step-settings.js';

/** Takes note of a training of the model that begins. */
export function beginTraining(
  model: DeployedModel,
  plan: FitPlan,
  compiled: Compiled,
  rows: number,
): Training {
  const training = {
    description: {
      ...settingsOf(model, plan, compiled),
      rows,
      mayStop: plan.mayStop,
      ...(plan.sampleWeight && { weighted: true }),
    },
    begins: model.epochs,
    mayStop: plan.mayStop,
    stopping: plan.stopping,
  };
  model.trainings.push(training);
  return training;
}

/**
 * Finds where a training is taken up; nothing is sent.
 * @throws JobError for checkpoints that cannot be used, RangeError for those after more epochs than are asked for
 */
export async function keepingOf(
  model: DeployedModel,
  training: Training,
  { checkpoint, resume, epochs }: FitPlan,
  config: ModelConfig,
  beginning: PublicBeginning,
): Promise<Keeping> {
  const job = resume?.job ?? checkpoint?.job;
  const checkpoints = await checkpointsOf(model, training, job, config, beginning);
  if (checkpoint && checkpoint.dir !== resume?.dir) await checkpoints.refuseOthers(checkpoint.dir);
  const found = resume && (await checkpoints.find(resume));
  const done = found?.epoch ?? 0;
  if (done > epochs) {
    throw new RangeError(`fit: resume has a checkpoint after epoch ${done}, and epochs is ${epochs}`);
  }
  const { rows, mayStop: _, ...settings } = training.description;
  let last = done;
  return {
    done,
    restore: async () => {
      const first = { ...settings, epoch: training.begins };
      if (found) await checkpoints.restore(found, first, rows);
    },
    save: async (epoch) => {
      if (!checkpoint) return;
      await checkpoints.save(checkpoint, epoch, last);
      last = epoch;
    },
  };
}

/** Keeps a model as it is after its last training. */
export async function checkpointOf(
  model: DeployedModel,
  options: CheckpointOptions,
  config: ModelConfig,
  beginning: PublicBeginning,
): Promise<void> {
  const training = model.trainings[model.trainings.length - 1];
  const checkpoints = await checkpointsOf(model, training, options.job, config, beginning);
  const epoch = model.epochs - training.begins;
  await checkpoints.refuseOthers(options.dir, epoch);
  await checkpoints.save(options, epoch, await checkpoints.before(options, epoch));
}

async function checkpointsOf(
  model: DeployedModel,
  training: Training,
  job: string | undefined,
  config: ModelConfig,
  beginning: PublicBeginning,
): Promise<Checkpoints> {
  const all = model.trainings.slice(0, model.trainings.indexOf(training) + 1);
  return new Checkpoints(
    model,
    training,
    await originOf(model.session.roles.settings, config, beginning, all, job),
  );
}
