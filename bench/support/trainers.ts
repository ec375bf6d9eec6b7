/** The same training on shares, in TensorFlow.js and in our plain trainer, made ready to be timed: fit alone. */

import { trainPlain } from '../../src/baseline/plain.js';
import { loadTensorFlow, type TensorFlowBackend } from '../../src/baseline/tensorflow.js';
import { addConvolutionGradient } from '../../src/baseline/tensorflow-convolution.js';
import { buildModel, lossOf } from '../../src/baseline/tensorflow-model.js';
import { optimizerOf } from '../../src/baseline/tensorflow-optimizer.js';
import type { Dataset } from '../../src/data/index.js';
import {
  createSession,
  dense,
  type Layer,
  type LossName,
  type Session,
  type SessionOptions,
  sequential,
} from '../../src/index.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { type ModelPlan, planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { clock, type Runner } from './interleave.js';

/** What is trained, and how. */
export interface Training {
  readonly title: string;
  readonly layers: readonly Layer[];
  readonly loss: LossName;
  readonly data: Dataset;
  readonly batchSize: number;
  readonly epochs: number;
  readonly optimizer: OptimizerConfig;
  /** TensorFlow.js' backends to be timed; both unless given. */
  readonly backends?: readonly TensorFlowBackend[];
}

/** What crosses in a step. */
export interface StepTraffic {
  readonly rounds: number;
  /** Bytes each party sends in openings. */
  readonly online: number;
  /** Bytes the provider deals. */
  readonly dealt: number;
  /** Of these, those to the party that is dealt most. */
  readonly line: number;
}

/** Steps of a training. */
export const stepsOf = ({ data, batchSize, epochs }: Training): number =>
  Math.ceil(data.rows / batchSize) * epochs;

/** A perceptron with relu: inputs, hidden layers, outputs. */
export const perceptron = (...[inputs, ...units]: readonly number[]): Layer[] =>
  units.map((n, l) =>
    dense({
      units: n,
      activation: l < units.length - 1 ? 'relu' : 'linear',
      ...(l === 0 && { inputShape: [inputs] }),
    }),
  );

export const planOf = ({ layers }: Pick<Training, 'layers'>): ModelPlan =>
  planModel({ inputShape: layers[0].inputShape ?? [], layers: [...layers] });

/** The narrowest ring in which an optimizer works. */
export const ringOf = ({ type }: OptimizerConfig): 32 | 64 => (type === 'adam' ? 64 : 32);

/** A session with its workers up, the data shared and the model in place. Metrics but the loss are left out. @param start starts it */
export async function onShares(
  training: Training,
  options: SessionOptions = {},
  start: (options: SessionOptions) => Promise<Session> = createSession,
) {
  const { data, batchSize, epochs, optimizer, layers, loss } = training;
  const { inputShape } = planOf(training).config;
  const ring = ringOf(optimizer);
  const model = sequential(layers);
  model.compile({ optimizer, loss, metrics: [] });
  // what chooses between threads, as a dry run does for the command line
  const session = await start({ ring, summary: model.summary({ ring, batchSize }), ...options });
  const of = (owner: string, values: Dataset['x']) => (session.isHere(owner) ? values : null);
  const x = session.share(of('alice', data.x), { owner: 'alice', shape: [data.rows, ...inputShape] });
  const y = session.share(of('bob', data.y), { owner: 'bob', shape: [data.rows, data.classes] });
  await session.ready();

  /** What one party sends and receives while `work` runs. */
  async function traffic(work: () => Promise<unknown>): Promise<StepTraffic> {
    const read = async () => {
      const totals = await session.roles.totals();
      const dealt = (name: string) => totals.get(name)?.dealt ?? 0;
      const party = totals.get(session.parties[0]);
      return {
        rounds: party?.rounds ?? 0,
        online: party?.online ?? 0,
        dealt: dealt(session.settings.provider),
        line: Math.max(...session.parties.map(dealt)),
      };
    };
    const before = await read();
    await work();
    const after = await read();
    return {
      rounds: after.rounds - before.rounds,
      online: after.online - before.online,
      dealt: after.dealt - before.dealt,
      line: after.line - before.line,
    };
  }

  return {
    session,
    runner: {
      name: 'on shares (3 roles)',
      run: () => clock(() => model.fit(x, y, { epochs, batchSize })),
      close: () => session.close(),
    } satisfies Runner,

    /** The same with nobody watching for numbers near the limit of the ring. */
    unwatched: {
      name: 'the same without the sentinel',
      run: () => clock(() => model.fit(x, y, { epochs, batchSize, sentinel: false })),
    } satisfies Runner,

    /** The traffic of an epoch with and without the sentinel. */
    async epochTraffic(): Promise<{ watched: StepTraffic; unwatched: StepTraffic }> {
      return {
        watched: await traffic(() => model.fit(x, y, { epochs: 1, batchSize })),
        unwatched: await traffic(() => model.fit(x, y, { epochs: 1, batchSize, sentinel: false })),
      };
    },

    /**
     * The traffic of one step: that of an epoch without its end, where the loss is revealed. An evaluation is
     * predictions and that same end.
     */
    async stepTraffic(): Promise<StepTraffic> {
      const epoch = await traffic(() => model.fit(x, y, { epochs: 1, batchSize }));
      const evaluated = await traffic(() => model.evaluate(x, y, { batchSize }));
      const predicted = await traffic(async () => {
        const outputs = model.predict(x, { batchSize });
        await session.ready();
        outputs.dispose();
      });
      const steps = Math.ceil(data.rows / batchSize);
      const perStep = (key: keyof StepTraffic) => (epoch[key] - evaluated[key] + predicted[key]) / steps;
      return {
        rounds: perStep('rounds'),
        online: perStep('online'),
        dealt: perStep('dealt'),
        line: perStep('line'),
      };
    },
  };
}

/** `model.fit` of TensorFlow.js as fast as it goes: no callbacks, no metrics, no yielding; null if not installed. */
export async function inTensorFlow(training: Training, backend: TensorFlowBackend) {
  const tf = await loadTensorFlow({ backend });
  if (!tf) return null;
  addConvolutionGradient(tf);
  const { data, batchSize, epochs, optimizer, loss } = training;
  const plan = planOf(training);
  const { model, setWeights } = buildModel(tf, plan, loss);
  setWeights(initialWeights(plan, 0));
  model.compile({
    optimizer: optimizerOf(tf, optimizer),
    loss: lossOf(tf, loss),
  });
  const x = tf.tensor(data.x, [data.rows, ...plan.config.inputShape]);
  const y = tf.tensor(data.y, [data.rows, data.classes]);
  const options = { batchSize, epochs, verbose: 0, yieldEvery: 'never' };
  return {
    name: `TensorFlow.js ${backend}`,
    async run() {
      await tf.setBackend(backend);
      return clock(() => model.fit(x, y, options));
    },
    close() {
      for (const tensor of [x, y]) tensor.dispose();
      model.dispose();
    },
  } satisfies Runner;
}

/** Our own trainer in clear, in plain JavaScript. */
export function inPlain(training: Training): Runner {
  const plan = planOf(training);
  const weights = initialWeights(plan, 0);
  const { data, batchSize, epochs, optimizer, loss } = training;
  const options = { batchSize, epochs, optimizer, loss };
  return {
    name: 'own plain f32',
    run: async () => trainPlain(plan, weights, data, options).seconds,
  };
}
