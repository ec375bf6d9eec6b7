/** Accuracy against model complexity: the same job with other hidden layers. */
import { RangeExceeded } from '../errors.js';
import { runPlain } from '../jobs/clear.js';
import { type LocalTrainingJob, modelOf } from '../jobs/job.js';
import { runJob } from '../jobs/run.js';

/** One network of a sweep; accuracies on the test rows, in 0..1. */
export interface ComplexityPoint {
  readonly hidden: readonly number[];
  readonly parameters: number;
  /** On shares; null where the training was ended, since its numbers came near the limit of the ring. */
  readonly accuracy: number | null;
  readonly plainAccuracy: number;
  /** On shares; null where accuracy is. */
  readonly seconds: number | null;
}

/**
 * Trains one network after the other, on shares and in clear.
 * @param make the job with hidden layers of these widths
 * @param onPoint told of each when it is done
 */
export async function sweep(
  make: (hidden: readonly number[]) => Promise<LocalTrainingJob>,
  widths: readonly (readonly number[])[],
  onPoint: (point: ComplexityPoint) => void = () => {},
): Promise<ComplexityPoint[]> {
  const points: ComplexityPoint[] = [];
  for (const hidden of widths) {
    const job = await make(hidden);
    const shares = await runJob(job).catch((error) => {
      if (error instanceof RangeExceeded) return null;
      throw error;
    });
    const point = {
      hidden,
      parameters: modelOf(job).parameters,
      accuracy: shares?.accuracy ?? null,
      plainAccuracy: runPlain(job).accuracy,
      seconds: shares?.seconds ?? null,
    };
    points.push(point);
    onPoint(point);
  }
  return points;
}
