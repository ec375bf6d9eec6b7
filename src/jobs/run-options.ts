/** What a run of a job can be told, and what it tells while it goes on. */
import type { LedgerTotals } from '../party/ledger.js';
import type { CheckpointOptions, ResumeOptions } from '../session/checkpoint-options.js';
import type { DryRunReport } from '../session/dry-run-report.js';
import type { EpochLog } from '../session/history.js';
import type { RestoreOptions } from '../session/kept-model.js';
import type { StopSignal } from '../session/options.js';
import type { Session } from '../session/session.js';

/** A step that is done, with what it took; the step of training is reported when it begins. */
export type JobStep =
  | {
      readonly step: 'connect';
      readonly session: Session;
      /** What has chosen the ring; null where one was asked for. */
      readonly dryRun: DryRunReport | null;
      readonly seconds: number;
    }
  | { readonly step: 'share'; readonly sumsOpened: number; readonly seconds: number }
  | { readonly step: 'exchange'; readonly costs: Costs; readonly seconds: number }
  /** A client that is here has brought its rows; the session of a process with no other role ends. */
  | { readonly step: 'leave'; readonly client: string; readonly seconds: number }
  | {
      readonly step: 'train';
      /** What the rows of each class count for, in their order; null where all count alike, or nobody here knows. */
      readonly classWeights: readonly number[] | null;
    };

/** What crossed at each role, by its name. */
export type Costs = ReadonlyMap<string, LedgerTotals>;

/** Rows of training done so far, over all epochs. */
export interface JobProgress {
  /** Counted from 0. */
  readonly epoch: number;
  readonly done: number;
  readonly total: number;
}

/** What `runJob` takes: who is told what, and what ends it. */
export interface RunOptions {
  /** A step of the job begins. */
  onStep?: (step: JobStep) => void;
  /** An epoch is done. A promise that it returns holds the next one back here. */
  onEpoch?: (log: EpochLog) => void;
  /** How far an epoch is, some times a second. */
  onProgress?: (progress: JobProgress) => void;
  /** Ends the job at once; it then fails with a JobError. */
  signal?: StopSignal;
  /** Predictions for so many of the first owner's test rows, opened to that owner alone. Default 0. */
  predictions?: number;
  /** Where each party here keeps its shares after each epoch, see `fit`. */
  checkpoint?: string | CheckpointOptions;
  /** Where each party here keeps its share of a model that has a name (`job.saveAs`), and later finds it; see `model.keep`. */
  state?: string | RestoreOptions;
  /** Where the training is taken up, see `fit`. What roles elsewhere have is as they say when they link, unless it is given. */
  resume?: string | ResumeOptions;
}
