/** Wine as the tests train on it: standardised by the training rows of a fold. */
import { type Dataset, selectRows } from '../../src/data/dataset.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { foldSplit } from '../../src/data/split.js';
import { loadWine } from '../../src/data/wine.js';
import type { LayerConfig } from '../../src/model/config.js';
import { dense } from '../../src/model/describe.js';
import { type ModelPlan, planModel } from '../../src/model/plan.js';

const wine = await loadWine();

export interface Fold {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Fold k of five: 142 or 143 rows to train, 36 or 35 to test. */
export function wineFold(k: number): Fold {
  const split = foldSplit(wine.rows, k);
  const [train, test] = [selectRows(wine, split.train), selectRows(wine, split.test)];
  const statistics = columnStatistics(train.x, wine.features);
  return {
    train: { ...train, x: standardise(train.x, statistics) },
    test: { ...test, x: standardise(test.x, statistics) },
  };
}

/** The paper's network with one hidden layer of this activation. */
export const wineLayers = (
  activation: Parameters<typeof dense>[0]['activation'] = 'relu',
  units = 16,
): LayerConfig[] => [dense({ units, inputShape: [13], activation }), dense({ units: 3 })];

export const wineModel = (layers: LayerConfig[] = wineLayers()): ModelPlan =>
  planModel({ inputShape: [13], layers });
