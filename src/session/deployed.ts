/** A model at the roles of one session, and what it is asked there. */
import type { ModelPlan } from '../model/plan.js';
import { ofClasses, type Score } from '../model/scores.js';
import { losses } from '../nn/loss.js';
import { weightFraction } from '../nn/scales.js';
import type { EpochSettings as StepSettings } from '../nn/step-plan.js';
import type { Measures } from '../nn/train.js';
import { numbersOf } from '../role/clear-words.js';
import type { FitEpochArgs, Payloads, SumsResult } from '../role/command.js';
import type { Progress } from '../role/context.js';
import type { Results } from '../role/roles.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import type { TensorHost } from '../tensor/tensor-handle.js';
import type { Training } from './checkpoint-training.js';
import { type InitialWeights, joinedWeights } from './initial-weights.js';
import { LabelScales } from './label-scales.js';

/** Every role's result of an epoch or an evaluation. */
export type SumsOfRoles = Results<'fitEpoch' | 'evaluate'>;

/** What an epoch of training is asked for with, beside the model. */
export type EpochSettings = Omit<FitEpochArgs, 'model' | 'epoch'>;

export class DeployedModel {
  readonly #number: number;
  readonly #labels = new LabelScales();
  /** Epochs asked for so far, over all trainings. */
  #epochs = 0;
  /** All trainings so far, the last of which may be under way. */
  readonly trainings: Training[] = [];

