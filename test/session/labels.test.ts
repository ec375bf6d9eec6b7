/** Labels that a loss or a metric cannot use are refused where this process shared them; the row is named, no value. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  dense,
  type LossName,
  type MetricName,
  type SecureTensor,
  sequential,
  sgd,
} from '../../src/index.js';
import { createTestSession } from '../../src/testing.js';

const session = await createTestSession({ threads: 0, ring: 64 }, { leastRows: 1 });
test.after(() => session.close());

const ROWS = 6;
const x = session.share(Array(ROWS * 2).fill(0.5), { shape: [ROWS, 2], owner: 'alice' });
const labels = (units: number, values: readonly number[]) =>
  session.share(values, { shape: [values.length / units, units], owner: 'bob' });

function model(units: number, loss: LossName, metrics?: readonly MetricName[]) {
  const made = sequential([dense({ units, inputShape: [2] })]);
  made.compile({ optimizer: sgd({ learningRate: 0.25 }), loss, ...(metrics && { metrics }) });
  return made;
}

async function refused(
  y: SecureTensor,
  units: number,
  loss: LossName,
  metrics: readonly MetricName[] | undefined,
  pattern: RegExp,
) {
  const made = model(units, loss, metrics);
  const before = await session.roles.totals();
  const inputs = x.slice(0, y.shape[0]);
  for (const work of [() => made.fit(inputs, y), () => made.evaluate(inputs, y)]) {
    try {
      await work();
      assert.unreachable('it was accepted');
    } catch (error) {
      assert.instance(error, RangeError);
      assert.match((error as Error).message, pattern);
      assert.not.match((error as Error).message, /0\.25|-1|7/);
    }
  }
  assert.equal(await session.roles.totals(), before, 'nothing has crossed');
}

const one = [1, 0, 0, 1, 0, 1];

const REFUSED: readonly [
  string,
  SecureTensor,
  number,
  LossName,
  readonly MetricName[] | undefined,
  RegExp,
][] = [
  [
    'class numbers under a softmax',
    labels(2, [1, 0, 0, 1, 5, 7, 1, 0, 0, 1, 3, 5]),
    2,
    'softmaxCrossEntropy',
    [],
    /^(fit|evaluate): the loss softmaxCrossEntropy wants labels with numbers from 0 to 1 that sum to 1 in each row, one-hot for instance; row 2 \(from 0\) is not so$/,
  ],
  ['rows that sum to two', labels(2, [1, 0, 1, 1]), 2, 'softmaxCrossEntropy', [], /; row 1 \(from 0\)/],
  [
    'signs under a sigmoid',
    labels(1, [1, 1, -1, 1, -1, 1]),
    1,
    'sigmoidCrossEntropy',
    [],
    /from 0 to 1; row 2 /,
  ],
  ['signs under a hinge', labels(1, [-1, 1, 1, 1, -1, 1]), 1, 'hinge', [], /that are 0 or 1; row 0 /],
  ['halves under a hinge', labels(1, [1, 0, 0, 0.5, 0, 0]), 1, 'hinge', [], /that are 0 or 1; row 3 /],
  [
    'accuracy of a regression',
    labels(2, [1, 0, 0.25, 0.5, 0, 1]),
    2,
    'meanSquaredError',
    ['accuracy'],
    /the metric accuracy wants labels with a single 1 and else 0 in each row; row 1 .* is not so; choose other metrics in compile, \[\] for none/,
  ],
  ['accuracy of one output', labels(1, [0, 1, 2]), 1, 'meanSquaredError', ['accuracy'], /0 or 1; row 2 /],
  [
    'top 1 of soft labels',
    labels(2, [0.25, 0.75]),
    2,
    'softmaxCrossEntropy',
    [{ topK: 1 }],
    /metric top1 wants/,
  ],
  ['a slice', labels(1, [0, 1, 0.5, 9, -1, 1]).slice(4, 1), 1, 'hinge', [], /; row 0 /],
  ['a concatenation', labels(1, [0, 1]).concat(labels(1, [1, -1])), 1, 'hinge', [], /; row 3 /],
  ['numbers reshaped to rows', session.share([0, 1, -1]).reshape([3, 1]), 1, 'hinge', [], /; row 2 /],
];

for (const [name, y, units, loss, metrics, pattern] of REFUSED) {
  test(`${name} are refused`, () => refused(y, units, loss, metrics, pattern));
}

const ACCEPTED: readonly [string, SecureTensor, number, LossName, readonly MetricName[] | undefined][] = [
  [
    'one-hot rows',
    labels(
      2,
      one.flatMap((t) => [t, 1 - t]),
    ),
    2,
    'softmaxCrossEntropy',
    undefined,
  ],
  [
    'probabilities',
    labels(
      2,
      one.flatMap((t) => [0.9 * t + 0.05, 0.95 - 0.9 * t]),
    ),
    2,
    'softmaxCrossEntropy',
    [],
  ],
  [
    'probabilities of one output',
    labels(
      1,
      one.map((t) => 0.9 * t + 0.05),
    ),
    1,
    'sigmoidCrossEntropy',
    [],
  ],
  ['zeros and ones', labels(1, one), 1, 'hinge', undefined],
  ['any numbers', labels(1, [5, -3, 0.5, 7, 1, 2]), 1, 'meanSquaredError', undefined],
  ['labels that are not known here', labels(1, [-1, 1, 1, 1, 1, 1]).add(0), 1, 'hinge', []],
  ['rows of which the wrong ones are left out', labels(1, [-1, ...one]).slice(1), 1, 'hinge', []],
];

for (const [name, y, units, loss, metrics] of ACCEPTED) {
  test(`${name} are taken by ${loss}`, async () => {
    const made = model(units, loss, metrics);
    const { epochs } = await made.fit(x, y);
    const accuracy = loss !== 'meanSquaredError' && metrics === undefined;
    assert.is(epochs[0].accuracy !== undefined, accuracy, 'accuracy by default but for regressions');
    made.dispose();
  });
}

test('validation labels are looked at, too', async () => {
  const work = () =>
    model(1, 'hinge', []).fit(x, labels(1, one), { validationData: [x, labels(1, [1, -1, 1, 1, 1, 1])] });
  try {
    await work();
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^validationData: the loss hinge wants .* row 1 /);
  }
});

test('of rows in several pieces and by several owners the first that does not fit is named', async () => {
  const parts = [
    { owner: 'alice', values: [1, 0, 1, 0] },
    { owner: 'bob', values: [1, -1] },
  ];
  for (const piece of [2, 100]) {
    const y = await session.shareRows(parts, [1], { piece });
    await refused(y, 1, 'hinge', [], /; row 5 /);
  }
});

test.run();
