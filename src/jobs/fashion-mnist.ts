/** The Fashion-MNIST job: the second experiment, from the built-in part up to all 60,000 images. */
import type { RingBits } from '../../bindings/ring.js';
import { count } from '../count.js';
import type { Dataset } from '../data/dataset.js';
import { loadFashionMnist } from '../data/fashion-mnist.js';
import { exponentialDecay, momentum, sgd } from '../model/describe.js';
import type { LearningRate } from '../model/schedule.js';
import { checkText } from '../options.js';
import { checkJobOptions, knownRing } from './check.js';
import type { LocalTrainingJob, Network } from './job.js';
import { lenet, mlp, type NetworkShape } from './networks.js';
import { dealRows, ownerNames } from './owners.js';

/** What a network is built for and trained with. */
interface Wish {
  readonly shape: NetworkShape;
  /** Rate of the first step, when it is not the network's own. */
  readonly learningRate?: number;
  /** Steps of the whole training. */
  readonly steps: number;
}

/** What each named network is, with the start and the rates that suit it. */
const networks = {
  /**
   * The rate is halved after each third of the training, so that the last steps no longer undo each other; its steps of
   * rate·2/10/batch stay powers of two where the batch is one. The initial weights are smaller than usual, since no
   * pixel is negative: with the usual ones many trainings diverge at these rates, in clear as on shares. Without hidden layers all of a
   * row's light comes to each output, so the rate is a 32nd.
   */
  mlp: ({ shape, learningRate: rate = shape.hidden.length > 0 ? 1.25 : 1.25 / 32, steps }: Wish): Network => {
    return {
      layers: mlp(shape),
      loss: 'meanSquaredError',
      optimizer: sgd({ learningRate: halvedInThirds(rate, steps) }),
      initialScale: 0.6,
    };
  },

  /** With batches of 32 the steps of 2^−5/32 and its halves are powers of two. */
  lenet: ({ shape, learningRate: rate = 1 / 32, steps }: Wish): Network => ({
    layers: lenet([28, 28, 1], shape.classes),
    loss: 'softmaxCrossEntropy',
    optimizer: momentum({ learningRate: halvedInThirds(rate, steps), momentum: 0.9 }),
  }),
};

/** Half the rate after each third of the training. */
const halvedInThirds = (rate: number, steps: number): LearningRate =>
  exponentialDecay({ rate, decayRate: 0.5, decaySteps: Math.ceil(steps / 3), staircase: true });

/** A network of the Fashion-MNIST job. */
export type FashionMnistModel = keyof typeof networks;

/** The names that {@link FashionMnistJobOptions.model} can take. */
export const fashionMnistModels = Object.keys(networks) as FashionMnistModel[];

/** What `fashionMnistJob` takes. */
export interface FashionMnistJobOptions {
  /** Train on the first so many images. */
  images?: number;
  epochs?: number;
  batchSize?: number;
  /** Rate of the first step. Left out: the one that suits the network. */
  learningRate?: number;
  model?: FashionMnistModel;
  /** Widths of the hidden layers of `mlp`. */
  hidden?: readonly number[];
  parties?: number;
  /**
   * Default `'auto'`: what a dry run on the first owner's rows finds to hold the training. With all else at its default
   * that is 32 and known, and no dry run is made.
   */
  ring?: RingBits | 'auto';
  seed?: number;
  /** Where the full files are, see {@link loadFashionMnist}; the built-in 2,000 + 1,000 images when left out. */
  dir?: string | { readonly href: string };
}

export const fashionMnistDefaults = {
  images: 640,
  epochs: 3,
  batchSize: 16,
  model: 'mlp',
  hidden: [128, 64],
  parties: 2,
  ring: 'auto',
  seed: 0,
} as const satisfies FashionMnistJobOptions;

/**
 * Fashion-MNIST, its images in turn with alice, bob and so on; pixels in 0..1, tested on all test images.
 * @throws TypeError for options of another kind or that are not known, RangeError for fewer images than parties, or more than there are
 */
export async function fashionMnistJob(options: FashionMnistJobOptions = {}): Promise<LocalTrainingJob> {
  const checked = checkJobOptions('fashionMnistJob', { ...fashionMnistDefaults }, options, [
    'learningRate',
    'dir',
  ]);
  const { images, model, hidden, parties, ring, dir, learningRate, ...training } = checked;
  checkText('fashionMnistJob: model', model);
  if (!Object.hasOwn(networks, model)) {
    throw new RangeError(`fashionMnistJob: unknown model; known are ${fashionMnistModels.join(', ')}`);
  }
  const owners = ownerNames(parties);
  const data = await loadFashionMnist({ train: images, ...(dir !== undefined && { dir }) });
  const { features, classes } = data.train;
  const { epochs, batchSize } = training;
  const network = networks[model]({
    shape: { inputShape: [features], classes, hidden },
    steps: epochs * Math.ceil(images / batchSize),
    ...(learningRate !== undefined && { learningRate }),
  });
  const [train, test] = [data.train, data.test].map((set: Dataset) =>
    dealRows(
      set,
      Uint32Array.from({ length: set.rows }, (_, i) => i),
      parties,
    ),
  );
  return {
    title: `Fashion-MNIST, ${count(images)} images`,
    unit: 'images',
    parts: owners.map((owner, p) => ({ owner, train: train[p], test: test[p] })),
    standardise: false,
    session: { ring: knownRing(ring, options, fashionMnistDefaults) },
    ...network,
    ...training,
  };
}
