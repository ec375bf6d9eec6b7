/** Windows that slide over images: where each one lies, as TensorFlow lays them. */
import { checkNumber, kindOf } from '../options.js';

/** 'valid': only windows inside the image; 'same': ⌈length / stride⌉ windows, the image padded around. */
export type Padding = 'valid' | 'same';

/** The lay of windows over images [height, width, channels]. */
export interface WindowPlan {
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  /** Rows of padding above; the first window begins at row −padTop. */
  readonly padTop: number;
  /** Columns of padding on the left. */
  readonly padLeft: number;
}

/**
 * Lays windows. For 'same' the padding is max((out − 1)·stride + kernel − length, 0) in all, the smaller half of it
 * before the image.
 * @param inputShape [height, width, channels]
 * @param kernel [height, width] of a window
 * @param strides [height, width] from a window to the next
 * @throws RangeError when 'valid' windows are larger than the image
 */
export function planWindows(
  inputShape: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  padding: Padding,
): WindowPlan {
  const [inputHeight, inputWidth, channels] = inputShape;
  const [outputHeight, padTop] = layAxis(inputHeight, kernel[0], strides[0], padding);
  const [outputWidth, padLeft] = layAxis(inputWidth, kernel[1], strides[1], padding);
  if (outputHeight < 1 || outputWidth < 1) {
    throw new RangeError(`windows of [${kernel}] do not fit inputs of [${inputShape}]; padding 'same' would`);
  }
  return {
    inputHeight,
    inputWidth,
    channels,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideHeight: strides[0],
    strideWidth: strides[1],
    outputHeight,
    outputWidth,
    padTop,
    padLeft,
  };
}

/** [number of windows, padding before] along one axis. */
function layAxis(length: number, kernel: number, stride: number, padding: Padding): [number, number] {
  if (padding === 'valid') return [Math.floor((length - kernel) / stride) + 1, 0];
  const windows = Math.ceil(length / stride);
  return [windows, Math.floor(Math.max((windows - 1) * stride + kernel - length, 0) / 2)];
}

/** Most places of a pooling window, which are gone through one by one. */
const MOST_PLACES = 2 ** 20;

/** Throws RangeError for a pooling window of more places than 2^20. */
export function checkPlaces([height, width]: readonly number[]): void {
  if (height * width <= MOST_PLACES) return;
  throw new RangeError(
    `poolSize [${height},${width}]: a window may have at most ${MOST_PLACES.toLocaleString('en-US')} places`,
  );
}

/** Throws unless `value` is [height, width], both positive integers. */
export function checkPair(name: string, value: unknown): void {
  if (!Array.isArray(value) || value.length !== 2) throw new TypeError(`${name} must be [height, width]`);
  for (const length of value) checkNumber(`${name}: each of [height, width]`, length);
  if (!value.every((length) => Number.isInteger(length) && length > 0)) {
    throw new RangeError(`${name} must hold positive integers`);
  }
}

/** Throws unless `value` is a kind of padding. */
export function checkPadding(value: unknown): asserts value is Padding {
  if (typeof value !== 'string')
    throw new TypeError(`padding must be 'valid' or 'same', got ${kindOf(value)}`);
  if (value !== 'valid' && value !== 'same') {
    throw new RangeError(`unknown padding "${value}"; known are valid, same`);
  }
}
