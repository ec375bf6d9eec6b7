/** The commands `train wine` and `train fashion-mnist`. */
import { fashionMnistDefaults, fashionMnistJob, fashionMnistModels } from '../jobs/fashion-mnist.js';
import { wineDefaults, wineJob } from '../jobs/wine.js';
import { command } from './command.js';
import { choice, flag, integer, integers, type Option, positive, text } from './options.js';
import { runTraining } from './training.js';
import { UsageError } from './usage.js';

interface Defaults {
  readonly epochs: number;
  readonly batchSize: number;
  readonly hidden: readonly number[];
  readonly ring: 'auto' | 32 | 64;
  readonly parties: number;
  readonly seed: number;
}

/** Options that every training has, with the defaults of its job. */
const common = <Rate extends number | undefined>(defaults: Defaults, rate: Option<number | Rate>) => ({
  epochs: integer('passes over the training rows', defaults.epochs, 1),
  batch: integer('rows a step', defaults.batchSize, 1),
  rate,
  hidden: integers('widths of the hidden dense layers of an mlp', defaults.hidden),
  ring: choice('bits of a number on shares; auto: what a dry run finds', defaults.ring, ['auto', 32, 64]),
  parties: choice('data owners, who compute too', defaults.parties, [2, 3]),
  seed: integer('public seed of initial weights and order of rows', defaults.seed, 0),
  json: flag('one JSON object an epoch, then the result; nothing else on standard output'),
  'no-compare': flag('leave out the same training in clear'),
});

export const trainWine = command({
  name: 'train wine',
  summary: 'train the Wine network on secret shares (178 rows, built in)',
  about: [
    'Trains a network that tells three cultivars of wine apart by 13 measurements. The rows lie with',
    'alice, bob (and carol) in turn; columns are scaled by joint statistics of the training rows.',
  ].join('\n'),
  options: {
    fold: integer('test on the rows whose index mod 5 is N', wineDefaults.fold, 0, 4),
    ...common(wineDefaults, positive('learning rate', wineDefaults.learningRate)),
  },
  async run({ batch, rate, json, 'no-compare': noCompare, ...options }) {
    const job = await wineJob({ ...options, batchSize: batch, learningRate: rate });
    return runTraining(job, { json, compare: !noCompare });
  },
});

/** Training images that ship with the package. */
const BUILT_IN = 2000;

export const trainFashionMnist = command({
  name: 'train fashion-mnist',
  summary: 'train on pictures of clothes (2,000 built in; all 60,000 with --data)',
  about: [
    'Trains a network that sorts pictures of clothes (28 × 28, ten classes) on the first images of the',
    'training set and tests it on the test set. The images lie with alice, bob (and carol) in turn.',
  ].join('\n'),
  options: {
    images: integer('train on the first N images', fashionMnistDefaults.images, 2, 60_000),
    data: text('folder with the four IDX files of the full set, gzipped or not', 'DIR', 'the built-in part'),
    model: choice('the network', fashionMnistDefaults.model, fashionMnistModels),
    ...common(
      fashionMnistDefaults,
      positive('learning rate of the first step', undefined, "the model's own"),
    ),
  },
  async run({ batch, rate, data, json, 'no-compare': noCompare, ...options }) {
    if (data === undefined && options.images > BUILT_IN) {
      throw new UsageError(
        `train fashion-mnist: --images ${options.images} needs --data DIR: only ${BUILT_IN} images are built in`,
      );
    }
    const job = await fashionMnistJob({
      ...options,
      batchSize: batch,
      ...(rate !== undefined && { learningRate: rate }),
      ...(data !== undefined && { dir: data }),
    });
    return runTraining(job, { json, compare: !noCompare });
  },
});
