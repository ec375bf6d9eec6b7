/** When early stopping says stop, as a function of what epochs revealed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricName } from '../../src/model/metrics.js';
import { type EarlyStopping, watch } from '../../src/session/early-stopping.js';
import type { EpochLog } from '../../src/session/history.js';

type Watched = 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';

/** The epoch after which training stops, counted from 0; null when it goes on. */
function stopsAfter(options: EarlyStopping, key: Watched, values: readonly number[]): number | null {
  const told = watch(options, key.startsWith('val'), ['accuracy']);
  for (const [epoch, value] of values.entries()) {
    const log: EpochLog = { epoch, seconds: 0, loss: 1, metrics: {}, [key]: value };
    if (told(log) === 'stop') return epoch;
  }
  return null;
}

test('a loss that falls goes on; the first epoch without a new best stops', () => {
  assert.is(stopsAfter({}, 'loss', [4, 3, 2, 1]), null);
  assert.is(stopsAfter({}, 'loss', [4, 3, 3, 1]), 2);
  assert.is(stopsAfter({}, 'loss', [4, 3, 3.5, 1]), 2);
});

test('patience waits for so many epochs in a row', () => {
  assert.is(stopsAfter({ patience: 2 }, 'loss', [4, 5, 3, 5, 5, 1]), 4);
  assert.is(stopsAfter({ patience: 3 }, 'loss', [4, 5, 5, 3, 5, 5]), null);
});

test('improvements below minDelta do not count, and do not move the best', () => {
  assert.is(stopsAfter({ minDelta: 0.5 }, 'loss', [4, 3.75, 3]), 1);
  assert.is(stopsAfter({ minDelta: 0.5, patience: 2 }, 'loss', [4, 3.75, 3.25, 3.2, 3.1]), 4);
});

test('accuracies are to rise', () => {
  assert.is(stopsAfter({ monitor: 'accuracy' }, 'accuracy', [0.2, 0.5, 0.9]), null);
  assert.is(stopsAfter({ monitor: 'accuracy' }, 'accuracy', [0.2, 0.5, 0.5]), 2);
  assert.is(stopsAfter({ monitor: 'valAccuracy', minDelta: 0.1 }, 'valAccuracy', [0.2, 0.5, 0.55]), 2);
});

test('with validation rows their loss is watched unless another number is named', () => {
  assert.is(stopsAfter({}, 'valLoss', [4, 3, 3]), 2);
  assert.is(stopsAfter({ monitor: 'loss' }, 'valLoss', [4, 3, 2]), 1, 'the loss stays 1');
});

test('a loss that is no number is no improvement', () => {
  assert.is(stopsAfter({}, 'loss', [Number.NaN, 1]), 0);
});

test('options out of range are refused', () => {
  const refused = (options: unknown, validation: boolean, pattern: RegExp) =>
    assert.throws(
      () => watch(options as EarlyStopping, validation, ['accuracy']),
      (error: unknown) => error instanceof RangeError && pattern.test(error.message),
    );
  refused({ monitor: 'auc' }, true, /cannot monitor "auc"; known are loss, accuracy, valLoss, valAccuracy/);
  refused({ monitor: 'valLoss' }, false, /needs validationData/);
  refused({ patience: 0 }, true, /patience/);
  refused({ patience: 1.5 }, true, /patience/);
  refused({ minDelta: -1 }, true, /minDelta/);
  refused({ minDelta: Number.NaN }, true, /minDelta/);
});

test('an unknown option is refused by name', () => {
  assert.throws(
    () => watch({ patiance: 2 } as EarlyStopping, true, []),
    (error: unknown) =>
      error instanceof TypeError &&
      /^earlyStopping: unknown option "patiance" \(known: monitor, patience, minDelta\); did you mean "patience"/.test(
        error.message,
      ),
  );
});

test('an accuracy that compile did not ask for cannot be watched, and the error says what to change', () => {
  const without: (readonly MetricName[])[] = [[], ['binaryAccuracy', { topK: 2 }]];
  for (const metrics of without) {
    for (const monitor of ['accuracy', 'valAccuracy'] as const) {
      assert.throws(
        () => watch({ monitor }, true, metrics),
        (error: unknown) =>
          error instanceof RangeError &&
          error.message.startsWith(
            `earlyStopping: ${monitor} is not measured; add 'accuracy' to the metrics`,
          ),
      );
    }
    watch({}, true, metrics);
    watch({ monitor: 'loss' }, false, metrics);
  }
  watch({ monitor: 'accuracy' }, false, [{ topK: 1 }, 'accuracy']);
});

test.run();
