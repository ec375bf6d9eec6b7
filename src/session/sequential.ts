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
import { defaultLoss } from '../nn/loss-names.js';
import { formatSummary, type Summary, summarize } from '../nn/summary.js';
import type { Measures } from '../nn/train.js';
import type { DrySetting } from '../party/dry.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import {
  type EpochLog,
  endOf,
  type History,
  type Metrics,
  metricsOf,
  type SumsOfRoles,
} from './epoch-log.js';
import {
  type Compiled,
  type CompileOptions,
  checkCompile,
  checkFit,
  type FitOptions,
  type FitPlan,
  progressOf,
} from './fit-options.js';
import type { EvaluateArgs, FitEpochArgs, PredictArgs } from './model-commands.js';
import { defaultFraction, type Settings } from './options.js';
import { decodeWords, joinShares } from './owner.js';
import type { Session } from './session.js';

export type { EpochLog, History, Metrics } from './epoch-log.js';

/** A model at the roles of one session. */
interface Deployed {
  readonly session: Session;
  readonly number: number;
  /** One-hot labels at scale 0 made for accuracy, by the number of the tensor they came from. */
  readonly labels: Map<SecureTensor, SecureTensor>;
}

/** Rows that are evaluated or predicted at a time unless the caller says otherwise. */
const EVALUATION_BATCH = 128;

/** Milliseconds since 1970, to fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** Whether somebody wants to see each epoch when it ends. */
const watched = ({ earlyStopping, callbacks }: FitPlan): boolean =>
  earlyStopping !== null || Boolean(callbacks.onEpochBegin || callbacks.onEpochEnd || callbacks.onProgress);

const validationLabels = ({ validation }: FitPlan): SecureTensor =>
  (validation as [SecureTensor, SecureTensor])[1];

export class Sequential {
  readonly config: ModelConfig;
  #compiled: Compiled | null = null;
  #deployed: Deployed | null = null;
  #initial: readonly Float32Array[] | null = null;
  #epochs = 0;
  /** Settings and batch sizes that the compiled model is known to fit. */
  readonly #fitting = new Set<string>();

  /** See {@link sequential}. */
  constructor(config: ModelConfig) {
    planModel(config);
    this.config = config;
  }

  /** Chooses the optimizer, the loss and the metrics. @throws TypeError or RangeError for unknown ones */
  compile(options: CompileOptions): void {
    this.#compiled = checkCompile(options, this.config);
    this.#fitting.clear();
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
    const { measures } = this.#needCompiled('fit');
    const plan = checkFit(options, x, y, this.config, measures.metrics);
    const { settings } = x.session;
    this.#refuseMisfit(settings, plan.batchSize);
    const model = this.#deploy(x.session, plan.seed);
    const inputs = this.#inputs(model, x, y, measures);
    const began = now();
    const epochs: EpochLog[] = [];
    const { callbacks } = plan;
    await callbacks.onTrainBegin?.();
    // where nobody looks at an epoch before the next, the roles are asked for all of them at once
    const ahead = watched(plan)
      ? null
      : await Promise.all(Array.from({ length: plan.epochs }, (_, e) => this.#epoch(model, inputs, plan, e)));
    for (let e = 0; e < plan.epochs; e++) {
      await callbacks.onEpochBegin?.(e);
      const [trained, validated] = ahead?.[e] ?? (await this.#epoch(model, inputs, plan, e));
      const metrics = metricsOf(settings, trained, y, measures);
      const validation = validated && metricsOf(settings, validated, validationLabels(plan), measures);
      const log: EpochLog = {
        epoch: e,
        ...metrics,
        ...(validation && { valLoss: validation.loss, valMetrics: validation.metrics }),
        ...(validation?.accuracy !== undefined && { valAccuracy: validation.accuracy }),
        seconds: (endOf(settings, validated ?? trained) - began) / 1000,
      };
      epochs.push(log);
      const verdicts = [await callbacks.onEpochEnd?.(e, log), plan.earlyStopping?.(log)];
      if (verdicts.includes('stop')) break;
    }
    const history = { epochs, seconds: (now() - began) / 1000 };
    await callbacks.onTrainEnd?.(history);
    return history;
  }

  /** Asks the roles for an epoch, and for its validation. */
  async #epoch({ session, number }: Deployed, inputs: readonly number[], plan: FitPlan, e: number) {
    const { optimizer, measures } = this.#needCompiled('fit');
    const { batchSize, seed, shuffle, validation, callbacks } = plan;
    const args: FitEpochArgs = {
      model: number,
      optimizer,
      measures,
      batchSize,
      epoch: this.#epochs++,
      seed,
      shuffle,
    };
    const thrown: unknown[] = [];
    const report = progressOf(callbacks, e, thrown);
    const trained = session.roles.call({ name: 'fitEpoch', in: inputs, args }, {}, report);
    const validated = validation && this.#evaluate(...validation, EVALUATION_BATCH);
    const results = await Promise.all([trained, validated]);
    if (thrown.length > 0) throw thrown[0];
    return results;
  }

  /** Loss and accuracy on shared rows; their means are revealed to the owner. */
  async evaluate(x: SecureTensor, y: SecureTensor, { batchSize = EVALUATION_BATCH } = {}): Promise<Metrics> {
    const { measures } = this.#needCompiled('evaluate');
    checkFit({ batchSize }, x, y, this.config);
    return metricsOf(x.session.settings, await this.#evaluate(x, y, batchSize), y, measures);
  }

  #evaluate(x: SecureTensor, y: SecureTensor, batchSize: number): Promise<SumsOfRoles> {
    const { measures } = this.#needCompiled('evaluate');
    const model = this.#deploy(x.session, 0);
    const args: EvaluateArgs = { model: model.number, measures, batchSize };
    return x.session.roles.call({ name: 'evaluate', in: this.#inputs(model, x, y, measures), args });
  }

  /** Outputs for shared rows, as a tensor that nobody has seen; `reveal` opens it to the asker. */
  predict(x: SecureTensor, { batchSize = EVALUATION_BATCH } = {}): SecureTensor {
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

  /** Refuses what does not fit the ring, before anything is sent. @throws RangeError with what to change */
  #refuseMisfit({ ring, fractionBits, parties }: Settings, batchSize: number): void {
    const key = [ring, fractionBits, parties.length, batchSize].join();
    if (this.#fitting.has(key)) return;
    this.summary({ ring, fractionBits, parties: parties.length, batchSize });
    this.#fitting.add(key);
  }

  /** Shares the model among the roles, unless it is there; refuses first what does not fit the session's ring. */
  #deploy(session: Session, seed: number): Deployed {
    if (this.#deployed) {
      if (this.#deployed.session !== session) throw new TypeError('the model belongs to another session');
      return this.#deployed;
    }
    this.#refuseMisfit(session.settings, 1);
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
