/** The option of trainings for when they end early. */
import type { TrainingJob } from '../jobs/job.js';
import { count } from './options.js';

export const patienceOption = count(
  'epochs without a smaller test loss after which the training ends early',
  'none',
);

export const withPatience = <Job extends TrainingJob>(job: Job, patience: number | undefined): Job =>
  patience === undefined ? job : { ...job, earlyStopping: { patience } };
