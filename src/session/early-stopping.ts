/** Early stopping: decided by the owner on numbers that were revealed to it anyway. */
import { type MetricName, metricKey } from '../model/metrics.js';
import { checkInteger, checkNumber, checkOptions, checkText } from '../options.js';
import type { Stopping } from '../party/checkpoint-file.js';
import type { EpochLog } from './history.js';

/** When a training ends before its last epoch. */
export interface EarlyStopping {
  /**
   * What to watch. Default `'valLoss'` with validation data, else `'loss'`. The accuracies are there when the metrics
   * of `compile` contain 'accuracy'.
   */
  monitor?: 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';
  /** Epochs without improvement before stopping. Default 1. */
  patience?: number;
  /** Improvements smaller than this do not count. Default 0. */
  minDelta?: number;
}

const MONITORS: readonly string[] = ['loss', 'accuracy', 'valLoss', 'valAccuracy'];

const isAccuracy = (monitor: string): boolean => monitor === 'accuracy' || monitor === 'valAccuracy';

/** What early stopping knows before the first epoch. */
export const notStopping = (): Stopping => ({ monitor: null, best: null, waited: 0, stop: false });

/**
 * A function that is told of each epoch and says when to stop.
 * @param validation whether there are validation rows
 * @param metrics those of `compile`; null leaves the monitor unchecked
 * @param name first words of messages
 * @param state where it takes note of what it has seen, and goes on from
 * @throws TypeError for an unknown option, RangeError for options out of range or a monitor that is not measured
 */
export function watch(
  options: EarlyStopping,
  validation: boolean,
  metrics: readonly MetricName[] | null,
  name = 'earlyStopping',
  state: Stopping = notStopping(),
): (log: EpochLog) => 'stop' | undefined {
  checkOptions(name, options, ['monitor', 'patience', 'minDelta']);
  const { monitor = validation ? 'valLoss' : 'loss', patience = 1, minDelta = 0 } = options;
  checkText(`${name}: monitor`, monitor);
  if (!MONITORS.includes(monitor)) {
    throw new RangeError(`${name}: cannot monitor "${monitor}"; known are ${MONITORS.join(', ')}`);
  }
  if (monitor.startsWith('val') && !validation) {
    throw new RangeError(`${name}: ${monitor} needs validationData`);
  }
  if (isAccuracy(monitor) && metrics && !metrics.some((metric) => metricKey(metric) === 'accuracy')) {
    throw new RangeError(
      `${name}: ${monitor} is not measured; add 'accuracy' to the metrics of compile, or monitor a loss`,
    );
  }
  checkInteger(`${name}: patience`, patience, 1);
  checkNumber(`${name}: minDelta`, minDelta);
  if (!(minDelta >= 0)) throw new RangeError(`${name}: minDelta must be 0 or more`);
  const sign = isAccuracy(monitor) ? -1 : 1;
  state.monitor = monitor;
  return (log) => {
    const now = log[monitor];
    if (now === undefined) return undefined;
    if (sign * now < (state.best ?? Infinity) - minDelta) {
      state.best = sign * now;
      state.waited = 0;
      return undefined;
    }
    state.waited++;
    return state.waited >= patience ? 'stop' : undefined;
  };
}
