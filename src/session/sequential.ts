/**
 * A model as users hold it, after the TensorFlow.js layers API: describe, compile, fit, evaluate, predict. The
 * description, the initial weights and the order of the batches are public; what is learned is not: it lives on
 * shares at the roles, and only `weights` opens it, to the owner.
 */
import {
  checkWeights,
  initialWeights,
  type LayerConfig,
  type ModelConfig,
  planModel,
  sizeOf,
} from '../nn/config.js';
import { losses } from '../nn/loss.js';
import { defaultLoss } from '../nn/loss-names.js';
import { metricKey } from '../nn/metric-names.js';
import { formatSummary, type Summary, summarize } from '../nn/summary.js';
import type { Measures } from '../nn/train.js';
import type { DrySetting } from '../party/dry.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import {
  type Compiled,
  type CompileOptions,
  checkCompile,
  checkFit,
  type FitOptions,
} from './fit-options.js';
import type { EvaluateArgs, FitEpochArgs, PredictArgs, SumsResult } from './model-commands.js';
import { defaultFraction } from './options.js';
import { decodeWords, joinShares } from './owner.js';
import type { Progress } from './role.js';
import type { Session } from './session.js';

/** What an epoch or an evaluation reveals to the owner. */
export interface Metrics {
  /** Mean loss over the rows. */
  readonly loss: number;
  /** With the metric 'accuracy': the share of rows whose largest output is the label's. */
  readonly accuracy?: number;
  /** Each metric asked for, by its key: 'accuracy', 'binaryAccuracy', 'top5'. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EpochLog extends Metrics {
  /** 0-based. */
  readonly epoch: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** The metrics of the validation rows. */
  readonly valMetrics?: Readonly<Record<string, number>>;
  /** Seconds since fit began, validation included. */
  readonly seconds: number;
}

export interface History {
  readonly epochs: readonly EpochLog[];
  /** Seconds of the whole fit. */
  readonly seconds: number;
}

/** A model at the roles of one session. */
interface Deployed {
  readonly session: Session;
  readonly number: number;
  /** One-hot labels at scale 0 made for accuracy, by the number of the tensor they came from. */
  readonly labels: Map<SecureTensor, SecureTensor>;
}

export class Sequential {
  readonly config: ModelConfig;
  #compiled: Compiled | null = null;
  #deployed: Deployed | null = null;
  #initial: readonly Float32Array[] | null = null;
  #epochs = 0;

  /** See {@link sequential}. */
  constructor(config: ModelConfig) {
    planModel(config);
    this.config = config;
  }

  /** Chooses the optimizer, the loss and the metrics. @throws TypeError or RangeError for unknown ones */
  compile(options: CompileOptions): void {
    this.#compiled = checkCompile(options, this.config);
  }

