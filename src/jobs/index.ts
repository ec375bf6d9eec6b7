/**
 * beaverdam/jobs: whole trainings from rows to a result, with sessions of their own: the two experiments of the command
 * line, on shares and, to compare with, in clear.
 *
 *     const job = await wineJob({ fold: 1, epochs: 3 });
 *     const { accuracy, costs } = await runJob(job);
 *     console.log(accuracy, runPlain(job).accuracy, costs.get('alice'));
 */

export type { EpochResult } from '../baseline/training.js';
export type { ClassWeights } from './class-weights.js';
export {
  type ClearResult,
  runPlain,
  runTensorFlow,
  type TensorFlowModule,
  type TensorFlowOptions,
  type TensorFlowResult,
} from './clear.js';
export { type FashionMnistJobOptions, type FashionMnistModel, fashionMnistJob } from './fashion-mnist.js';
export type { LocalTrainingJob, OwnedRows, RowsElsewhere, TrainingJob, Width } from './job.js';
export type { JobScores } from './metrics.js';
export type { Opened } from './opening.js';
export type { Prediction } from './predictions.js';
export type { Revealed, RoleResult } from './program.js';
export { runQuery } from './query.js';
export {
  type Answer,
  evaluationOf,
  type Measures,
  predictionOf,
  type QueryJob,
  type QueryOptions,
  type QueryResult,
  type QueryRows,
} from './query-job.js';
export { type JobResult, runJob, runRole } from './run.js';
export type { Costs, JobProgress, JobStep, RunOptions } from './run-options.js';
export { jointStatistics, type Scaling } from './statistics.js';
export { type TableJobOptions, type TableOptimizer, tableJob } from './table.js';
export type { OwnerFile } from './table-owners.js';
export type { RegressionScores } from './targets.js';
export { type WineJobOptions, wineJob } from './wine.js';
