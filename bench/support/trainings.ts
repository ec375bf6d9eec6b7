/** The trainings of the benches: networks, rows and batches. */
import {
  columnStatistics,
  type Dataset,
  foldSplit,
  loadFashionMnist,
  loadWine,
  selectRows,
  standardise,
} from '../../src/data/index.js';
import { adam, sgd } from '../../src/index.js';
import { lenet } from '../../src/jobs/networks.js';
import { perceptron, type Training } from './trainers.js';

const loss = 'meanSquaredError';

/** The first images of Fashion-MNIST's training set; up to 2,000 are built in. */
export async function fashionImages(rows: number): Promise<Dataset> {
  const { train } = await loadFashionMnist();
  return selectRows(
    train,
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
}

/** 13-16-3 on the 142 training rows of Wine's fold 0, standardised. */
export async function wineTraining(): Promise<Training> {
  const wine = await loadWine();
  const rows = selectRows(wine, foldSplit(wine.rows, 0).train);
  return {
    title: 'Wine 13-16-3, batch 8, 5 epochs of 142 rows',
    layers: perceptron(13, 16, 3),
    loss,
    data: { ...rows, x: standardise(rows.x, columnStatistics(rows.x, rows.features)) },
    batchSize: 8,
    epochs: 5,
    optimizer: sgd({ learningRate: 0.375 }),
  };
}

/** The same rows with softmax cross-entropy and adam, which takes ring 64. */
export async function adamTraining(): Promise<Training> {
  return {
    ...(await wineTraining()),
    title: 'Wine 13-16-3 with softmax cross-entropy and adam, ring 64, batch 8, 5 epochs of 142 rows',
    loss: 'softmaxCrossEntropy',
    optimizer: adam({ learningRate: 0.01 }),
  };
}

/** Losses of scores, in words; the mean squared error is that of other trainings. */
const LOSSES = {
  softmaxCrossEntropy: 'softmax cross-entropy',
  sigmoidCrossEntropy: 'sigmoid cross-entropy',
  hinge: 'hinge loss',
} as const;

/** 784-64-10 on 640 images. */
export async function lossTraining(loss: keyof typeof LOSSES): Promise<Training> {
  return {
    title: `Fashion-MNIST 784-64-10 with ${LOSSES[loss]}, batch 32, 3 epochs of 640 images`,
    layers: perceptron(784, 64, 10),
    loss,
    data: await fashionImages(640),
    batchSize: 32,
    epochs: 3,
    // runs go on from one another for some hundred epochs: a rate at which scores stay within ring 32
    optimizer: sgd({ learningRate: 1 / 512 }),
  };
}

/** LeNet on 640 images. */
export async function lenetTraining(): Promise<Training> {
  return {
    title: 'Fashion-MNIST, LeNet with softmax cross-entropy, batch 32, 640 images',
    layers: lenet([28, 28, 1], 10),
    loss: 'softmaxCrossEntropy',
    data: await fashionImages(640),
    batchSize: 32,
    epochs: 1,
    optimizer: sgd({ learningRate: 1 / 1024 }),
    backends: ['wasm'], // the other takes some fifty times as long
  };
}

/** 784-128-64-10 on 640 images. */
export async function smallTraining(batchSize: number): Promise<Training> {
  return {
    title: `Fashion-MNIST 784-128-64-10, batch ${batchSize}, 3 epochs of 640 images`,
    layers: perceptron(784, 128, 64, 10),
    loss,
    data: await fashionImages(640),
    batchSize,
    epochs: 3,
    optimizer: sgd({ learningRate: 0.625 }),
  };
}

/** 784-128-128-10, 15 steps at batch 128. */
export async function wideTraining(): Promise<Training> {
  return {
    title: 'Fashion-MNIST 784-128-128-10, batch 128, 15 steps',
    layers: perceptron(784, 128, 128, 10),
    loss,
    data: await fashionImages(1920),
    batchSize: 128,
    epochs: 1,
    optimizer: sgd({ learningRate: 0.625 }),
  };
}
