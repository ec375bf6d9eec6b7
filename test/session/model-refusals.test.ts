/** Wrong inputs to models, readers of data and jobs; see test/world/refusals.ts for what is asked of each refusal. */
import { test } from 'uvu';
import { dense, sequential, sgd } from '../../src/index.js';
import * as jobs from '../../src/jobs/index.js';
import { planModel } from '../../src/model/plan.js';
import { any, type Refusal, refusingSession, testRefusals } from '../world/refusals.js';

const own = await refusingSession();
const { session, x, y } = own;
const layer = { type: 'dense', units: 2, activation: 'relu', useBias: true };

const network = () => sequential([dense({ units: 2, inputShape: [3] })]);
function compiled() {
  const model = network();
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  return model;
}
const fit = (options: unknown) => compiled().fit(x, y, options as never);
const compile = (options: object) =>
  network().compile({ optimizer: sgd({ learningRate: 1 }), loss: 'hinge', ...options } as never);
const plan = (...layers: unknown[]) => planModel({ layers, inputShape: [3] } as never);

const REFUSED: readonly Refusal[] = [
  // models
  [TypeError, /^dense: expected a plain object .* got a number$/, () => any.dense(16)],
  [
    TypeError,
    /^conv2d: unknown option "kernel" .*did you mean "kernelSize"/,
    () => any.conv2d({ filters: 1, kernel: 3 }),
  ],
  [TypeError, /^leakyRelu: the slope of a leaky ReLU must be a number/, () => any.leakyRelu('0.1')],
  [
    TypeError,
    /^polynomialActivation: coefficients must be an array, got a string$/,
    () => any.polynomialActivation('12'),
  ],
  [
    TypeError,
    /^sequential: layers must be an array, got an object$/,
    () => any.sequential(dense({ units: 1 })),
  ],
  [TypeError, /^layer 1: expected a description, as dense.*got null$/, () => plan(layer, null)],
  [
    TypeError,
    /^layer 0 \(dense\): unknown option "unit" .*did you mean "units"/,
    () => plan({ ...layer, unit: 2 }),
  ],
  [
    TypeError,
    /^layer 0 \(dense\): units must be a number, got a string$/,
    () => plan({ ...layer, units: '2' }),
  ],
  [
    TypeError,
    /^layer 0 \(dense\): useBias must be true or false, got undefined$/,
    () => plan({ ...layer, useBias: undefined }),
  ],
  [
    TypeError,
    /^model: unknown option "inputshape"/,
    () => any.sequential && planModel({ layers: [layer], inputshape: [3] } as never),
  ],
  [TypeError, /^sgd: unknown option "rate"/, () => any.sgd({ rate: 1 })],
  [
    TypeError,
    /^sgd: schedule step: unknown option "decay"/,
    () => any.sgd({ learningRate: { ...any.stepDecay({ rate: 1 }), decay: 1 } }),
  ],
  [
    TypeError,
    /^compile: optimizer sgd: unknown option "lr"/,
    () => compile({ optimizer: { ...sgd({ learningRate: 1 }), lr: 1 } }),
  ],
  [TypeError, /^compile: metrics must be an array, got a string$/, () => compile({ metrics: 'accuracy' })],
  [TypeError, /^compile: loss must be a name, got a number$/, () => compile({ loss: 1 })],
  [
    RangeError,
    /^compile: softmaxCrossEntropy needs two outputs or more/,
    () => {
      const one = sequential([dense({ units: 1, inputShape: [3] })]);
      one.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'softmaxCrossEntropy' });
    },
  ],
  [TypeError, /^fit: expected a plain object .* got a number$/, () => fit(8)],
  [TypeError, /^fit: epochs must be a number, got a string$/, () => fit({ epochs: '5' })],
  [TypeError, /^fit: shuffle must be true or false, got a number$/, () => fit({ shuffle: 0 })],
  [
    TypeError,
    /^fit: validationData must be an array, got an instance of SecureTensor$/,
    () => fit({ validationData: x }),
  ],
  [TypeError, /^fit: validationData must be \[inputs, labels\]$/, () => fit({ validationData: [x] })],
  [
    TypeError,
    /^fit: callbacks: unknown option "onEpoch" .*did you mean "onEpoch(Begin|End)"/,
    () => fit({ callbacks: { onEpoch() {} } }),
  ],
  [
    TypeError,
    /^fit: callbacks\.onEpochEnd must be a function, got a string$/,
    () => fit({ callbacks: { onEpochEnd: 'log' } }),
  ],
  [TypeError, /^fit: earlyStopping must not be null$/, () => fit({ earlyStopping: null })],
  [
    TypeError,
    /^earlyStopping: patience must be a number, got a string$/,
    () => fit({ earlyStopping: { patience: '2' } }),
  ],
  [
    TypeError,
    /^predict: expected a plain object \{ batchSize \}, got a number$/,
    () => compiled().predict(x, 16 as never),
  ],
  [
    TypeError,
    /^evaluate: unknown option "batch" .*did you mean "batchSize"/,
    () => compiled().evaluate(x, y, { batch: 1 } as never),
  ],
  [
    TypeError,
    /^weights: expected a plain object \{ to, label, revealTo \}, got a string$/,
    () => compiled().weights('bob' as never),
  ],
  [
    TypeError,
    /^summary: unknown option "rings" .*did you mean "ring"/,
    () => network().summary({ rings: 64 } as never),
  ],
  [
    TypeError,
    /^summary: parties must be a number, got an array$/,
    () => network().summary({ parties: ['a', 'b'] } as never),
  ],
  [TypeError, /^setWeights: weights must be an array, got null$/, () => network().setWeights(null as never)],
  [
    RangeError,
    /^setWeights: array 0 .*number 1: not a finite number$/,
    () =>
      network().setWeights([
        [1, Number.NaN, 1, 1, 1, 1],
        [0, 0],
      ] as never),
  ],
  // data
  [
    TypeError,
    /^readIdx: name must be a string, got an object$/,
    () => any.readIdx(new Uint8Array(8), { name: 'x' }),
  ],
  [TypeError, /^oneHot: classes must be a number, got a string$/, () => any.oneHot([1], '3')],
  [TypeError, /^oneHot: expected an array of labels, got null$/, () => any.oneHot(null, 3)],
  [
    TypeError,
    /^standardise: mean must be an array, got undefined$/,
    () => any.standardise(new Float32Array(2), {}),
  ],
  [TypeError, /^foldSplit: k must be a number, got a string$/, () => any.foldSplit(10, '1')],
  [TypeError, /^selectRows: expected a data set/, () => any.selectRows(null, [0])],
  [TypeError, /^loadWine: unknown option "fold" \(known: none\)$/, () => any.loadWine({ fold: 1 })],
  [TypeError, /^loadFashionMnist: unknown option "rows"/, () => any.loadFashionMnist({ rows: 10 })],
  [TypeError, /^loadFashionMnist: dir must not be null$/, () => any.loadFashionMnist({ dir: null })],
  [
    TypeError,
    /^jointStatistics: alice's part must be a Float32Array.* got an array$/,
    () => any.jointStatistics(session, { alice: [1] }, 1),
  ],
  // jobs
  [TypeError, /^wineJob: unknown option "epoch" .*did you mean "epochs"/, () => any.wineJob({ epoch: 3 })],
  [TypeError, /^wineJob: hidden must be an array, got a number$/, () => any.wineJob({ hidden: 16 })],
  [RangeError, /^wineJob: batchSize must be a positive integer$/, () => any.wineJob({ batchSize: 0 })],
  [
    RangeError,
    /^fashionMnistJob: unknown model; known are mlp, lenet$/,
    () => any.fashionMnistJob({ model: 'toString' }),
  ],
  [TypeError, /^runJob: job: expected a plain object .* got undefined$/, () => any.runJob()],
  [
    TypeError,
    /^runJob: unknown option "onEpochEnd"/,
    async () => any.runJob(await jobs.wineJob(), { onEpochEnd() {} }),
  ],
  [
    TypeError,
    /^runJob: onStep must be a function, got a string$/,
    async () => any.runJob(await jobs.wineJob(), { onStep: 'x' }),
  ],
];

testRefusals(own, REFUSED);

test.run();
