/** What is told of a training while it runs and after it. */
import type { ClearResult } from '../jobs/clear.js';
import type { JobProgress, JobResult, JobStep } from '../jobs/run.js';
import type { EpochLog } from '../session/history.js';

/** The results that can stand beside each other at the end. */
export interface Comparison {
  readonly shares: JobResult;
  /** Our float trainer, unless it was left out. */
  readonly plain: ClearResult | null;
}

export interface Report {
  step(step: JobStep): void;
  progress(progress: JobProgress): void;
  epoch(log: EpochLog): void;
  /** The training on shares is over, the ones in clear are still to come. */
  trained(result: JobResult): void;
  /** The last word. */
  end(comparison: Comparison): Promise<void>;
  /** Takes away what is half written, before an error is told. */
  abandon(): void;
}
