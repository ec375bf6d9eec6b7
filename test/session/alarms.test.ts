/** What the owner makes of what is revealed: results that no data can have are errors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RangeExceeded } from '../../src/errors.js';
import { type LossName, lossNames } from '../../src/model/losses.js';
import { checkPossible } from '../../src/session/alarms.js';

const at = (ring: 32 | 64) => ({ where: 'fit: epoch 3', ring, fractionBits: ring === 32 ? 12 : 20 });

const check = (ring: 32 | 64, loss: LossName, value: number, accuracy = 0.5) =>
  checkPossible(at(ring), loss, { loss: value, accuracy, metrics: { accuracy } });

const refused = (work: () => void, what: RegExp) =>
  assert.throws(work, (error: unknown) => error instanceof RangeExceeded && what.test(error.message));

test('losses below 0, above their bound and not numbers are impossible', () => {
  const most = { meanSquaredError: 4096, softmaxCrossEntropy: 64, sigmoidCrossEntropy: 8.3, hinge: 65 };
  for (const loss of lossNames) {
    check(32, loss, 0);
    check(32, loss, most[loss]);
    check(64, loss, most[loss]);
    for (const wrong of [-1.26, 1.1 * most[loss], Number.NaN]) {
      refused(() => check(32, loss, wrong), /^fit: epoch 3: the loss came out impossible/);
    }
  }
});

test('so are accuracies outside 0 to 1, named by their key', () => {
  check(32, 'hinge', 1, 0);
  check(32, 'hinge', 1, 1);
  for (const wrong of [-0.01, 1.01, Number.NaN]) {
    refused(() => check(64, 'hinge', 1, wrong), /accuracy came out impossible/);
  }
});

test.run();
