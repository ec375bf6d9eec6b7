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

/** What an evaluation reveals to the owner: with each metric that was asked for in its options. */
export type Evaluation = Metrics & {
  /** Rows by [actual class][predicted class], counts; class 1 of a single output is yes. See {@link classScores}. */
  readonly confusionMatrix?: readonly (readonly number[])[];
  /** The mean over rows and outputs of what outputs and labels differ by. */
  readonly meanAbsoluteError?: number;
  /**
   * 1 − squared errors / squared deviations of the labels from their output's mean, over rows and outputs: 1 is perfect, 0 is the mean.
   * Both sums are as fine as the loss: differences have 9 fraction bits in ring 32 and 16 in ring 64. NaN where the labels
   * differ by less.
   */
  readonly r2?: number;
  /**
   * The area under the receiver operating characteristic: the part of pairs of a row of class 1 and one of class 0 that outputs put
   * in order, pairs between which no threshold lies counting as halves. NaN where all rows are of one class.
   */
  readonly auc?: number;
  /** How far `auc` may be from that of outputs told apart by any difference: half the part of pairs that count as halves. */
  readonly aucError?: number;
};

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

/** What the owner has learned of a training. */
export interface History {
  /** What was revealed of each epoch; none where the owner is not here. */
  readonly epochs: readonly EpochLog[];
  /** Epochs that were made before this fit took the training up; 0 unless it was resumed. */
  readonly before: number;
  /** Epochs that have been made in all, which every role knows: fewer than were asked for where the training was stopped early. */
  readonly made: number;
  /** Seconds of the whole fit. */
  readonly seconds: number;
}
