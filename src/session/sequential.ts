/**
 * A model as users hold it, after the TensorFlow.js layers API: describe, compile, fit, evaluate, predict. The
 * description and the order of the batches are public, and so are the initial weights, unless an owner brings them as
 * secrets; what is learned is not: it lives on shares at the roles, and only `weights` opens it, to one role.
 */
import { checkExtras } from '../interchange/model-file.js';
import type { LayerConfig, ModelConfig } from '../model/config.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import { initialWeights } from '../model/weights.js';
import type { Summary } from '../nn/summary.js';
import { checkArray, checkOptions, kindOf, within } from '../options.js';
import { checkLabel } from '../party/disclosures.js';
import type { DrySetting } from '../party/dry.js';
import { checkPresent } from '../role/present.js';
import type { Roles } from '../role/roles.js';
import { type Disposal, disposesInUsing, printsAsText } from '../tensor/manners.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import type { TensorHost } from '../tensor/tensor-handle.js';
import { type CheckpointOptions, checkCheckpoint } from './checkpoint-options.js';
import type { Training } from './checkpoint-training.js';
import { DeployedModel } from './deployed.js';
import { type ClearNumbers, type ColumnBounds, type DryRunOptions, dryRun } from './dry-run.js';
import type { DryRunReport } from './dry-run-report.js';
import { metricsOf } from './epoch-log.js';
import { fit } from './fit.js';
import {
  type Compiled,
  type CompileOptions,
  checkCompile,
  checkEvaluate,
  checkFit,
  type EvaluateOptions,
  type FitOptions,
  type FitPlan,
} from './fit-options.js';
import { Fitting, type ModelOperation } from './fitting.js';
import type { Evaluation, History } from './history.js';
import {
  type InitialWeights,
  type PublicBeginning,
  publicBeginning,
  splitWeights,
} from './initial-weights.js';
import { beginTraining, checkpointOf, keepingOf } from './keeping.js';
import {
  checkKeep,
  checkRestore,
  type KeepOptions,
  type KeptExtras,
  type RestoreOptions,
} from './kept-model.js';
import { keepShares, readShares } from './kept-shares.js';
import { checkLabels } from './labels.js';
import { checkBrought, checkInitial, checkPairs, checkSums } from './model-checks.js';
import type { SaveOptions, SetWeightsOptions, WeightsOptions } from './model-options.js';
import { summaryOf } from './model-summary.js';
import { checkFolder, needFiles, writeModel } from './saved-model.js';
import { scoresOf } from './scores.js';

export interface Sequential extends Disposal {}

