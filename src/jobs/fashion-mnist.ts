/** The Fashion-MNIST job: the second experiment, from the built-in part up to all 60,000 images. */
import type { RingBits } from '../../bindings/ring.js';
import type { Dataset } from '../data/dataset.js';
import { loadFashionMnist } from '../data/fashion-mnist.js';
import { sgd } from '../nn/describe.js';
import type { Network, TrainingJob } from './job.js';
import { mlp, type NetworkShape } from './networks.js';
import { dealRows, ownerNames } from './owners.js';

/** What each named network is, with the rate that suits it. */
const networks = {
  /**
   * Ten units: steps of 0.625·2/10/batch, a power of two for a batch that is one. At this rate the usual initial
   * weights are too large for pixels, none of which is negative: most trainings diverge, in clear as on shares. Half
   * their variance does well.
   */
  mlp: (shape: NetworkShape, learningRate = 0.625): Network => ({
    layers: mlp(shape),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate }),
    initialScale: Math.SQRT1_2,
  }),
};

export type FashionMnistModel = keyof typeof networks;

/** The names that {@link FashionMnistJobOptions.model} can take. */
export const fashionMnistModels = Object.keys(networks) as FashionMnistModel[];

export interface FashionMnistJobOptions {
  /** Train on the first so many images. */
  images?: number;
  epochs?: number;
  batchSize?: number;
  /** Left out: the rate that suits the network. */
  learningRate?: number;
  model?: FashionMnistModel;
  /** Widths of the hidden layers of `mlp`. */
  hidden?: readonly number[];
  parties?: number;
  ring?: RingBits;
  seed?: number;
  /** Where the full files are, see {@link loadFashionMnist}; the built-in 2,000 + 1,000 images when left out. */
  dir?: string | URL;
}

export const fashionMnistDefaults = {
  images: 640,
  epochs: 3,
  batchSize: 16,
  model: 'mlp',
  hidden: [128, 64],
  parties: 2,
  ring: 32,
  seed: 0,
} as const satisfies FashionMnistJobOptions;

/**
 * Fashion-MNIST, its images in turn with alice, bob and so on; pixels in 0..1, tested on all test images.
 * @throws RangeError for fewer images than parties, or more than there are
 */
export async function fashionMnistJob(options: FashionMnistJobOptions = {}): Promise<TrainingJob> {
  const { images, model, hidden, parties, ring, dir, learningRate, ...training } = {
    ...fashionMnistDefaults,
    ...options,
  };
  const owners = ownerNames(parties);
  const data = await loadFashionMnist({ train: images, ...(dir !== undefined && { dir }) });
  const { features, classes } = data.train;
  const network = networks[model]({ inputShape: [features], classes, hidden }, learningRate);
  const [train, test] = [data.train, data.test].map((set: Dataset) =>
    dealRows(
      set,
      Uint32Array.from({ length: set.rows }, (_, i) => i),
      parties,
    ),
  );
  return {
    title: `Fashion-MNIST, ${images.toLocaleString('en')} images`,
    unit: 'images',
    parts: owners.map((owner, p) => ({ owner, train: train[p], test: test[p] })),
    standardise: false,
    session: { ring },
    ...network,
    ...training,
  };
}
