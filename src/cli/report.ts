/** What is told of a training while it runs and after it. */
import type { ClearResult, TensorFlowResult } from '../jobs/clear.js';
import type { RoleResult } from '../jobs/program.js';
import type { JobProgress, JobStep } from '../jobs/run-options.js';
import type { EpochLog } from '../session/history.js';
import type { LinkEvent } from '../session/network.js';

/** The results that can stand beside each other at the end. */
export interface Comparison {
  readonly shares: RoleResult;
  /** Our float trainer, unless it was left out. */
  readonly plain: ClearResult | null;
  /** TensorFlow.js; trained when it is first asked for. Null where it is not installed, or was left out. */
  readonly tensorFlow: () => Promise<TensorFlowResult | null>;
}

export interface Report {
  /** A link to a role elsewhere has come, is out of reach, or has gone. */
  link(event: LinkEvent): void;
  step(step: JobStep): void;
  progress(progress: JobProgress): void;
  epoch(log: EpochLog): void;
  /** The training on shares begins again in ring 64, which has room for its numbers. @param reason why it was ended */
  again(reason: string): void;
  /** The training on shares is over, the ones in clear are still to come. */
  trained(result: RoleResult): void;
  /** The last word. */
  end(comparison: Comparison): Promise<void>;
  /** Takes away what is half written, before an error is told. */
  abandon(): void;
}
