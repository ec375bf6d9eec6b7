import type { LayerPlan } from '../../model/plan.js';

/** What a layer may need to know of a step of training. */
export interface TrainingStep {
  /** Public seed of the training. */
  readonly seed: number;
  /** Steps made since the training began, from 0. */
  readonly step: number;
}

/** A layer in clear. It owns its buffers: an array it returns is overwritten by its next call. */
export interface PlainLayer {
  /** Its arrays, in the order of the model's description; updated in place. */
  readonly weights: Float32Array[];
  /** Gradient of the loss for each of them, filled by {@link backward}; null for what is not trained. */
  readonly gradients: (Float32Array | null)[];
  /**
   * x [rows × in] → y [rows × out]. Keeps x until {@link backward}.
   * @param training null in prediction
   */
  forward(x: Float32Array, rows: number, training: TrainingStep | null): Float32Array;
  /**
   * dL/dy [rows × out] → dL/dx [rows × in], for the rows of the last training {@link forward}; fills the gradients.
   * Without `wantInput` nothing is computed for x, and the result is undefined.
   */
  backward(dy: Float32Array, rows: number, wantInput: boolean): Float32Array | undefined;
}

/** Makes a layer for up to `maxRows` rows at a time, on the weight arrays given. */
export type PlainLayerFactory<Config> = (
  config: Config,
  plan: LayerPlan,
  weights: Float32Array[],
  maxRows: number,
) => PlainLayer;
