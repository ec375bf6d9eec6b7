/**
 * A model as users hold it, after the TensorFlow.js layers API: describe, compile, fit, evaluate, predict. The
 * description, the initial weights and the order of the batches are public; what is learned is not: it lives on
 * shares at the roles, and only `weights` opens it, to the owner.
 */
import { type LayerConfig, type ModelConfig, sizeOf } from '../model/config.js';
import { defaultLoss } from '../model/losses.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import { checkWeights, initialWeights } from '../model/weights.js';
import { losses } from '../nn/loss.js';
import { gradientFraction } from '../nn/scales.js';
import { dryPrediction, formatSummary, type Summary, summarize } from '../nn/summary.js';
import type { Measures } from '../nn/train.js';
import { checkArray, checkInteger, checkOptions, kindOf } from '../options.js';
import type { DrySetting } from '../party/dry.js';
import { defaultFraction, rangeLimit } from '../party/ring-range.js';
import type { EvaluateArgs, FitEpochArgs, PredictArgs } from '../role/model-commands.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import {
  type ClearNumbers,
  type ColumnBounds,
  type DryRunOptions,
  type DryRunReport,
  dryRun,
} from './dry-run.js';
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
  checkEvaluate,
  checkFit,
  type EvaluateOptions,
  evaluationBatch,
  type FitOptions,
  type FitPlan,
  progressOf,
} from './fit-options.js';
import { LabelScales } from './label-scales.js';
import { checkLabels } from './labels.js';
import { checkMemory, checkSums, checkWeightRange } from './model-checks.js';
import { checkSetting, type Settings } from './options.js';
import { decodeWords, joinShares } from './owner.js';
import type { Session } from './session.js';

export type { EpochLog, History, Metrics } from './epoch-log.js';

/** A model at the roles of one session. */
interface Deployed {
  readonly session: Session;
  readonly number: number;
  readonly labels: LabelScales;
}

/** Epochs that are asked for at once where nobody looks at one before the next. */
const AHEAD = 8;

/** Milliseconds since 1970, to fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** Whether somebody wants to see each epoch when it ends. */
const watched = ({ earlyStopping, callbacks }: FitPlan): boolean =>
  earlyStopping !== null || Boolean(callbacks.onEpochBegin || callbacks.onEpochEnd || callbacks.onProgress);

const validationLabels = ({ validation }: FitPlan): SecureTensor =>
  (validation as [SecureTensor, SecureTensor])[1];

export class Sequential {
  readonly config: ModelConfig;
  readonly #plan: ModelPlan;
  #compiled: Compiled | null = null;
  #deployed: Deployed | null = null;
  #initial: readonly Float32Array[] | null = null;
  #epochs = 0;
  /** Settings and batch sizes that the compiled model is known to fit. */
  readonly #fitting = new Set<string>();

  /** See {@link sequential}. */
  constructor(config: ModelConfig) {
    this.#plan = planModel(config);
    this.config = config;
  }

  /** Chooses the optimizer, the loss and the metrics. @throws TypeError or RangeError for unknown ones */
  compile(options: CompileOptions): void {
    this.#compiled = checkCompile(options, this.#plan);
    this.#fitting.clear();
  }

