/**
 * A training as plain records: what `--json` prints and what a page holds for machines.
 *
 *     {"epoch":1,"loss":…,"accuracy":…,"valLoss":…,"valAccuracy":…,"seconds":…}
 *     {"accuracy":…,"loss":…,"seconds":…,"plainSeconds":…,"plainAccuracy":…,
 *      "rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…,"parties":…}
 *
 * Accuracies are in 0..1; a result's accuracy and loss are those on the test rows. Seconds are those of the training
 * alone, an epoch's since its beginning. Rounds and bytes are those of the training alone: bytesOnline is what all
 * parties together sent each other, bytesDealt what the provider sent. Where roles are elsewhere, they are those of the roles
 * here, and only the model owner has accuracy and loss. What is not known or was not computed is null.
 *
 * A regression has r2 and valR2 in place of accuracies, and its result r2, mae, plainR2 and plainMae: mean absolute errors in the
 * target's own units, an array where there are several targets. Losses are those of targets scaled to deviation 1 over the training rows, and r2 is
 * 1 − loss: of the test rows, too, it is against the variance of the targets to train on; the metric r2 is against their own.
 *
 * Where numbers come near the limit of a ring 32 that a dry run had chosen, {"again":{"ring":64,"reason":…}}, and all epochs anew.
 *
 * Where metrics were asked for, a result ends with `scores`: {"confusionMatrix":[[…]],"auc":…,"aucError":…}, as `evaluate` has them.
 */
import type { ClearResult } from '../jobs/clear.js';
import { partiesOf, type TrainingJob } from '../jobs/job.js';
import type { JobScores } from '../jobs/metrics.js';
import type { RoleResult } from '../jobs/program.js';
import type { Costs } from '../jobs/run-options.js';
import { type RegressionScores, r2Of } from '../jobs/targets.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { EpochLog } from '../session/history.js';

/** Numbers by name. */
export type NumberRecord = Readonly<
  Record<string, number | readonly number[] | JobScores | null | undefined>
>;

/** One epoch on shares, counted from 1. */
export function epochRecord(
  { task }: TrainingJob,
  { epoch, loss, accuracy, valLoss, valAccuracy, seconds }: EpochLog,
): NumberRecord {
  if (task !== 'regress') return { epoch: epoch + 1, loss, accuracy, valLoss, valAccuracy, seconds };
  const valR2 = valLoss === undefined ? null : r2Of(valLoss);
  return { epoch: epoch + 1, loss, r2: r2Of(loss), valLoss, valR2, seconds };
}

/** The result on shares, beside that of our float trainer where there is one. */
export function resultRecord(
  job: TrainingJob,
  { revealed, seconds, costs, ring }: RoleResult,
  plain: ClearResult | null,
): NumberRecord {
  const total = totalCosts(costs);
  const regress = job.task === 'regress';
  return {
    ...(regress
      ? { r2: revealed?.regression?.r2 ?? null, mae: maeOf(revealed?.regression) }
      : { accuracy: revealed?.accuracy ?? null }),
    loss: revealed?.loss ?? null,
    seconds,
    plainSeconds: plain?.seconds ?? null,
    ...(regress
      ? { plainR2: plain?.regression?.r2 ?? null, plainMae: maeOf(plain?.regression) }
      : { plainAccuracy: plain?.accuracy ?? null }),
    rounds: total?.rounds ?? null,
    bytesOnline: total?.online ?? null,
    bytesDealt: total?.dealt ?? null,
    ring,
    parties: partiesOf(job).length,
    ...(job.metrics && { scores: revealed?.scores ?? null }),
  };
}

/** One number, or one a target. */
export const maeOf = (scores: RegressionScores | undefined): number | readonly number[] | null =>
  scores ? (scores.mae.length === 1 ? scores.mae[0] : scores.mae) : null;

/**
 * What crossed, over all roles that are here: dealt bytes are counted where they leave, at the provider, who opens nothing, and
 * where they arrive; rounds by everybody. Null where no role is here that sends.
 */
export function totalCosts(costs: Costs): { rounds: number; online: number; dealt: number } | null {
  const all = [...costs.values()];
  if (all.length === 0) return null;
  return {
    rounds: Math.max(...all.map(({ rounds }) => rounds)),
    online: all.reduce((sum, { online }) => sum + online, 0),
    dealt: Math.max(...[true, false].map((leave) => dealtWhere(all, leave))),
  };
}

const dealtWhere = (all: readonly LedgerTotals[], leave: boolean): number =>
  all.filter(({ online }) => (online === 0) === leave).reduce((sum, { dealt }) => sum + dealt, 0);
