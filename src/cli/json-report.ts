/**
 * One JSON object a line on standard output: one an epoch, then the result. Nothing else is ever written there.
 *
 *     {"epoch":1,"loss":…,"accuracy":…,"valLoss":…,"valAccuracy":…,"seconds":…}
 *     {"result":{"accuracy":…,"loss":…,"seconds":…,"plainSeconds":…,"plainAccuracy":…,
 *                "rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…,"parties":…}}
 *
 * Accuracies are in 0..1; a result's accuracy and loss are those on the test rows. Seconds are those of the training
 * alone, an epoch's since its beginning. Rounds and bytes are those of the training alone: bytesOnline is what all
 * parties together sent each other, bytesDealt what the provider sent. Where roles are elsewhere, they are those of the roles
 * here, and only the model owner has accuracy and loss. What is not known or was not computed is null.
 */
import type { TrainingJob } from '../jobs/job.js';
import type { Costs } from '../jobs/run-options.js';
import type { Comparison, Report } from './report.js';

export class JsonReport implements Report {
  constructor(
    readonly job: TrainingJob,
    readonly write: (line: string) => void,
  ) {}

  link(): void {}

  step(): void {}

  progress(): void {}

  epoch({ epoch, loss, accuracy, valLoss, valAccuracy, seconds }: Parameters<Report['epoch']>[0]): void {
    this.#line({ epoch: epoch + 1, loss, accuracy, valLoss, valAccuracy, seconds });
  }

  trained(): void {}

  async end({ shares, plain }: Comparison): Promise<void> {
    const { revealed, seconds, costs, ring } = shares;
    const total = totalCosts(costs);
    this.#line({
      result: {
        accuracy: revealed?.accuracy ?? null,
        loss: revealed?.loss ?? null,
        seconds,
        plainSeconds: plain?.seconds ?? null,
        plainAccuracy: plain?.accuracy ?? null,
        rounds: total?.rounds ?? null,
        bytesOnline: total?.online ?? null,
        bytesDealt: total?.dealt ?? null,
        ring,
        parties: this.job.parts.length,
      },
    });
  }

  abandon(): void {}

  #line(record: object): void {
    this.write(`${JSON.stringify(record)}\n`);
  }
}

/**
 * What crossed, over all roles that are here: dealt bytes are counted where they leave and where they arrive, rounds by
 * everybody. Null where no role is here that sends.
 */
export function totalCosts(costs: Costs): { rounds: number; online: number; dealt: number } | null {
  const all = [...costs.values()];
  if (all.length === 0) return null;
  return {
    rounds: Math.max(...all.map(({ rounds }) => rounds)),
    online: all.reduce((sum, { online }) => sum + online, 0),
    dealt: Math.max(...all.map(({ dealt }) => dealt)),
  };
}
