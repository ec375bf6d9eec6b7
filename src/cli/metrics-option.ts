/** The option of trainings for what is measured of the test rows. */
import { modelOf, type TrainingJob } from '../jobs/job.js';
import { checkMetrics } from '../jobs/metrics.js';
import { type ScoreName, scoreNames } from '../model/scores.js';
import { choice, several } from './options.js';
import { UsageError } from './usage.js';

/** What is measured beside loss and accuracy. */
export const metricsOption = several(
  choice<ScoreName>(
    'measured of the test rows after the training, for the model owner alone',
    scoreNames[0],
    scoreNames,
  ),
  ',',
  [],
  'none',
);

/** A job that measures what was asked for. @throws UsageError for what its model or its targets do not have */
export function withMetrics<Job extends TrainingJob>(
  name: string,
  job: Job,
  metrics: readonly ScoreName[],
): Job {
  if (metrics.length === 0) return job;
  try {
    checkMetrics(`${name}: --metrics`, metrics, {
      loss: job.loss,
      units: modelOf(job).units,
      task: job.task,
    });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return { ...job, metrics };
}
