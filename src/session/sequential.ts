/**
 * A model as users hold it, after the TensorFlow.js layers API: describe, compile, fit, evaluate, predict. The
 * description, the initial weights and the order of the batches are public; what is learned is not: it lives on
 * shares at the roles, and only `weights` opens it, to the owner.
 */
import { initialWeights, type LayerConfig, type ModelConfig, planModel, sizeOf } from '../nn/config.js';
import type { LossName } from '../nn/loss.js';
import type { OptimizerConfig } from '../nn/optimizer.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import { checkCompile, checkFit, type CompileOptions, type FitOptions } from './fit-options.js';
import type { SumsResult } from './model-commands.js';
import { decodeWords, joinShares } from './owner.js';
import type { Progress } from './role.js';
import type { Session } from './session.js';

/** What an epoch or an evaluation reveals to the owner. */
export interface Metrics {
  /** Mean loss over the rows. */
  readonly loss: number;
  /** Share of rows whose largest output is the label's; absent without the accuracy metric. */
  readonly accuracy?: number;
}

export interface EpochLog extends Metrics {
  /** 0-based. */
  readonly epoch: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
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
  readonly labels: WeakMap<SecureTensor, SecureTensor>;
}

export class Sequential {
  readonly config: ModelConfig;
  #compiled: { optimizer: OptimizerConfig; loss: LossName; accuracy: boolean } | null = null;
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
    this.#compiled = checkCompile(options);
  }

  /** Sets public initial weights: for each layer its kernel [in × units], row-major, then its bias. */
  setWeights(weights: readonly Float32Array[]): void {
    if (this.#deployed) throw new TypeError('setWeights: the model has been shared already');
    this.#initial = weights.map((array) => array.slice());
  }

  /**
   * Trains on shared rows. After each epoch its loss and accuracy are revealed to the owner, and nothing else.
   * @param x [rows, …inputShape]; @param y labels [rows, outputs], one-hot for the accuracy metric
   */
  async fit(x: SecureTensor, y: SecureTensor, options: FitOptions = {}): Promise<History> {
    const { optimizer, loss, accuracy } = this.#needCompiled('fit');
    const plan = checkFit(options, x, y, this.config);
    const model = this.#deploy(x.session, plan.seed);
    const labels = accuracy ? this.#labels(model, y) : null;
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
          in: [x, y, ...(labels ? [labels] : [])].map((tensor) => tensor.number),
          args: {
            model: model.number,
            loss,
            learningRate: optimizer.learningRate,
            batchSize: plan.batchSize,
            epoch,
            shuffleSeed: plan.shuffle ? plan.seed : null,
          },
        },
        {},
        plan.callbacks.onProgress &&
          ((progress: Progress) => plan.callbacks.onProgress?.({ ...progress, epoch: e })),
      );
      const metrics = this.#metrics(x.session, results, x.shape[0], y);
      const validation = plan.validation && (await this.evaluate(...plan.validation));
      const log: EpochLog = {
        epoch: e,
        ...metrics,
        ...(validation && { valLoss: validation.loss }),
        ...(validation?.accuracy !== undefined && { valAccuracy: validation.accuracy }),
        seconds: seconds(),
      };
      epochs.push(log);
      await plan.callbacks.onEpochEnd?.(e, log);
    }
    const history = { epochs, seconds: seconds() };
    await plan.callbacks.onTrainEnd?.(history);
    return history;
  }

  /** Loss and accuracy on shared rows; their means are revealed to the owner. */
  async evaluate(x: SecureTensor, y: SecureTensor, { batchSize = 128 } = {}): Promise<Metrics> {
    const { loss, accuracy } = this.#needCompiled('evaluate');
    checkFit({ batchSize }, x, y, this.config);
    const model = this.#deploy(x.session, 0);
    const labels = accuracy ? this.#labels(model, y) : null;
    const results = await x.session.roles.call({
      name: 'evaluate',
      in: [x, y, ...(labels ? [labels] : [])].map((tensor) => tensor.number),
      args: { model: model.number, loss, batchSize },
    });
    return this.#metrics(x.session, results, x.shape[0], y);
  }

  /** Outputs for shared rows, as a tensor that nobody has seen; `reveal` opens it to the asker. */
  predict(x: SecureTensor, { batchSize = 128 } = {}): SecureTensor {
    checkFit({ batchSize }, x, null, this.config);
    const model = this.#deploy(x.session, 0);
    const plans = planModel(this.config);
    const shape = [x.shape[0], ...plans[plans.length - 1].outputShape];
    return x.session.make({ name: 'predict', in: [x.number], args: { model: model.number, batchSize } }, shape);
  }

  /** Opens the trained weights to the owner: for each layer its kernel, row-major, then its bias. */
  async weights({ revealTo = 'owner' }: { revealTo?: 'owner' } = {}): Promise<Float32Array[]> {
    if (revealTo !== 'owner') throw new RangeError("weights: can be revealed to 'owner' only");
    if (!this.#deployed) throw new TypeError('weights: the model has not been trained yet');
    const { session, number } = this.#deployed;
    const results = await session.roles.call({ name: 'weights', args: { model: number } });
    const { ring, fractionBits } = session.settings;
    const shares = session.parties.map((party) => results.get(party) as Uint8Array[]);
    const specs = planModel(this.config).filter((plan) => plan.weights.length > 0);
    return specs.flatMap(({ weights }, l) => {
      const joined = joinShares(
        ring,
        shares.map((parts) => parts[l]),
      );
      const numbers = Float32Array.from(decodeWords(joined, fractionBits));
      let at = 0;
      return weights.map(({ shape }) => numbers.slice(at, (at += sizeOf(shape))));
    });
  }

  /** Frees the model at the roles. */
  dispose(): void {
    if (!this.#deployed) return;
    const { session, number } = this.#deployed;
    this.#deployed = null;
    if (!session.roles.ended) session.roles.send({ name: 'disposeModel', args: { model: number } });
  }

  #needCompiled(operation: string) {
    if (!this.#compiled) throw new TypeError(`${operation}: compile the model first`);
    return this.#compiled;
  }

  #deploy(session: Session, seed: number): Deployed {
    if (this.#deployed) {
      if (this.#deployed.session !== session) throw new TypeError('the model belongs to another session');
      return this.#deployed;
    }
    const weights = this.#initial ?? initialWeights(this.config, seed);
    const number = session.roles.number();
    session.roles.send({ name: 'createModel', out: number, args: { config: this.config, weights } });
    this.#deployed = { session, number, labels: new WeakMap() };
    return this.#deployed;
  }

  #labels({ session, labels }: Deployed, y: SecureTensor): SecureTensor {
    const known = labels.get(y);
    if (known && !known.disposed) return known;
    const made = session.make({ name: 'integerLabels', in: [y.number] }, y.shape);
    labels.set(y, made);
    return made;
  }

  #metrics(
    session: Session,
    results: ReadonlyMap<string, unknown>,
    rows: number,
    y: SecureTensor,
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
    const loss = join((sum) => sum.loss, sums[0].lossFraction) / y.size;
    if (!sums[0].hits) return { loss };
    return { loss, accuracy: join((sum) => sum.hits, 0) / rows };
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
