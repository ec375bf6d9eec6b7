/** The Wine job: the first experiment of the field's papers, small enough to watch. */

import type { RingBits } from '../../bindings/ring.js';
import { foldSplit } from '../data/split.js';
import { loadWine } from '../data/wine.js';
import { sgd } from '../model/describe.js';
import { checkJobOptions, knownRing } from './check.js';
import type { LocalTrainingJob } from './job.js';
import { mlp } from './networks.js';
import { dealRows, ownerNames } from './owners.js';

/** What `wineJob` takes. */
export interface WineJobOptions {
  /** Test on the rows whose index mod 5 is this, train on the others. */
  fold?: number;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  /** Widths of the hidden layers. */
  hidden?: readonly number[];
  /** Number of data owners, who are the compute parties too. */
  parties?: number;
  /**
   * Default `'auto'`: what a dry run on the first owner's rows finds to hold the training. With all else at its default
   * that is 32 and known, and no dry run is made.
   */
  ring?: RingBits | 'auto';
  /** Public seed of initial weights and of the order of rows. */
  seed?: number;
}

/** With three units and rows of eight the rate 0.375 makes steps of 0.375·2/3/8 = 2^−5, a power of two. */
export const wineDefaults = {
  fold: 0,
  epochs: 5,
  batchSize: 8,
  learningRate: 0.375,
  hidden: [16],
  parties: 2,
  ring: 'auto',
  seed: 0,
} as const satisfies WineJobOptions;

/**
 * Wine, its rows in turn with alice, bob and so on: 13-16-3 unless told otherwise, mean squared error on one-hot
 * labels, columns scaled by joint statistics of the training rows.
 * @throws TypeError for options of another kind or that are not known, RangeError for a fold outside 0..4 or a number of parties outside 2..4: folds and owners go by the same numbers of rows, so a fifth would have rows to test alone
 */
export async function wineJob(options: WineJobOptions = {}): Promise<LocalTrainingJob> {
  const checked = checkJobOptions('wineJob', { ...wineDefaults }, options, []);
  const { fold, parties, hidden, ring, learningRate, ...training } = checked;
  const owners = ownerNames(parties);
  if (owners.length === 5) {
    throw new RangeError(
      'wineJob: parties: expected an integer from 2 to 4: rows go to five folds by the same numbers',
    );
  }
  const data = await loadWine();
  const split = foldSplit(data.rows, fold);
  const train = dealRows(data, split.train, parties);
  const test = dealRows(data, split.test, parties);
  return {
    title: `Wine, fold ${fold}`,
    unit: 'rows',
    parts: owners.map((owner, p) => ({ owner, train: train[p], test: test[p] })),
    standardise: true,
    layers: mlp({ inputShape: [data.features], classes: data.classes, hidden }),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate }),
    session: { ring: knownRing(ring, options, wineDefaults) },
    ...training,
  };
}