  /**
   * Makes the model at the roles.
   */
  constructor(
    readonly session: TensorHost,
    readonly plan: ModelPlan,
    { owner, arrays }: InitialWeights,
  ) {
    const { roles } = session;
    const { config, parameters: size } = plan;
    if (owner !== null && size > 0) {
      const weights = roles.number();
      const payloads = arrays ? { [owner]: joinedWeights(arrays) } : {};
      roles.send({ name: 'share', out: weights, args: { owner, shape: [size] } }, payloads);
      this.#number = roles.number();
      roles.send({ name: 'createSharedModel', in: [weights], out: this.#number, args: { config } });
      roles.send({ name: 'dispose', in: [weights] });
    } else {
      this.#number = roles.number();
      const args = { config, weights: owner === null ? (arrays ?? []) : [] };
      roles.send({ name: 'createModel', out: this.#number, args });
    }
  }

  /** What the owner was shown of a result; null where it is not here. */
  seen(results: SumsOfRoles): SumsResult['sums'] {
    return results.get(this.session.roles.settings.owner)?.sums ?? null;
  }

  /** Epochs made so far, over all trainings. */
  get epochs(): number {
    return this.#epochs;
  }

  /**
   * In sessions with a tape: makes all that an epoch would make of the labels first, so that a training of which no epoch
   * is left has it as the tape does.
   */
  prepare(
    y: SecureTensor,
    validation: SecureTensor | null,
    measures: Measures,
    gradientFraction: number,
    weights: SecureTensor | null,
  ): void {
    this.#labelsOf(y, measures, gradientFraction);
    if (weights) this.#weightsOf(weights);
    if (validation) this.#labelsOf(validation, measures, null);
  }

  /** @param weights what each row counts for */
  fitEpoch(
    x: SecureTensor,
    y: SecureTensor,
    settings: EpochSettings,
    weights: SecureTensor | null,
    report?: (progress: Progress) => void,
  ): Promise<SumsOfRoles> {
    const data = this.#inputs(x, y, settings.measures, settings.gradientFraction);
    const inputs = weights ? [...data, this.#weightsOf(weights).number] : data;
    const weighted = weights && { weighted: true };
    const args = { model: this.#number, epoch: this.#epochs++, ...settings, ...weighted };
    return this.session.roles.call({ name: 'fitEpoch', in: inputs, args }, {}, report);
  }

  evaluate(
    x: SecureTensor,
    y: SecureTensor,
    measures: Measures,
    batchSize: number,
    sentinel: boolean,
    scores: readonly Score[] = [],
  ): Promise<SumsOfRoles> {
    const inputs = this.#inputs(x, y, measures, null, scores);
    const args = { model: this.#number, measures, scores, batchSize, sentinel };
    return this.session.roles.call({ name: 'evaluate', in: inputs, args });
  }

  /** @param outputShape of a row */
  predict(x: SecureTensor, outputShape: readonly number[], batchSize: number): SecureTensor {
    const { roles } = this.session;
    const out = roles.number();
    roles.send({ name: 'predict', in: [x.number], out, args: { model: this.#number, batchSize } });
    return new SecureTensor(this.session, out, [x.shape[0], ...outputShape]);
  }

  /** The trained numbers, one array after the other, in the order of the roles' parameters; null where `to` is not here. */
  async weights(total: number, to: string, label: string): Promise<Float64Array | null> {
    const { roles } = this.session;
    const { ring } = roles.settings;
    const args = { model: this.#number, label, to, total };
    const results = await roles.call({ name: 'weights', args });
    const seen = results.get(to)?.map((clear) => numbersOf(ring, clear));
    if (!seen) return null;
    const numbers = new Float64Array(total);
    seen.reduce((at, part) => {
      numbers.set(part, at);
      return at + part.length;
    }, 0);
    return numbers;
  }

  /** The owner's decision, as all roles hear it. @param say the decision; read where the owner is here */
  async decide(label: string, say: boolean): Promise<boolean> {
    const { roles } = this.session;
    const { owner } = roles.settings;
    const payloads = roles.isHere(owner) ? { [owner]: say } : {};
    const [heard] = (await roles.call({ name: 'decide', args: { label } }, payloads)).values();
    return heard === true;
  }

  /** What each party here keeps of the model: with what its optimizer keeps, or its values alone. */
  save(what: 'all' | 'values'): Promise<Results<'saveModel'>> {
    return this.session.roles.call({ name: 'saveModel', args: { model: this.#number, what } });
  }

  /** Waits until every party has written what it was given by a {@link save}. @param ids of it, by party here */
  async confirmSaved(ids: Payloads<'confirmSaved'>): Promise<void> {
    await this.session.roles.call({ name: 'confirmSaved' }, ids);
  }

  /** The values that parties have kept, in place of the model's first ones. */
  async restore(states: Payloads<'restoreModel'>): Promise<void> {
    await this.session.roles.call({ name: 'restoreModel', args: { model: this.#number } }, states);
  }

  /**
   * The model as it was after so many epochs of a training that is to go on.
   * @param settings those of its first epoch
   */
  async resume(
    settings: StepSettings,
    epochs: number,
    rows: number,
    states: Payloads<'resumeModel'>,
  ): Promise<void> {
    this.#epochs += epochs;
    const args = { model: this.#number, settings, epochs, rows };
    await this.session.roles.call({ name: 'resumeModel', args }, states);
  }

  /** In sessions with a tape: leaves the provider no summand of the model. */
  settle(): void {
    this.session.roles.send({ name: 'settleModel', args: { model: this.#number } });
  }

  /** In sessions with a tape: leaves out epochs that were dealt; they count as made. @param settings those of the first of them */
  skip(settings: StepSettings, epochs: number, rows: number): void {
    this.#epochs += epochs;
    this.session.roles.send({ name: 'skipEpochs', args: { model: this.#number, settings, epochs, rows } });
  }

  /** In sessions with a tape: fresh masks, wherever a training has stopped. */
  renew(): void {
    this.session.roles.send({ name: 'renewModel', args: { model: this.#number } });
  }

  dispose(): void {
    this.#labels.dispose();
    const { roles } = this.session;
    if (!roles.ended) roles.send({ name: 'disposeModel', args: { model: this.#number } });
  }

  /** Numbers of x, and what {@link #labelsOf} says. */
  #inputs(
    x: SecureTensor,
    y: SecureTensor,
    measures: Measures,
    gradients: number | null,
    scores: readonly Score[] = [],
  ): readonly number[] {
    return [x, ...this.#labelsOf(y, measures, gradients, scores)].map((tensor) => tensor.number);
  }

  /** What rows count for, in as many bits as fit. */
  #weightsOf(weights: SecureTensor): SecureTensor {
    const { ring, fractionBits } = this.session.roles.settings;
    return this.#labels.of(weights, weightFraction(ring, fractionBits));
  }

  /**
   * The labels, those that gradients want and, where metrics or scores want them, those at scale 0.
   * @param gradients fraction bits of gradients; null where there are none
   */
  #labelsOf(
    y: SecureTensor,
    { metrics, loss }: Measures,
    gradients: number | null,
    scores: readonly Score[] = [],
  ): SecureTensor[] {
    const targets = gradients !== null && losses[loss].roundedLabels ? this.#labels.of(y, gradients) : y;
    const counted = metrics.length > 0 || scores.some(({ name }) => ofClasses(name));
    return [y, targets, ...(counted ? [this.#labels.of(y, 0)] : [])];
  }
}
