/**
 * Trainings that have gone wrong on shares, or might: large batches, outliers, rates too high, labels far from 1. Each is
 * small enough to be run several times.
 */
import { trainPlain } from '../../src/baseline/plain.js';
import type { Dataset } from '../../src/data/dataset.js';
import { publicRandom } from '../../src/data/random.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import type { LayerConfig } from '../../src/model/config.js';
import {
  adam,
  batchNormalization,
  conv2d,
  dense,
  flatten,
  maxPooling2d,
  momentum,
  sgd,
} from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { wineFold } from './wine.js';

export interface Training {
  readonly name: string;
  readonly data: Dataset;
  readonly layers: readonly LayerConfig[];
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly batchSize: number;
  readonly epochs: number;
}

const random = publicRandom(77, 1);
/** A number of mean 0 and deviation 1, near enough to normal. */
const normal = (): number => Array.from({ length: 12 }, () => random.uniform()).reduce((a, b) => a + b, -6);

interface Kind {
  readonly rows: number;
  readonly features: number;
  readonly classes?: number;
  /** How far classes lie apart, in deviations. */
  readonly apart?: number;
}

/** Clouds of points, one a class, standardised. */
function clouds({ rows, features, classes = 3, apart = 1.2 }: Kind): Dataset {
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: features }, () => apart * normal()),
  );
  const y = new Float32Array(rows * classes);
  const x = Float32Array.from({ length: rows * features }, (_, i) => {
    const row = Math.floor(i / features);
    y[row * classes + (row % classes)] = 1;
    return centres[row % classes][i % features] + normal();
  });
  return { x: standardise(x, columnStatistics(x, features)), y, rows, features, classes };
}

/** A yes-or-no question with so large a share of yes. */
function yesOrNo(rows: number, features: number, share: number): Dataset {
  const y = new Float32Array(rows);
  const x = Float32Array.from({ length: rows * features }, (_, i) => {
    const row = Math.floor(i / features);
    y[row] = row < share * rows ? 1 : 0;
    return 2 * y[row] + normal();
  });
  return { x: standardise(x, columnStatistics(x, features)), y, rows, features, classes: 1 };
}

/** A number that depends on the columns: between low and high, but for noise. */
function numbers(rows: number, features: number, low: number, high: number): Dataset {
  const weights = Array.from({ length: features }, () => normal() / features);
  const x = Float32Array.from({ length: rows * features }, normal);
  const y = Float32Array.from({ length: rows }, (_, row) => {
    const z = weights.reduce((sum, w, j) => sum + w * x[row * features + j], 0);
    return (low + high) / 2 + ((high - low) / 2) * Math.max(-1, Math.min(1, 1.5 * z));
  });
  return { x, y, rows, features, classes: 1 };
}

/** Columns that are mostly 0: standardised, their rare numbers are far from 0, as border pixels of digits are. */
function rare(rows: number, features: number): Dataset {
  const base = clouds({ rows, features, apart: 0.8 });
  const x = base.x.map((value, i) =>
    random.uniform() < (i % features < 4 ? 3 / rows : 0.4) ? value + 2 : 0,
  );
  return { ...base, x: standardise(x, columnStatistics(x, features)) };
}

const mapped = (data: Dataset, map: (value: number, column: number) => number): Dataset => ({
  ...data,
  x: data.x.map((value, i) => map(value, i % data.features)),
});

const first = (features: number) => ({ inputShape: [features] });
const mlp = (features: number, units: number): LayerConfig[] => [
  dense({ units: 16, activation: 'relu', ...first(features) }),
  dense({ units }),
];

const rate = (learningRate: number) => sgd({ learningRate });
const three = { layers: mlp(8, 3), loss: 'meanSquaredError', optimizer: rate(0.25), epochs: 4 } as const;
const ones = (rows: number): Dataset => ({
  x: new Float32Array(rows).fill(1),
  y: new Float32Array(rows).fill(1),
  rows,
  features: 1,
  classes: 1,
});
const linear = { layers: [dense({ units: 1, ...first(1) })], loss: 'meanSquaredError' } as const;
const regression = (features: number) => ({ layers: mlp(features, 1), loss: 'meanSquaredError' }) as const;
const wine = wineFold(0).train;
const large = clouds({ rows: 1024, features: 8 });

