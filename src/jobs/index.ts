/**
 * beaverdam/jobs: whole trainings from rows to a result, with sessions of their own: the two experiments of the command
 * line, on shares and, to compare with, in clear.
 *
 *     const job = await wineJob({ fold: 1, epochs: 3 });
 *     const { accuracy, costs } = await runJob(job);
 *     console.log(accuracy, runPlain(job).accuracy, costs.get('alice'));
 */

export { type ClearResult, runPlain, runTensorFlow } from './clear.js';
export { type FashionMnistJobOptions, type FashionMnistModel, fashionMnistJob } from './fashion-mnist.js';
export type { OwnedRows, TrainingJob } from './job.js';
export type { Prediction } from './predictions.js';
export {
  type Costs,
  type JobProgress,
  type JobResult,
  type JobStep,
  type RunOptions,
  runJob,
  type StopSignal,
} from './run.js';
export { jointStatistics } from './statistics.js';
export { type WineJobOptions, wineJob } from './wine.js';
