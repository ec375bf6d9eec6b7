/** The commands `train wine` and `train fashion-mnist`. */

import type { TableShape } from '../data/table/shape.js';
import { fashionMnistDefaults, fashionMnistJob, fashionMnistModels } from '../jobs/fashion-mnist.js';
import { type LocalTrainingJob, namesOfJob } from '../jobs/job.js';
import type { RoleResult } from '../jobs/program.js';
import { wineDefaults, wineJob } from '../jobs/wine.js';
import { command } from './command.js';
import { meant, ranged } from './inputs.js';
import { metricsOption, withMetrics } from './metrics-option.js';
import { choice, flag, integer, integers, type Option, positive, text, type Values } from './options.js';
import { pageOutput, report } from './page-option.js';
import { patienceOption, withPatience } from './patience-option.js';
import { checkModelFolder, saveOption } from './save-option.js';
import { UsageError } from './usage.js';

interface Defaults {
  readonly epochs: number;
  readonly batchSize: number;
  readonly hidden: readonly number[];
  readonly ring: 'auto' | 32 | 64;
  readonly parties: number;
  readonly seed: number;
}

/** Options of every job that trains, with its defaults. */
const training = <Rate extends number | undefined>(defaults: Defaults, rate: Option<number | Rate>) => ({
  epochs: integer('passes over the training rows', defaults.epochs, 1),
  batch: integer('rows a step', defaults.batchSize, 1),
  rate,
  hidden: integers('widths of the hidden dense layers of an mlp, or none', defaults.hidden),
  ring: choice('bits of a number on shares; auto: what a dry run finds', defaults.ring, ['auto', 32, 64]),
  parties: choice('data owners, who compute too', defaults.parties, [2, 3]),
  seed: integer('public seed of initial weights and order of rows', defaults.seed, 0),
});

/** How a training is told. */
const told = {
  json: flag('one JSON object an epoch, then the result; nothing else on standard output'),
  'no-compare': flag('leave out the same training in clear'),
  report,
};

/** Options of the Wine job. */
export const wineOptions = {
  fold: integer('test on the rows whose index mod 5 is N', wineDefaults.fold, 0, 4),
  ...training(wineDefaults, positive('learning rate', wineDefaults.learningRate)),
};

/** The Wine job of a command line. */
export const wineOf = ({ batch, rate, ...options }: Values<typeof wineOptions>): Promise<LocalTrainingJob> =>
  meant('wine', 'wine', () => wineJob({ ...options, batchSize: batch, learningRate: rate }));

/** Options of the Fashion-MNIST job. */
export const fashionMnistOptions = {
  images: integer('train on the first N images', fashionMnistDefaults.images, 2, 60_000),
  data: text('folder with the four IDX files of the full set, gzipped or not', 'DIR', 'the built-in part'),
  model: choice('the network', fashionMnistDefaults.model, fashionMnistModels),
  ...training(
    fashionMnistDefaults,
    positive('learning rate of the first step', undefined, "the model's own"),
  ),
};

/** Training images that ship with the package. */
const BUILT_IN = 2000;

/** The Fashion-MNIST job of a command line. @param name the command's @throws UsageError for more images than there are */
export async function fashionMnistOf(
  name: string,
  { batch, rate, data, ...options }: Values<typeof fashionMnistOptions>,
): Promise<LocalTrainingJob> {
  if (data === undefined && options.images > BUILT_IN) {
    throw new UsageError(
      `${name}: --images ${options.images} needs --data DIR: only ${BUILT_IN} images are built in`,
    );
  }
  const making = meant(name, 'the images', () =>
    fashionMnistJob({
      ...options,
      batchSize: batch,
      ...(rate !== undefined && { learningRate: rate }),
      ...(data !== undefined && { dir: data }),
    }),
  );
  return making.catch((error: Error) => {
    throw data === undefined ? error : new UsageError(error.message); // the files are the user's
  });
}

/** The columns of Wine, as those of any table. */
const wineShape = (job: LocalTrainingJob): TableShape => {
  const { features = [], classes = [] } = namesOfJob(job);
  return {
    version: 1,
    columns: features.map((name) => ({ kind: 'number', name, missing: 'error' })),
    target: { task: 'classify', name: 'class', classes, missing: 'error' },
  };
};

export const trainWine = command({
  name: 'train wine',
  summary: 'train the Wine network on secret shares (178 rows, built in)',
  about: [
    'Trains a network that tells three cultivars of wine apart by 13 measurements. The rows lie with',
    'alice, bob (and carol) in turn; columns are scaled by joint statistics of the training rows.',
  ].join('\n'),
  options: { ...wineOptions, patience: patienceOption, metrics: metricsOption, save: saveOption, ...told },
  async run({ json, 'no-compare': noCompare, report, save: dir, metrics, patience, ...options }) {
    const page = await pageOutput('train wine', report, json);
    if (dir !== undefined) await checkModelFolder('train wine: --save', dir);
    const [made, { runTraining }] = await Promise.all([wineOf(options), import('./training.js')]);
    const job = withPatience(withMetrics('train wine', made, metrics), patience);
    const keep = async (folder: string, result: RoleResult): Promise<void> => {
      const { keepTable } = await import('./table-model.js');
      const form = { decimal: '.', header: true } as const;
      await keepTable(folder, { job, shape: wineShape(job), form, ignore: [], result }, json);
    };
    return ranged('train wine', () =>
      runTraining(job, {
        json,
        compare: !noCompare,
        ...page,
        ...(dir !== undefined && { onTrained: (result) => keep(dir, result) }),
      }),
    );
  },
});

export const trainFashionMnist = command({
  name: 'train fashion-mnist',
  summary: 'train on pictures of clothes (2,000 built in; all 60,000 with --data)',
  about: [
    'Trains a network that sorts pictures of clothes (28 × 28, ten classes) on the first images of the',
    'training set and tests it on the test set. The images lie with alice, bob (and carol) in turn.',
  ].join('\n'),
  options: {
    ...fashionMnistOptions,
    patience: patienceOption,
    metrics: metricsOption,
    save: saveOption,
    ...told,
  },
  async run({ json, 'no-compare': noCompare, report, save: dir, metrics, patience, ...options }) {
    const name = 'train fashion-mnist';
    const page = await pageOutput(name, report, json);
    if (dir !== undefined) await checkModelFolder(`${name}: --save`, dir);
    const making = fashionMnistOf(name, options);
    const [made, { runTraining }] = await Promise.all([making, import('./training.js')]);
    const job = withPatience(withMetrics(name, made, metrics), patience);
    const keep = async (folder: string, result: RoleResult): Promise<void> => {
      const { saveImageModel } = await import('./image-model.js');
      await saveImageModel(folder, { job, result }, [28, 28]);
      if (!json) process.stdout.write(`\n  model in ${folder}, in clear: for beaverdam predict\n`);
    };
    return ranged(name, () =>
      runTraining(job, {
        json,
        compare: !noCompare,
        ...page,
        ...(dir !== undefined && { onTrained: (result) => keep(dir, result) }),
      }),
    );
  },
});
