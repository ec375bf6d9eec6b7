import type { LayerPlan } from '../../nn/config.js';

/** A layer in clear. It owns its buffers: an array it returns is overwritten by its next call. */
export interface PlainLayer {
  /** Trainable arrays, in the order of the model's description; updated in place. */
  readonly weights: Float32Array[];
  /** Gradient of the loss for each of them, filled by {@link backward}. */
  readonly gradients: Float32Array[];
  /** x [rows × in] → y [rows × out]. Keeps x until {@link backward}. */
  forward(x: Float32Array, rows: number): Float32Array;
  /**
   * dL/dy [rows × out] → dL/dx [rows × in], for the rows of the last {@link forward}; fills the gradients.
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