  /** Sets public initial weights: for each layer its kernel [in × units], row-major, then its bias. */
  setWeights(weights: readonly Float32Array[]): void {
    if (this.#deployed) throw new TypeError('setWeights: the model has been shared already');
    checkWeights(this.config, weights);
    weights.forEach((array, i) => {
      if (!array.every(Number.isFinite))
        throw new RangeError(`setWeights: array ${i} holds a number that is not finite`);
    });
    this.#initial = weights.map((array) => array.slice());
  }

  /**
   * Trains on shared rows. After each epoch its loss and accuracy are revealed to the owner, and nothing else.
   * @param x [rows, …inputShape]; @param y labels [rows, outputs], one-hot for the accuracy metric
   */
  async fit(x: SecureTensor, y: SecureTensor, options: FitOptions = {}): Promise<History> {
    const { optimizer, measures } = this.#needCompiled('fit');
    const plan = checkFit(options, x, y, this.config);
    const { ring, fractionBits, parties } = x.session.settings;
    this.summary({ ring, fractionBits, parties: parties.length, batchSize: plan.batchSize }); // refuses a misfit
    const model = this.#deploy(x.session, plan.seed);
    const inputs = this.#inputs(model, x, y, measures);
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const epochs: EpochLog[] = [];
    await plan.callbacks.onTrainBegin?.();
    for (let e = 0; e < plan.epochs; e++) {
      const epoch = this.#epochs++;
      await plan.callbacks.onEpochBegin?.(e);
      const results = await x.session.roles.call(
        {
          name: 'fitEpoch',
          in: inputs,
          args: {
            model: model.number,
            optimizer,
            measures,
            batchSize: plan.batchSize,
            epoch,
            seed: plan.seed,
            shuffle: plan.shuffle,
          } satisfies FitEpochArgs,
        },
        {},
        plan.callbacks.onProgress &&
          ((progress: Progress) => plan.callbacks.onProgress?.({ ...progress, epoch: e })),
      );
      const metrics = this.#metrics(x.session, results, y, measures);
      const validation = plan.validation && (await this.evaluate(...plan.validation));
      const log: EpochLog = {
        epoch: e,
        ...metrics,
        ...(validation && { valLoss: validation.loss, valMetrics: validation.metrics }),
        ...(validation?.accuracy !== undefined && { valAccuracy: validation.accuracy }),
        seconds: seconds(),
      };
      epochs.push(log);
      const verdicts = [await plan.callbacks.onEpochEnd?.(e, log), plan.earlyStopping?.(log)];
      if (verdicts.includes('stop')) break;
    }
    const history = { epochs, seconds: seconds() };
    await plan.callbacks.onTrainEnd?.(history);
    return history;
  }

  /** Loss and accuracy on shared rows; their means are revealed to the owner. */
  async evaluate(x: SecureTensor, y: SecureTensor, { batchSize = 128 } = {}): Promise<Metrics> {
    const { measures } = this.#needCompiled('evaluate');
    checkFit({ batchSize }, x, y, this.config);
    const model = this.#deploy(x.session, 0);
    const results = await x.session.roles.call({
      name: 'evaluate',
      in: this.#inputs(model, x, y, measures),
      args: { model: model.number, measures, batchSize } satisfies EvaluateArgs,
    });
    return this.#metrics(x.session, results, y, measures);
  }

  /** Outputs for shared rows, as a tensor that nobody has seen; `reveal` opens it to the asker. */
  predict(x: SecureTensor, { batchSize = 128 } = {}): SecureTensor {
    checkFit({ batchSize }, x, null, this.config);
    const model = this.#deploy(x.session, 0);
    const plans = planModel(this.config);
    const shape = [x.shape[0], ...plans[plans.length - 1].outputShape];
    const args: PredictArgs = { model: model.number, batchSize };
    return x.session.make({ name: 'predict', in: [x.number], args }, shape);
  }

  /** Opens the trained weights to the owner: for each layer its kernel, row-major, then its bias. */
  async weights({ revealTo = 'owner' }: { revealTo?: 'owner' } = {}): Promise<Float32Array[]> {
    if (revealTo !== 'owner') throw new RangeError("weights: can be revealed to 'owner' only");
    if (!this.#deployed) throw new TypeError('weights: the model has not been trained yet');
    const { session, number } = this.#deployed;
    const results = await session.roles.call({ name: 'weights', args: { model: number } });
    const { ring, fractionBits } = session.settings;
    const shares = session.parties.map((party) => results.get(party) as Uint8Array[]);
    const numbers = shares[0].flatMap((_, p) =>
      Array.from(
        decodeWords(
          joinShares(
            ring,
            shares.map((parts) => parts[p]),
          ),
          fractionBits,
        ),
      ),
    );
    let end = 0;
    return planModel(this.config)
      .flatMap((plan) => plan.weights)
      .map(({ shape }) => {
        end += sizeOf(shape);
        return Float32Array.from(numbers.slice(end - sizeOf(shape), end));
      });
  }

  /**
   * What the model is and costs, by layer, before anything runs: shapes, parameters, and the rounds, bytes and
   * multiply-adds of a step. `String(summary)` is a table.
   * @throws RangeError where the model does not fit the ring, with what to change
   */
  summary(options: Partial<DrySetting> & { batchSize?: number } = {}): Summary & { toString(): string } {
    const { ring = 32, parties = 2, batchSize = 32 } = options;
    const fractionBits = options.fractionBits ?? defaultFraction(ring);
    const { optimizer, measures } = this.#compiled ?? {
      optimizer: { type: 'sgd', learningRate: 1 } as const,
      measures: { loss: defaultLoss(this.config) },
    };
    const summary = summarize(this.config, {
      ring,
      parties,
      fractionBits,
      batchSize,
      optimizer,
      loss: measures.loss,
    });
    return { ...summary, toString: () => formatSummary(summary) };
  }

  /** Frees the model at the roles. */
  dispose(): void {
    if (!this.#deployed) return;
    const { session, number, labels } = this.#deployed;
    this.#deployed = null;
    for (const made of labels.values()) made.dispose();
    if (!session.roles.ended) session.roles.send({ name: 'disposeModel', args: { model: number } });
  }

  #needCompiled(operation: string) {
    if (!this.#compiled) throw new TypeError(`${operation}: compile the model first`);
    return this.#compiled;
  }

  /** Shares the model among the roles, unless it is there; refuses first what does not fit the session's ring. */
  #deploy(session: Session, seed: number): Deployed {
    if (this.#deployed) {
      if (this.#deployed.session !== session) throw new TypeError('the model belongs to another session');
      return this.#deployed;
    }
    const { ring, fractionBits, parties } = session.settings;
    this.summary({ ring, fractionBits, parties: parties.length, batchSize: 1 });
    const weights = this.#initial ?? initialWeights(this.config, seed);
    const number = session.roles.number();
    session.roles.send({ name: 'createModel', out: number, args: { config: this.config, weights } });
    this.#deployed = { session, number, labels: new Map() };
    return this.#deployed;
  }

  /** Numbers of x, y and, where metrics want them, the labels at scale 0. */
  #inputs(model: Deployed, x: SecureTensor, y: SecureTensor, { metrics }: Measures): number[] {
    const tensors = metrics.length > 0 ? [x, y, this.#labels(model, y)] : [x, y];
    return tensors.map((tensor) => tensor.number);
  }

  #labels({ session, labels }: Deployed, y: SecureTensor): SecureTensor {
    for (const [from, made] of labels) {
      if (!from.disposed) continue;
      made.dispose();
      labels.delete(from);
    }
    const known = labels.get(y);
    if (known) return known;
    const made = session.make({ name: 'integerLabels', in: [y.number] }, y.shape);
    labels.set(y, made);
    return made;
  }

  #metrics(
    session: Session,
    results: ReadonlyMap<string, unknown>,
    y: SecureTensor,
    { loss, metrics }: Measures,
  ): Metrics {
    const { ring } = session.settings;
    const sums = session.parties.map((party) => results.get(party) as SumsResult);
    const join = (pick: (sum: SumsResult) => Uint8Array | null, fraction: number): number =>
      decodeWords(
        joinShares(
          ring,
          sums.map((sum) => pick(sum) as Uint8Array),
        ),
        fraction,
      )[0];
    const [rows, ...units] = y.shape;
    const total = join((sum) => sum.loss, sums[0].lossFraction);
    const means = metrics.map((metric, i): [string, number] => {
      const binary = metric === 'binaryAccuracy' || (metric === 'accuracy' && sizeOf(units) === 1);
      return [metricKey(metric), join((sum) => sum.hits[i], 0) / (binary ? y.size : rows)];
    });
    const byKey = Object.fromEntries(means);
    return {
      loss: total / (rows * losses[loss].rowCount(sizeOf(units))),
      ...('accuracy' in byKey && { accuracy: byKey.accuracy }),
      metrics: byKey,
    };
  }
}

/** A layer's description as {@link dense} and its like make it. */
export type Layer = LayerConfig;

/**
 * A model of layers in order; the first names its `inputShape`.
 * @throws TypeError or RangeError that names the layer whose description does not fit
 */
export function sequential(layers: readonly Layer[]): Sequential {
  const inputShape = layers[0]?.inputShape;
  if (!inputShape) throw new TypeError('sequential: the first layer needs an inputShape');
  return new Sequential({ layers: [...layers], inputShape });
}