  /**
   * Sets public initial weights: for each layer its kernel [in × units], row-major, then its bias. The session that the
   * model comes to wants them below 2^(k − 2 − 2f) in magnitude, as it wants inputs: 64 in ring 32 with 12 fraction bits.
   * @throws TypeError for what are no arrays of numbers, RangeError for arrays of other lengths and for numbers that are
   *   not finite; `fit` and `predict` throw RangeError for those that are too large, by array and place
   */
  setWeights(weights: readonly Float32Array[]): void {
    if (this.#deployed) throw new TypeError('setWeights: the model has been shared already');
    checkArray('setWeights: weights', weights);
    const arrays: Float32Array[] = weights.map((array: unknown, i) => {
      if (array instanceof Float32Array || array instanceof Float64Array) return Float32Array.from(array);
      checkArray(`setWeights: array ${i}`, array);
      return Float32Array.from(array, (value) => (typeof value === 'number' ? value : Number.NaN));
    });
    checkWeights(this.#plan, arrays);
    checkWeightRange(this.#plan, arrays, Infinity, 'not a finite number');
    this.#initial = arrays;
  }

  /**
   * Trains on shared rows. After each epoch its loss and accuracy are revealed to the owner, and nothing else.
   * @param x [rows, …inputShape]; @param y labels [rows, outputs], one-hot for the accuracy metric
   * @throws TypeError or RangeError for options, data, labels, weights and sizes that cannot be used, and for fewer rows
   *   than the session's `leastRows`, to train or to validate on; nothing has been sent then, and the session goes on.
   *   RangeExceeded where numbers have come near the limit of the ring
   */
  async fit(x: SecureTensor, y: SecureTensor, options: FitOptions = {}): Promise<History> {
    const { measures } = this.#needCompiled('fit');
    const plan = checkFit(options, x, y, this.#plan, measures);
    const { settings } = x.session;
    checkSums('fit', settings, y);
    if (plan.validation) checkSums('validationData', settings, plan.validation[1]);
    this.#refuseMisfit('fit', settings, plan.batchSize);
    const model = this.#deploy(x.session, plan.seed);
    const gradients = gradientFraction(settings.ring, settings.fractionBits, plan.batchSize);
    const inputs = this.#inputs(model, x, y, measures, gradients);
    const plans = this.#plan.layers;
    const began = now();
    const epochs: EpochLog[] = [];
    const { callbacks } = plan;
    await callbacks.onTrainBegin?.();
    // where nobody looks at an epoch before the next, the roles are asked for several at once
    const askFor = (count: number, from: number) =>
      Promise.all(
        Array.from({ length: count }, (_, i) => this.#epoch(model, inputs, plan, gradients, from + i)),
      );
    let asked: Awaited<ReturnType<typeof askFor>> = [];
    for (let e = 0; e < plan.epochs; e++) {
      await callbacks.onEpochBegin?.(e);
      if (asked.length === 0) asked = await askFor(watched(plan) ? 1 : Math.min(AHEAD, plan.epochs - e), e);
      const [[trained, validated]] = asked.splice(0, 1);
      const where = `fit: epoch ${e + 1}`;
      const metrics = metricsOf(settings, trained, { where, y, plans }, measures);
      const validation =
        validated &&
        metricsOf(
          settings,
          validated,
          { where: `${where}, validation`, y: validationLabels(plan), plans },
          measures,
        );
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
  async #epoch(
    { session, number }: Deployed,
    inputs: readonly number[],
    plan: FitPlan,
    gradientFraction: number,
    e: number,
  ) {
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
      gradientFraction,
      sentinel: plan.sentinel,
    };
    const thrown: unknown[] = [];
    const report = progressOf(callbacks, e, thrown);
    const trained = session.roles.call({ name: 'fitEpoch', in: inputs, args }, {}, report);
    const validated =
      validation && this.#evaluate(...validation, evaluationBatch(validation[0]), plan.sentinel);
    const results = await Promise.all([trained, validated]);
    if (thrown.length > 0) throw thrown[0];
    return results;
  }

  /**
   * Loss and accuracy on shared rows; their means are revealed to the owner. Of two sets of rows that differ in one row,
   * they say that row's loss.
   * @throws TypeError or RangeError as fit; RangeExceeded where numbers have come near the limit of the ring
   */
  async evaluate(x: SecureTensor, y: SecureTensor, options: EvaluateOptions = {}): Promise<Metrics> {
    const { measures } = this.#needCompiled('evaluate');
    const { batchSize, sentinel } = checkEvaluate('evaluate', options, x, y, this.#plan);
    checkLabels('evaluate', y, measures);
    const { settings } = x.session;
    checkSums('evaluate', settings, y);
    this.#refuseMisfit('evaluate', settings, batchSize);
    const results = await this.#evaluate(x, y, batchSize, sentinel);
    return metricsOf(settings, results, { where: 'evaluate', y, plans: this.#plan.layers }, measures);
  }

  #evaluate(x: SecureTensor, y: SecureTensor, batchSize: number, sentinel: boolean): Promise<SumsOfRoles> {
    const { measures } = this.#needCompiled('evaluate');
    const model = this.#deploy(x.session, 0);
    const args: EvaluateArgs = { model: model.number, measures, batchSize, sentinel };
    return x.session.roles.call({ name: 'evaluate', in: this.#inputs(model, x, y, measures, null), args });
  }

  /** Outputs for shared rows, as a tensor that nobody has seen; `reveal` opens it to the asker. */
  predict(x: SecureTensor, options: Pick<EvaluateOptions, 'batchSize'> = {}): SecureTensor {
    const { batchSize } = checkEvaluate('predict', options, x, null, this.#plan);
    this.#refuseMisfit('predict', x.session.settings, batchSize);
    const model = this.#deploy(x.session, 0);
    const shape = [x.shape[0], ...this.#plan.outputShape];
    const args: PredictArgs = { model: model.number, batchSize };
    return x.session.make({ name: 'predict', in: [x.number], args }, shape);
  }

  /** Opens the trained weights to the owner: for each layer its kernel, row-major, then its bias. */
  async weights(options: { revealTo?: 'owner' } = {}): Promise<Float32Array[]> {
    checkOptions('weights', options, ['revealTo']);
    const { revealTo = 'owner' } = options;
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
    return this.#plan.weights.map(({ shape }) => {
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
    checkOptions('summary', options, ['ring', 'fractionBits', 'parties', 'batchSize']);
    const { ring = 64, parties = 2, batchSize = 32 } = options;
    const { fractionBits = defaultFraction(ring) } = options;
    checkSetting('summary', ring, fractionBits);
    checkInteger('summary: parties', parties, 2);
    checkInteger('summary: batchSize', batchSize, 1);
    const { optimizer, measures } = this.#compiled ?? {
      optimizer: { type: 'sgd', learningRate: 1 } as const,
      measures: { loss: defaultLoss(this.#plan) },
    };
    const summary = summarize(this.#plan, {
      ring,
      parties,
      fractionBits,
      batchSize,
      optimizer,
      loss: measures.loss,
    });
    return { ...summary, toString: () => formatSummary(summary) };
  }

  /**
   * How large the numbers of a training become, and which ring holds them: its first steps, computed here in clear as they
   * would be on shares. Nothing is sent; what the report says of an owner's rows is for that owner to keep.
   * Give the report to `createSession({ dryRun })`, or print it.
   * @param x an owner's own rows, flat or nested, or bounds of the columns
   * @param y their labels, or bounds; null for labels made up at random, one-hot or 0 and 1
   * @throws TypeError or RangeError for rows that do not fit the model
   */
  async dryRun(
    x: ClearNumbers | ColumnBounds,
    y: ClearNumbers | ColumnBounds | null,
    options: DryRunOptions = {},
  ): Promise<DryRunReport> {
    const { optimizer, measures } = this.#needCompiled('dryRun');
    const plan = this.#plan;
    const described = {
      plan,
      optimizer,
      loss: measures.loss,
      weights: (seed: number) => this.#initial ?? initialWeights(plan, seed),
      work: (ring: 32 | 64, fractionBits: number, batchSize: number) =>
        this.summary({ ring, fractionBits, batchSize }).step.multiplyAdds,
    };
    return dryRun(described, x, y, options);
  }

  /** Frees the model at the roles. */
  dispose(): void {
    if (!this.#deployed) return;
    const { session, number, labels } = this.#deployed;
    this.#deployed = null;
    labels.dispose();
    if (!session.roles.ended) session.roles.send({ name: 'disposeModel', args: { model: number } });
  }

  #needCompiled(operation: string) {
    if (!this.#compiled) throw new TypeError(`${operation}: compile the model first`);
    return this.#compiled;
  }

  /**
   * Refuses what does not fit the ring or a role's memory, and initial weights that the ring cannot use, before anything is
   * sent. @throws RangeError with what to change
   */
  #refuseMisfit(operation: 'fit' | 'evaluate' | 'predict', settings: Settings, batchSize: number): void {
    const { ring, fractionBits, parties } = settings;
    const setting = { ring, fractionBits, parties: parties.length };
    const key = [operation === 'fit', ...Object.values(setting), batchSize].join();
    if (!this.#fitting.has(key)) {
      const bytes =
        operation === 'fit'
          ? this.summary({ ...setting, batchSize }).memory.step
          : dryPrediction(this.#plan, { ...setting, batchSize }).memory;
      checkMemory(operation, this.#plan, ring, batchSize, bytes);
      this.#fitting.add(key);
    }
    if (!this.#initial || this.#deployed) return;
    const limit = rangeLimit(ring, fractionBits);
    const problem = `magnitude ${limit} or more, too large for ring ${ring} with ${fractionBits} fraction bits`;
    checkWeightRange(this.#plan, this.#initial, limit, problem);
  }

  /** Shares the model among the roles, unless it is there. */
  #deploy(session: Session, seed: number): Deployed {
    if (this.#deployed) {
      if (this.#deployed.session !== session) throw new TypeError('the model belongs to another session');
      return this.#deployed;
    }
    const weights = this.#initial ?? initialWeights(this.#plan, seed);
    const number = session.roles.number();
    session.roles.send({ name: 'createModel', out: number, args: { config: this.config, weights } });
    this.#deployed = { session, number, labels: new LabelScales() };
    return this.#deployed;
  }

  /**
   * Numbers of x, y, the labels that gradients want and, where metrics want them, the labels at scale 0.
   * @param gradients fraction bits of gradients; null where there are none
   */
  #inputs(
    { labels }: Deployed,
    x: SecureTensor,
    y: SecureTensor,
    { metrics, loss }: Measures,
    gradients: number | null,
  ): number[] {
    const targets = gradients !== null && losses[loss].roundedLabels ? labels.of(y, gradients) : y;
    const tensors = [x, y, targets, ...(metrics.length > 0 ? [labels.of(y, 0)] : [])];
    return tensors.map((tensor) => tensor.number);
  }
}

/** A layer's description as {@link dense} and its like make it. */
export type Layer = LayerConfig;

/**
 * A model of layers in order; the first names its `inputShape`.
 * @throws TypeError or RangeError that names the layer whose description does not fit
 */
export function sequential(layers: readonly Layer[]): Sequential {
  checkArray('sequential: layers', layers);
  const inputShape = layers[0]?.inputShape;
  if (!inputShape) {
    throw new TypeError(
      layers.length > 0 && typeof layers[0] !== 'object'
        ? `sequential: layer 0 must be a description, as dense({ units }) makes it, got ${kindOf(layers[0])}`
        : 'sequential: the first layer needs an inputShape',
    );
  }
  return new Sequential({ layers: [...layers], inputShape });
}
