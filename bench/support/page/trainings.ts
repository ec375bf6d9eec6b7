/** What is trained in a page and in Node: by name, for a page is told which. */
import { sgd } from '../../../src/index.js';
import { perceptron, type Training } from '../trainers.js';
import { fashionImages, wineTraining } from '../trainings.js';

export const pageTrainings: Readonly<Record<string, () => Promise<Training>>> = {
  wine: wineTraining,
  fashion: async () => ({
    title: 'Fashion-MNIST 784-128-10, batch 64, 3 epochs of 640 images',
    layers: perceptron(784, 128, 10),
    loss: 'meanSquaredError',
    data: await fashionImages(640),
    batchSize: 64,
    epochs: 3,
    optimizer: sgd({ learningRate: 0.15625 }),
  }),
};
