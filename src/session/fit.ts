/** The epochs of a training, one after the other, and what is made of what they reveal. */
import type { LayerPlan } from '../model/plan.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import type { DeployedModel, SumsOfRoles } from './deployed.js';
import { metricsOf } from './epoch-log.js';
import { type Compiled, evaluationBatch, type FitPlan, progressOf } from './fit-options.js';
import type { EpochLog, History } from './history.js';
import { settingsOf } from './step-settings.js';

/** The label of the owner's decision to end a training early. */
const STOP = 'fit: stop';

/** Epochs that are asked for at once where nobody looks at one before the next. */
const AHEAD = 8;

/** Milliseconds since 1970, to fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** Whether somebody wants to see each epoch when it ends. */
const watched = ({ mayStop, callbacks, checkpoint }: FitPlan): boolean =>
  mayStop ||
  checkpoint !== null ||
  Boolean(callbacks.onEpochBegin || callbacks.onEpochEnd || callbacks.onProgress);

/** When the last role here was done, in milliseconds since 1970. */
const endOf = (results: SumsOfRoles): number => Math.max(...[...results.values()].map(({ ended }) => ended));

/** What an epoch and its validation came to. */
interface Epoch {
  readonly trained: SumsOfRoles;
  readonly validated: SumsOfRoles | null;
}

/** Asks the roles for an epoch, and for its validation. */
async function askFor(
  model: DeployedModel,
  [x, y]: readonly [SecureTensor, SecureTensor],
  plan: FitPlan,
  compiled: Compiled,
  epoch: number,
): Promise<Epoch> {
  const { validation, callbacks, sentinel, quiet, sampleWeight } = plan;
  const { measures } = compiled;
  const { loss: _, ...steps } = settingsOf(model, plan, compiled);
  const settings = { ...steps, measures, sentinel, ...(quiet && { quiet }) };
  const thrown: unknown[] = [];
  const results = [model.fitEpoch(x, y, settings, sampleWeight, progressOf(callbacks, epoch, thrown))];
  if (validation) {
    const [inputs, labels] = validation;
    results.push(model.evaluate(inputs, labels, measures, evaluationBatch(inputs), sentinel));
  }
  const [trained, validated = null] = await Promise.all(results);
  if (thrown.length > 0) throw thrown[0];
  return { trained, validated };
}

/** What was revealed of an epoch; null where the owner is not here. */
function logOf(
  model: DeployedModel,
  { trained, validated }: Epoch,
  { validation }: FitPlan,
  measures: Compiled['measures'],
  of: {
    readonly epoch: number;
    readonly began: number;
    readonly y: SecureTensor;
    readonly plans: readonly LayerPlan[];
  },
): EpochLog | null {
  const { epoch, began, y, plans } = of;
  const { settings } = model.session.roles;
  const seen = model.seen(trained);
  if (!seen) return null;
  const where = `fit: epoch ${epoch + 1}`;
  const metrics = metricsOf(settings, seen, { where, y, plans }, measures);
  const seenOfValidation = validated && model.seen(validated);
  const validationMetrics =
    validation &&
    seenOfValidation &&
    metricsOf(
      settings,
      seenOfValidation,
      { where: `${where}, validation`, y: validation[1], plans },
      measures,
    );
  return {
    epoch,
    ...metrics,
    ...(validationMetrics && { valLoss: validationMetrics.loss, valMetrics: validationMetrics.metrics }),
    ...(validationMetrics?.accuracy !== undefined && { valAccuracy: validationMetrics.accuracy }),
    seconds: (endOf(validated ?? trained) - began) / 1000,
  };
}

/** How a training is taken up and kept. */
export interface Keeping {
  /** Epochs that have been made. */
  readonly done: number;
  /** Puts the model where it was after them. */
  restore(): Promise<void>;
  /** Keeps the model after so many epochs. */
  save(epochs: number): Promise<void>;
}

/** Runs a training. @param data inputs and labels */
export async function fit(
  model: DeployedModel,
  data: readonly [SecureTensor, SecureTensor],
  plan: FitPlan,
  compiled: Compiled,
  plans: readonly LayerPlan[],
  keeping: Keeping | null = null,
): Promise<History> {
  const began = now();
  const logs: EpochLog[] = [];
  const { callbacks, epochs, stopping } = plan;
  const first = keeping?.done ?? 0;
  // a tape holds all epochs, and what comes behind them
  const mayBeLeft = plan.mayStop && model.session.roles.taped;
  await callbacks.onTrainBegin?.();
  await keeping?.restore();
  if (mayBeLeft) {
    const { gradientFraction } = settingsOf(model, plan, compiled);
    const [, labels] = data;
    const { validation, sampleWeight } = plan;
    model.prepare(labels, validation?.[1] ?? null, compiled.measures, gradientFraction, sampleWeight);
  }
  // the decision after an epoch is made again where the training is taken up behind it
  const ended = first > 0 && plan.mayStop && first < epochs && (await model.decide(STOP, stopping.stop));
  // where nobody looks at an epoch before the next, the roles are asked for several at once
  let asked: Epoch[] = [];
  let made = first;
  for (let epoch = first; epoch < epochs && !ended; epoch++) {
    await callbacks.onEpochBegin?.(epoch);
    if (asked.length === 0) {
      const count = watched(plan) ? 1 : Math.min(AHEAD, epochs - epoch);
      const several = Array.from({ length: count }, (_, i) => askFor(model, data, plan, compiled, epoch + i));
      asked = await Promise.all(several);
    }
    const [done] = asked.splice(0, 1);
    const log = logOf(model, done, plan, compiled.measures, { epoch, began, y: data[1], plans });
    let stop = false;
    if (log) {
      logs.push(log);
      const verdicts = [await callbacks.onEpochEnd?.(epoch, log), plan.earlyStopping?.(log)];
      stop = verdicts.includes('stop');
    }
    if (stop && !plan.mayStop) {
      throw new TypeError("fit: onEpochEnd says 'stop', but mayStop is false");
    }
    stopping.stop = stop;
    made = epoch + 1;
    if (mayBeLeft) model.settle();
    await keeping?.save(epoch + 1);
    if (plan.mayStop && epoch < epochs - 1 && (await model.decide(STOP, stop))) break;
  }
  if (mayBeLeft) {
    const settings = { ...settingsOf(model, plan, compiled), epoch: model.epochs };
    if (made < epochs) model.skip(settings, epochs - made, data[0].shape[0]);
    model.renew();
  }
  const history = { epochs: logs, before: first, made, seconds: (now() - began) / 1000 };
  await callbacks.onTrainEnd?.(history);
  return history;
}