/** A model whose layers follow one another, made by {@link sequential}. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the member is defined below, where the platform has it
export class Sequential {
  readonly config: ModelConfig;
  readonly #plan: ModelPlan;
  #compiled: Compiled | null = null;
  #deployed: DeployedModel | null = null;
  #disposed = false;
  #initial: InitialWeights | null = null;
  /** The run from which it was restored, '' where no party is here; null where it was not. */
  #restored: string | null = null;
  readonly #fitting = new Fitting();

  /** See {@link sequential}. */
  constructor(config: ModelConfig);
  /** @internal */
  constructor(config: ModelConfig, plan: ModelPlan);
  constructor(config: ModelConfig, plan: ModelPlan = planModel(config)) {
    this.#plan = plan;
    this.config = config;
  }

  /** @internal The model of a plan. */
  static of(plan: ModelPlan): Sequential {
    return new Sequential(plan.config, plan);
  }

  /** Chooses the optimizer, the loss and the metrics. @throws TypeError or RangeError for unknown ones */
  compile(options: CompileOptions): void {
    this.#compiled = checkCompile(options, this.#plan);
    this.#fitting.clear();
  }

  /**
   * Sets initial weights: for each layer its kernel [in × units], row-major, then its bias. They are public, unless an
   * `owner` brings them, a party or the model owner: then they are shared as its rows are, when the model comes to a
   * session, and all other roles learn their shapes alone. The session wants them below 2^(k − 2 − 2f) in magnitude, as it
   * wants inputs: 64 in ring 32 with 12 fraction bits.
   * @param weights null where their owner is not here
   * @throws TypeError for what are no arrays of numbers, RangeError for arrays of other lengths and for numbers that are
   *   not finite; `fit`, `evaluate` and `predict` throw RangeError for those that are too large, by array and place, and
   *   TypeError for an owner that is no role, that is here and brought null, or that is elsewhere and whose weights are here
   */
  setWeights(weights: readonly Float32Array[] | null, options: SetWeightsOptions = {}): void {
    this.#checkAlive('setWeights');
    if (this.#deployed) throw new TypeError('setWeights: the model has been shared already');
    this.#initial = checkInitial(this.#plan, weights, options);
  }

  /**
   * Trains on shared rows. After each epoch its loss and accuracy are revealed to the owner, and nothing else. Resolves to
   * what was revealed, so to no epochs where the owner is not here.
   * @param x [rows, …inputShape]; @param y labels [rows, outputs], one-hot for the accuracy metric
   * @throws TypeError or RangeError for options, data, labels, weights and sizes that cannot be used, and for fewer rows
   *   than the session's `leastRows`, to train or to validate on; nothing has been sent then, and the session goes on.
   *   RangeExceeded where numbers have come near the limit of the ring
   */
  async fit(x: SecureTensor, y: SecureTensor, options: FitOptions = {}): Promise<History> {
    this.#checkAlive('fit');
    const compiled = this.#needCompiled('fit');
    const plan = checkFit(options, x, y, this.#plan, compiled.measures);
    const { settings } = x.session.roles;
    checkSums('fit', settings, y);
    if (plan.validation) checkSums('validationData', settings, plan.validation[1]);
    this.#refuseMisfit('fit', x.session.roles, plan.batchSize);
    const model = this.#deploy(x.session, plan.seed);
    const training = beginTraining(model, plan, compiled, x.shape[0]);
    const keeping = plan.checkpoint || plan.resume ? await this.#keeping(model, training, plan) : null;
    return await fit(model, [x, y], plan, compiled, this.#plan.layers, keeping);
  }

  /**
   * Keeps each party's share of the model, as it is after its last training, in a folder, as `fit` does after an epoch with the
   * option `checkpoint`. The same training with `resume` takes it from there.
   * @throws TypeError for a model that has not been trained; JobError for a folder with another run's checkpoints
   */
  async checkpoint(folder: string | CheckpointOptions): Promise<void> {
    const options = checkCheckpoint('checkpoint', folder);
    if (!options) throw new TypeError('checkpoint: a folder is needed');
    const model = this.#needDeployed('checkpoint', Boolean(this.#deployed?.trainings.length));
    await checkpointOf(model, options, this.config, this.#beginning);
  }

  /**
   * Keeps the model at the parties under a name, for later sessions, and opens it to nobody: each party that is here writes its
   * share of the weights into the folder, and beside it what is given, in a file for the user alone to read, as a whole or
   * not at all. What was there under the name is replaced once every party has written its own; a party that dies in the moment
   * between has the old one still, and `restore` then says so. What the optimizer keeps is left out. 2 rounds.
   * @param name 1 to 40 letters, digits, _ . or -, no sign first
   * @throws TypeError for a model that has come to no session; TypeError or RangeError for options, for scaling that does not fit
   *   the rows and classes that do not fit the outputs; JobError where it cannot be written
   */
  async keep(name: string, options: KeepOptions): Promise<void> {
    checkKeep(this.#plan, name, options);
    await keepShares(this.#needDeployed('keep'), this.config, name, options);
  }

  /**
   * Takes up in a session what its parties have kept of this model under a name, in place of initial weights. Each party that
   * is here reads its own file; the parties show one another that all files are of one run. 1 round.
   * @returns what was kept beside the shares; null where no party is here
   * @throws TypeError for a model that has weights already; JobError, before anything is sent, for a file that is not there, torn,
   *   altered, another role's, or of other parties, settings, description or rows, and for files here of different runs;
   *   ProtocolError where those of parties elsewhere are of another run
   */
  async restore(session: TensorHost, name: string, options: RestoreOptions): Promise<KeptExtras> {
    this.#checkAlive('restore');
    checkRestore(name, options);
    if (this.#deployed || this.#initial) throw new TypeError('restore: the model has weights already');
    const { run, states, extras } = await readShares(session.roles, this.config, name, options);
    this.#checkAlive('restore'); // still
    this.#restored = run;
    await this.#deploy(session, 0).restore(states);
    return extras as KeptExtras;
  }

  /**
   * Loss and accuracy on shared rows, and what the option `metrics` names: a confusion matrix, mean absolute error, R², the area
   * under the curve. Their sums are revealed to the owner. Of two sets of rows that differ in one row, they say that
   * row's loss, and its class and outcome. Resolves to null where the owner is not here.
   * @throws TypeError or RangeError as fit, and for metrics that the model's loss or outputs do not have; RangeExceeded where numbers have come near the limit of the ring
   */
  async evaluate(x: SecureTensor, y: SecureTensor, options: EvaluateOptions = {}): Promise<Evaluation> {
    this.#checkAlive('evaluate');
    const { measures } = this.#needCompiled('evaluate');
    const { batchSize, sentinel, scores } = checkEvaluate(
      'evaluate',
      options,
      x,
      y,
      this.#plan,
      measures.loss,
    );
    checkLabels('evaluate', y, measures, scores);
    const { settings } = x.session.roles;
    checkSums('evaluate', settings, y);
    checkPairs('evaluate', settings, y, scores);
    this.#refuseMisfit('evaluate', x.session.roles, batchSize);
    const model = this.#deploy(x.session, 0);
    const seen = model.seen(await model.evaluate(x, y, measures, batchSize, sentinel, scores));
    const sumsOf = { where: 'evaluate', y, plans: this.#plan.layers };
    if (!seen) return null as unknown as Evaluation;
    const metrics = metricsOf(settings, seen, sumsOf, measures);
    return { ...metrics, ...scoresOf(settings, seen.scores, scores, metrics.loss, sumsOf) };
  }

  /**
   * Outputs for shared rows, as a tensor that nobody has seen; `reveal` opens it to the asker. Nothing watches them: sums of a layer
   * must stay below 2^(k − 3 − 2f), 32 in ring 32 with 12 fraction bits, and rows far beyond those of the training can leave that.
   */
  predict(x: SecureTensor, options: Pick<EvaluateOptions, 'batchSize'> = {}): SecureTensor {
    this.#checkAlive('predict');
    const { batchSize } = checkEvaluate('predict', options, x, null, this.#plan);
    this.#refuseMisfit('predict', x.session.roles, batchSize);
    return this.#deploy(x.session, 0).predict(x, this.#plan.outputShape, batchSize);
  }

  /**
   * Opens the weights as they are to one role and to nobody else: for each layer its kernel, row-major, then its bias. Null
   * where that role is not here.
   * @throws TypeError for a model that has come to no session, for a role that is none, and for labels that are none
   */
  async weights(options: WeightsOptions = {}): Promise<Float32Array[]> {
    checkOptions('weights', options, ['to', 'label', 'revealTo']);
    const { revealTo = 'owner', label = 'weights' } = options;
    if (revealTo !== 'owner')
      throw new RangeError("weights: revealTo can be 'owner' only; name a role as to");
    checkLabel('weights', label);
    const model = this.#needDeployed('weights');
    const { roles } = model.session;
    const { to = roles.settings.owner } = options;
    checkPresent('weights: to', to, roles);
    const numbers = await model.weights(this.#plan.parameters, to, label);
    const shapes = this.#plan.weights.map(({ shape }) => shape);
    return (numbers && splitWeights(shapes, numbers)) as Float32Array[];
  }

  /**
   * Opens the weights as they are to one role, as `weights` does, and keeps them in a folder of that role's process, with the
   * description of the model and what is given beside it: float32 in a file model.safetensors, written as a whole or not
   * at all, for the user alone to read. {@link loadModel} reads it. Elsewhere nothing is written.
   * @param dir the folder; made where there is none
   * @throws TypeError or RangeError as `weights`, for scaling that does not fit the rows and classes that do not fit the
   *   outputs; JobError where it cannot be written
   */
  async save(dir: string, options: SaveOptions = {}): Promise<void> {
    checkOptions('save', options, ['to', 'label', 'scaling', 'classes']);
    checkFolder('save', dir);
    const { to, label, ...extras } = options;
    within('save', () => checkExtras(this.#plan, extras));
    const { roles } = this.#needDeployed('save').session;
    if (roles.isHere(to ?? roles.settings.owner)) needFiles('save');
    const weights: Float32Array[] | null = await this.weights({
      ...(to !== undefined && { to }),
      ...(label !== undefined && { label }),
    });
    if (weights) await writeModel(dir, this.#plan, weights, extras);
  }

  /**
   * What the model is and costs, by layer, before anything runs: shapes, parameters, and the rounds, bytes and
   * multiply-adds of a step. `String(summary)` is a table.
   * @throws RangeError where the model does not fit the ring, with what to change
   */
  summary(options: Partial<DrySetting> & { batchSize?: number } = {}): Summary & { toString(): string } {
    const summary = summaryOf(this.#plan, this.#compiled, options);
    if (this.#compiled) this.#fitting.learn(summary, summary.memory.step);
    return summary;
  }

  /**
   * How large the numbers of a training become, and which ring holds them: its first steps, computed here in clear as they
   * would be on shares. Nothing is sent; what the report says of an owner's rows, or of weights that are an owner's
   * secrets, is for that owner to keep.
   * Give the report to `createSession({ dryRun })`, or print it.
   * @param x an owner's own rows, flat or nested, or bounds of the columns
   * @param y their labels, or bounds; null for labels made up at random, one-hot or 0 and 1
   * @throws TypeError or RangeError for rows that do not fit the model; TypeError where the weights are the secrets of an
   *   owner that is not here
   */
  async dryRun(
    x: ClearNumbers | ColumnBounds,
    y: ClearNumbers | ColumnBounds | null,
    options: DryRunOptions = {},
  ): Promise<DryRunReport> {
    const { optimizer, measures } = this.#needCompiled('dryRun');
    const plan = this.#plan;
    const initial = this.#initial;
    if (initial && !initial.arrays) {
      throw new TypeError(`dryRun: the weights are ${initial.owner}'s and not here; run it where they are`);
    }
    const described = {
      plan,
      optimizer,
      loss: measures.loss,
      weights: (seed: number) => initial?.arrays ?? initialWeights(plan, seed),
      step: (ring: 32 | 64, fractionBits: number, batchSize: number) =>
        this.summary({ ring, fractionBits, batchSize }).step,
    };
    return dryRun(described, x, y, options);
  }

  /** What the model is, `Sequential [13] → [3], 2 layers, 275 parameters`: no weight. `summary` says more. */
  toString(): string {
    const shape = (lengths: readonly number[]): string => `[${lengths.join(', ')}]`;
    const { inputShape, layers } = this.config;
    const count = `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`;
    return `Sequential ${shape(inputShape)} → ${shape(this.#plan.outputShape)}, ${count}, ${this.#plan.parameters} parameters`;
  }

  /** Frees the model at the roles for good, as `using` does at the end of its block. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#deployed?.dispose();
    this.#deployed = null;
  }

  /** Where a training is taken up and how it is kept; one that is refused has not been. */
  async #keeping(model: DeployedModel, training: Training, plan: FitPlan) {
    try {
      return await keepingOf(model, training, plan, this.config, this.#beginning);
    } catch (error) {
      model.trainings.splice(model.trainings.indexOf(training), 1);
      throw error;
    }
  }

  /** What may be told of how its weights began. */
  get #beginning(): PublicBeginning {
    return this.#restored === null ? publicBeginning(this.#initial) : { restored: this.#restored };
  }

  #checkAlive(operation: string): void {
    if (this.#disposed) throw new TypeError(`${operation}: the model has been disposed`);
  }

  /** The model at the roles. @param trained whether it is what the operation wants there */
  #needDeployed(operation: string, trained = true): DeployedModel {
    this.#checkAlive(operation);
    if (this.#deployed && trained) return this.#deployed;
    throw new TypeError(`${operation}: the model has not been trained yet`);
  }

  #needCompiled(operation: string) {
    if (!this.#compiled) throw new TypeError(`${operation}: compile the model first`);
    return this.#compiled;
  }

  /**
   * Refuses what does not fit the ring or a role's memory, and initial weights that the ring cannot use, before anything is
   * sent. @throws RangeError with what to change, TypeError for weights of the wrong owner
   */
  #refuseMisfit(operation: ModelOperation, roles: Roles, batchSize: number): void {
    const { ring, fractionBits, parties, fewRounds = false } = roles.settings;
    const setting = { ring, fractionBits, parties: parties.length, batchSize, fewRounds };
    this.#fitting.check(operation, this.#plan, setting, () => this.summary(setting).memory.step);
    if (this.#initial && !this.#deployed) checkBrought(this.#plan, roles, this.#initial);
  }

  /** Shares the model among the roles, unless it is there. */
  #deploy(session: TensorHost, seed: number): DeployedModel {
    if (this.#deployed && this.#deployed.session !== session) {
      throw new TypeError('the model belongs to another session');
    }
    const initial = () => this.#initial ?? { owner: null, arrays: initialWeights(this.#plan, seed) };
    this.#deployed ??= new DeployedModel(session, this.#plan, initial());
    return this.#deployed;
  }
}

printsAsText(Sequential.prototype);
disposesInUsing(Sequential.prototype);

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
