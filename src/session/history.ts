/** What trainings and evaluations tell the owner. */

/** What an epoch or an evaluation reveals to the owner. */
export interface Metrics {
  /** Mean loss over the rows. */
  readonly loss: number;
  /** With the metric 'accuracy': the share of rows whose largest output is the label's. */
  readonly accuracy?: number;
  /** Each metric asked for, by its key: 'accuracy', 'binaryAccuracy', 'top5'. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EpochLog extends Metrics {
  /** 0-based. */
  readonly epoch: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** The metrics of the validation rows. */
  readonly valMetrics?: Readonly<Record<string, number>>;
  /** Seconds since fit began, validation included. */
  readonly seconds: number;
}

export interface History {
  /** What was revealed of each epoch; none where the owner is not here. */
  readonly epochs: readonly EpochLog[];
  /** Epochs that were made before this fit took the training up; 0 unless it was resumed. */
  readonly before: number;
  /** Seconds of the whole fit. */
  readonly seconds: number;
}