export const hardTrainings: readonly Training[] = [
  ...[64, 128, 256, 512, 1024].map((batchSize) => ({
    ...three,
    name: `standardised columns, batches of ${batchSize}`,
    data: large,
    optimizer: rate(batchSize > 256 ? 0.5 : 0.25),
    batchSize,
    epochs: batchSize > 256 ? 12 : 6,
  })),
  { ...linear, name: '100 rows of ones', data: ones(100), optimizer: rate(0.25), batchSize: 100, epochs: 8 },
  { ...linear, name: '256 rows of ones', data: ones(256), optimizer: rate(0.25), batchSize: 256, epochs: 8 },
  {
    name: '6 % positives, sigmoid cross-entropy, batches of 512',
    data: yesOrNo(1024, 6, 0.06),
    layers: [dense({ units: 1, ...first(6) })],
    loss: 'sigmoidCrossEntropy',
    optimizer: rate(0.5),
    batchSize: 512,
    epochs: 12,
  },
  {
    ...three,
    name: 'Wine in one batch',
    data: wine,
    layers: mlp(13, 3),
    batchSize: wine.rows,
    epochs: 20,
  },
  {
    ...regression(5),
    name: 'labels of 5 to 50',
    data: numbers(240, 5, 5, 50),
    optimizer: rate(2 ** -9),
    batchSize: 16,
    epochs: 8,
  },
  {
    ...regression(5),
    name: 'labels of 20 to 350',
    data: numbers(240, 5, 20, 350),
    optimizer: rate(2 ** -13),
    batchSize: 16,
    epochs: 6,
  },
  {
    ...three,
    name: 'unscaled columns of 0 to 1,000',
    data: mapped(clouds({ rows: 240, features: 8 }), (value, column) =>
      column < 4 ? 200 * value + 500 : value,
    ),
    optimizer: rate(2 ** -20),
    batchSize: 16,
  },
  {
    ...three,
    name: 'a column ten times too large',
    data: mapped(clouds({ rows: 240, features: 8 }), (value, column) => (column === 0 ? 10 * value : value)),
    batchSize: 16,
  },
  {
    ...three,
    name: 'raw pixel values of 0 to 255',
    data: mapped(clouds({ rows: 240, features: 8 }), (value) => Math.max(0, Math.min(255, 128 + 50 * value))),
    optimizer: rate(2 ** -16),
    batchSize: 16,
  },
  {
    ...three,
    name: 'an outlier of 40',
    data: { ...large, x: large.x.map((value, i) => (i === 8 * 100 ? 40 : value)) },
    batchSize: 16,
    epochs: 2,
  },
  { ...three, name: 'a rate ten times too high', data: large, optimizer: rate(5), batchSize: 16 },
  {
    ...three,
    name: 'momentum of 0.9',
    data: large,
    optimizer: momentum({ learningRate: 0.03125, momentum: 0.9 }),
    batchSize: 32,
  },
  {
    ...three,
    name: 'momentum of 0.9 at a rate too high',
    data: large,
    optimizer: momentum({ learningRate: 1, momentum: 0.9 }),
    batchSize: 32,
  },
  {
    ...three,
    name: '64 columns with rare numbers',
    data: rare(400, 64),
    layers: mlp(64, 3),
    optimizer: rate(0.1875),
    batchSize: 16,
  },
  {
    ...three,
    name: '64 columns with rare numbers, a rate too high',
    data: rare(400, 64),
    layers: mlp(64, 3),
    optimizer: rate(1.5),
    batchSize: 16,
  },
  {
    ...three,
    name: 'nine layers',
    data: large,
    layers: [
      dense({ units: 12, activation: 'relu', ...first(8) }),
      ...Array.from({ length: 7 }, () => dense({ units: 12, activation: 'relu' })),
      dense({ units: 3 }),
    ],
    optimizer: rate(0.125),
    batchSize: 32,
    epochs: 6,
  },
  {
    ...three,
    name: 'a constant column',
    data: mapped(clouds({ rows: 240, features: 8 }), (value, column) => (column === 2 ? 7 : value)),
    optimizer: rate(3 / 256),
    batchSize: 16,
    epochs: 6,
  },
  {
    ...three,
    name: 'softmax cross-entropy in batches of 512',
    data: large,
    loss: 'softmaxCrossEntropy',
    optimizer: rate(1),
    batchSize: 512,
    epochs: 12,
  },
  {
    ...three,
    name: 'hinge in batches of 256',
    data: large,
    loss: 'hinge',
    optimizer: rate(0.5),
    batchSize: 256,
    epochs: 8,
  },
  {
    ...three,
    name: 'batch normalization in batches of 256',
    data: large,
    layers: [dense({ units: 16, ...first(8) }), batchNormalization({ momentum: 0.5 }), dense({ units: 3 })],
    batchSize: 256,
    epochs: 8,
  },
  {
    ...three,
    name: 'adam',
    data: clouds({ rows: 240, features: 8 }),
    optimizer: adam({ learningRate: 2 ** -6 }),
    batchSize: 32,
    epochs: 6,
  },
  {
    ...three,
    name: 'a convolution in batches of 128',
    data: clouds({ rows: 256, features: 36 }),
    layers: [
      conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
      maxPooling2d(),
      flatten(),
      dense({ units: 3 }),
    ],
    batchSize: 128,
    epochs: 8,
  },
];

/** The training in clear, from the same weights through the same batches. */
export function inFloat({ data, layers, loss, optimizer, batchSize, epochs }: Training): {
  loss: number;
  accuracy: number;
} {
  const config = { layers: [...layers], inputShape: [...(layers[0].inputShape as number[])] };
  const { history } = trainPlain(planModel(config), initialWeights(planModel(config), 0), data, {
    epochs,
    batchSize,
    optimizer,
    loss,
    seed: 0,
    validation: data,
  });
  const last = history[history.length - 1];
  return { loss: last.valLoss as number, accuracy: last.valAccuracy as number };
}
