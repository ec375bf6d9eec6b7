/** One JSON object a line on standard output: one an epoch, then the result. Nothing else is ever written there. */
import type { TrainingJob } from '../jobs/job.js';
import { epochRecord, resultRecord } from '../report/records.js';
import type { EpochLog } from '../session/history.js';
import type { Comparison, Report } from './report.js';

export class JsonReport implements Report {
  constructor(
    readonly job: TrainingJob,
    readonly write: (line: string) => void,
  ) {}

  link(): void {}

  step(): void {}

  progress(): void {}

  epoch(log: EpochLog): void {
    this.#line(epochRecord(this.job, log));
  }

  again(reason: string): void {
    this.#line({ again: { ring: 64, reason } });
  }

  trained(): void {}

  async end({ shares, plain }: Comparison): Promise<void> {
    this.#line({ result: resultRecord(this.job, shares, plain) });
  }

  abandon(): void {}

  #line(record: object): void {
    this.write(`${JSON.stringify(record)}\n`);
  }
}
