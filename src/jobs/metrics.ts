/** What a job measures of its test rows beside loss and accuracy, and opens to the owner alone. */
import type { Task } from '../data/table/table.js';
import type { LossName } from '../model/losses.js';
import { checkScores, ofClasses, type ScoreName } from '../model/scores.js';
import { checkArray } from '../options.js';
import type { Evaluation } from '../session/history.js';
import { checkPairs } from '../session/model-checks.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** Each metric that was asked for, as `model.evaluate` has it; r2 and meanAbsoluteError are those of targets as they are scaled. */
export type JobScores = Pick<Evaluation, 'confusionMatrix' | 'meanAbsoluteError' | 'r2' | 'auc' | 'aucError'>;

/** What metrics are of. */
interface Measured {
  readonly loss: LossName;
  /** Outputs of the model. */
  readonly units: number;
  readonly task?: Task | undefined;
}

/**
 * @param name first words of messages: the option
 * @throws TypeError or RangeError for what is no list of metrics, and for those that the model or its targets do not have
 */
export function checkMetrics(
  name: string,
  metrics: unknown,
  { loss, units, task }: Measured,
): asserts metrics is readonly ScoreName[] {
  checkArray(name, metrics);
  checkScores(name, metrics as readonly unknown[], loss, units);
  const wrong = task === 'regress' && (metrics as readonly ScoreName[]).find(ofClasses);
  if (wrong) throw new RangeError(`${name}: ${wrong} is of classes, and the target is a number`);
}

/** @throws RangeError, before a training, for rows of which a metric could not be counted after it */
export function checkCounts(
  { settings }: Session,
  y: SecureTensor,
  metrics: readonly ScoreName[],
  classes: number,
): void {
  checkPairs(
    'job',
    settings,
    y,
    metrics.map((name) => ({ name, classes })),
  );
}

/** The scores among the measures of an evaluation. */
export function scoresIn(seen: Evaluation): JobScores {
  const { loss: _l, accuracy: _a, metrics: _m, ...scores } = seen;
  return scores;
}
