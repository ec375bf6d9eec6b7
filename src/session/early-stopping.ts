/** Early stopping: decided by the owner on numbers that were revealed to it anyway. */
import type { EpochLog } from './sequential.js';

export interface EarlyStopping {
  /** What to watch. Default `'valLoss'` with validation data, else `'loss'`. */
  monitor?: 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';
  /** Epochs without improvement before stopping. Default 1. */
  patience?: number;
  /** Improvements smaller than this do not count. Default 0. */
  minDelta?: number;
}

/** A function that is told of each epoch and says when to stop. @throws RangeError for options out of range */
export function watch(options: EarlyStopping, validation: boolean): (log: EpochLog) => 'stop' | undefined {
  const { monitor = validation ? 'valLoss' : 'loss', patience = 1, minDelta = 0 } = options;
  if (!['loss', 'accuracy', 'valLoss', 'valAccuracy'].includes(monitor)) {
    throw new RangeError(`earlyStopping: cannot monitor "${monitor}"`);
  }
  if (monitor.startsWith('val') && !validation) {
    throw new RangeError(`earlyStopping: ${monitor} needs validationData`);
  }
  if (!Number.isInteger(patience) || patience < 1) {
    throw new RangeError('earlyStopping: patience must be a positive integer');
  }
  if (!(minDelta >= 0)) throw new RangeError('earlyStopping: minDelta must be 0 or more');
  const sign = monitor === 'accuracy' || monitor === 'valAccuracy' ? -1 : 1;
  let best = Infinity;
  let waited = 0;
  return (log) => {
    const now = log[monitor];
    if (now === undefined) return undefined;
    if (sign * now < best - minDelta) {
      best = sign * now;
      waited = 0;
      return undefined;
    }
    waited++;
    return waited >= patience ? 'stop' : undefined;
  };
}
