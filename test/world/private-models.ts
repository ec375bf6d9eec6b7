/** Models with one owner's secret weights, as every process of a session makes them. */
import type { LayerConfig } from '../../src/model/config.js';
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  maxPooling2d,
  momentum,
} from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { sizeOf } from '../../src/shape.js';
import { transcriptsOf } from '../../src/testing.js';
import { uniform } from '../baseline/gradient-check.js';

export const ROWS = 12;

export interface Case {
  readonly layers: LayerConfig[];
  readonly inputShape: number[];
}

export const small: Case = {
  inputShape: [4],
  layers: [
    dense({ units: 6, activation: 'relu', inputShape: [4] }),
    batchNormalization(),
    dense({ units: 2 }),
  ],
};
export const images: Case = {
  inputShape: [6, 6, 1],
  layers: [
    conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
    maxPooling2d(),
    flatten(),
    dense({ units: 2, activation: 'sigmoid', useBias: false }),
  ],
};

export const weightsFor = (config: Case, seed = 20): Float32Array[] =>
  planModel(config).weights.map(({ name, shape }, i) =>
    uniform(sizeOf(shape), seed + i).map((value) => (name === 'movingVariance' ? 1 + value / 2 : value)),
  );

/** The numbers of a party's tensors, or null where it is not here. */
export function dataOf(session: Session, { inputShape }: Case) {
  const own = (values: Float32Array) => (session.isHere('alice') ? values : null);
  const x = uniform(ROWS * sizeOf(inputShape), 3);
  const y = Float32Array.from({ length: ROWS * 2 }, (_, i) => Number((i >> 1) % 2 === i % 2));
  return {
    x: session.share(own(x), { owner: 'alice', shape: [ROWS, ...inputShape] }),
    y: session.share(own(y), { owner: 'alice', shape: [ROWS, 2] }),
  };
}

/** A model with one owner's weights, as every process of a session makes it. */
export function modelOf(session: Session, config: Case, owner: string, weights = weightsFor(config)) {
  const model = sequential(config.layers);
  model.compile({ optimizer: momentum({ learningRate: 0.125 }), loss: 'meanSquaredError' });
  model.setWeights(session.isHere(owner) ? weights : null, { owner });
  return model;
}

/** Trains, evaluates, and opens the weights to their owner: the same at every process. */
export const training =
  (config: Case, owner: string, options: FitOptions = {}, weights = weightsFor(config)) =>
  async (session: Session) => {
    const { x, y } = dataOf(session, config);
    const model = modelOf(session, config, owner, weights);
    const { epochs } = await model.fit(x, y, { epochs: 2, batchSize: 4, seed: 5, ...options });
    const evaluated = await model.evaluate(x, y);
    const trained = await model.weights({ to: owner, label: 'trained weights' });
    return {
      losses: epochs.map(({ loss }) => loss),
      evaluated,
      trained,
      transcripts: await transcriptsOf(session),
      disclosed: await session.disclosed(),
    };
  };
