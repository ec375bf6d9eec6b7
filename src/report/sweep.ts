/** The same training with one thing or another changed: one after the other, on shares and in clear. */
import { RangeExceeded } from '../errors.js';
import { runPlain } from '../jobs/clear.js';
import { type LocalTrainingJob, modelOf } from '../jobs/job.js';
import { runJob } from '../jobs/run.js';
import type { RunOptions } from '../jobs/run-options.js';
import { totalCosts } from './records.js';

/** What was changed. */
export interface Variant {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** The learning rate; left out: the job's own. */
  readonly rate?: number;
  readonly seed?: number;
}

/** One network of a sweep over widths; accuracies on the test rows, in 0..1. */
export interface ComplexityPoint {
  readonly hidden: readonly number[];
  readonly parameters: number;
  /** On shares; null where the training was ended, since its numbers came near the limit of the ring. */
  readonly accuracy: number | null;
  readonly plainAccuracy: number;
  /** On shares; null where accuracy is. */
  readonly seconds: number | null;
}

/** One training of a sweep. Scores are accuracies in 0..1, or R², on the test rows; numbers on shares are null as accuracies are. */
export interface SweepPoint {
  readonly hidden: readonly number[];
  /** That of the first step. */
  readonly rate: number;
  readonly seed: number;
  readonly parameters: number;
  readonly score: number | null;
  readonly loss: number | null;
  readonly seconds: number | null;
  readonly rounds: number | null;
  readonly bytesOnline: number | null;
  readonly bytesDealt: number | null;
  /** In clear, float; null where that was left out. */
  readonly plainScore: number | null;
}

export interface SweepOptions extends Pick<RunOptions, 'signal'> {
  /** Told of each training when it is done. */
  readonly onPoint?: (point: SweepPoint) => void;
  /** Told of rows on shares that are done, by the place of their training. */
  readonly onProgress?: (place: number, job: LocalTrainingJob, done: number) => void;
  /** False to leave out the trainings in clear. Default true. */
  readonly compare?: boolean;
}

/**
 * Trains with one variant after the other.
 * @param make the job of a variant
 */
export async function sweep(
  make: (variant: Variant) => Promise<LocalTrainingJob>,
  variants: readonly Variant[],
  { onPoint, onProgress, compare = true, signal }: SweepOptions = {},
): Promise<SweepPoint[]> {
  const points: SweepPoint[] = [];
  for (const [place, variant] of variants.entries()) {
    const job = await make(variant);
    const shares = await runJob(job, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: ({ done }) => onProgress(place, job, done) }),
    }).catch((error) => {
      if (error instanceof RangeExceeded) return null;
      throw error;
    });
    const scoreOf = (result: Parameters<typeof score>[1]) => score(job, result);
    const total = shares && totalCosts(shares.costs);
    const { learningRate } = job.optimizer;
    const point: SweepPoint = {
      hidden: variant.hidden,
      rate: typeof learningRate === 'number' ? learningRate : learningRate.rate,
      seed: job.seed,
      parameters: modelOf(job).parameters,
      score: shares && scoreOf(shares),
      loss: shares?.loss ?? null,
      seconds: shares?.seconds ?? null,
      rounds: total?.rounds ?? null,
      bytesOnline: total?.online ?? null,
      bytesDealt: total?.dealt ?? null,
      plainScore: compare ? scoreOf(runPlain(job)) : null,
    };
    points.push(point);
    onPoint?.(point);
  }
  return points;
}

interface Scored {
  readonly accuracy: number;
  readonly regression?: { readonly r2: number };
}

const score = ({ task }: LocalTrainingJob, { accuracy, regression }: Scored): number =>
  task === 'regress' ? (regression?.r2 ?? Number.NaN) : accuracy;

/** Points of a sweep over widths alone, of classes. */
export const complexityOf = (points: readonly SweepPoint[]): ComplexityPoint[] =>
  points.map(({ hidden, parameters, score, plainScore, seconds }) => ({
    hidden,
    parameters,
    accuracy: score,
    plainAccuracy: plainScore ?? Number.NaN,
    seconds,
  }));
