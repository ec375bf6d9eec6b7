/** The option of trainings for what the rows of each class count for. */

import { checkJob } from '../jobs/check.js';
import type { ClassWeights } from '../jobs/class-weights.js';
import type { TrainingJob } from '../jobs/job.js';
import type { Option } from './options.js';
import { UsageError } from './usage.js';

export const classWeightsOption: Option<ClassWeights | undefined> = {
  placeholder: 'balanced|W,W,…',
  describe:
    'what the rows of each class count for in training, 0 to 60; balanced: rare ones more, so that classes count alike',
  fallback: undefined,
  shown: 'all rows alike',
  read(text) {
    if (text === 'balanced') return text;
    const weights = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (weights.every(Number.isFinite)) return weights;
    throw new UsageError('expected balanced, or a number for each class');
  },
};

/** A job whose rows count as was asked for. @throws UsageError for weights that do not fit its classes */
export function withClassWeights<Job extends TrainingJob>(
  name: string,
  job: Job,
  classWeights: ClassWeights | undefined,
): Job {
  if (classWeights === undefined) return job;
  const weighted = { ...job, classWeights };
  try {
    checkJob(name, weighted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace('job.classWeights', '--class-weights'));
  }
  return weighted;
}
