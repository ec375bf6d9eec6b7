import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMetric, metricKey } from '../../src/model/metrics.js';

test('metrics have keys', () => {
  assert.equal(['accuracy' as const, 'binaryAccuracy' as const, { topK: 5 }].map(metricKey), [
    'accuracy',
    'binaryAccuracy',
    'top5',
  ]);
});

test('what is no metric of the model is refused', () => {
  checkMetric('accuracy', 1);
  checkMetric({ topK: 10 }, 10);
  assert.throws(() => checkMetric({ topK: 11 }, 10), /from 1 to the model's 10 outputs/);
  assert.throws(() => checkMetric({ topK: 0 }, 10), /from 1 to/);
  assert.throws(() => checkMetric('auc', 10), /unknown metric "auc"/);
  for (const metric of [null, 5, {}, { topK: '5' }]) assert.throws(() => checkMetric(metric, 10), TypeError);
});

test.run();
