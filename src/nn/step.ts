/** The public numbers of one step of a training, by which an optimizer goes. */
export interface StepPlan {
  /** The rate η. */
  readonly rate: number;
  /** η of the step before, for momentum; the rate itself in the first. */
  readonly previousRate: number;
  /**
   * η·factor/batch as a power of two 2^−exponent: what multiplies the gradient's sum (adam: η alone); null when this
   * step changes nothing.
   */
  readonly exponent: number | null;
  /** factor/batch: what turns the gradient's sum into its mean. */
  readonly mean: number;
  /** Counts from 1. */
  readonly count: number;
}
