/** A training job: whose rows, which network, how long. Plain data, so that every way to run it reads the same. */
import type { Dataset } from '../data/dataset.js';
import type { Task } from '../data/table/table.js';
import type { LossName } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import type { ScoreName } from '../model/scores.js';
import { initialWeights } from '../model/weights.js';
import type { EarlyStopping } from '../session/early-stopping.js';
import type { SessionOptions } from '../session/options.js';
import type { Layer } from '../session/sequential.js';
import type { ClassWeights } from './class-weights.js';

/** The rows that one role owns, in clear. They leave it as shares and, when they are scaled, as sums. */
export interface OwnedRows {
  /** Name of a party, or of a client of the session. */
  readonly owner: string;
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The rows of a role that runs in another process: how many, which is public. */
export interface RowsElsewhere {
  readonly owner: string;
  readonly rows: { readonly train: number; readonly test: number };
  /** Where columns are divided: how many of the model's inputs it has, and how many columns of labels. */
  readonly width?: Width;
}

/** What an owner of columns brings of each row. */
export interface Width {
  readonly inputs: number;
  /** 0 where the labels are another's. */
  readonly labels: number;
}

/** What an owner brings of each row. */
export const widthOf = (part: OwnedRows | RowsElsewhere): Width =>
  isOwned(part)
    ? { inputs: part.train.features, labels: part.train.classes }
    : (part.width ?? { inputs: 0, labels: 0 });

/** True where the rows themselves are in this process. */
export const isOwned = (part: OwnedRows | RowsElsewhere): part is OwnedRows => 'train' in part;

/** The layers of a network with the loss and the optimizer that suit it. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  /** Factor of the layers' usual initial kernels. Default 1. */
  readonly initialScale?: number;
}

/** A training: its network, its settings, and the rows of each owner. */
export interface TrainingJob extends Network {
  /** What is trained, for people. */
  readonly title: string;
  /** What a row is called: 'rows', 'images'. */
  readonly unit: string;
  /** One entry an owner of rows; the training set is their rows one after the other. */
  readonly parts: readonly (OwnedRows | RowsElsewhere)[];
  /** The compute parties. Default: the owners of rows. Owners that are no party are clients, as `session.clients` names them. */
  readonly parties?: readonly string[];
  /**
   * What of the data lies with whom; left out: rows. Where it is columns, each party has its own columns of all rows, in one order, and
   * one of them the labels: the `y` of the others is empty, and their `classes` 0. Of those elsewhere `width` says it.
   */
  readonly divided?: 'rows' | 'columns';
  /**
   * What is learned; left out: classes. Targets that are numbers are brought to mean 0 and deviation 1 by joint statistics, and
   * told in their own units.
   */
  readonly task?: Task;
  /** True to bring every column to mean 0 and deviation 1 by joint statistics (see jointStatistics). */
  readonly standardise: boolean;
  /**
   * Inputs, from 0, of which a cell may be missing, NaN: it has the mean over all owners' training rows, which columns are scaled by. Needs
   * `standardise`. Default none.
   */
  readonly missing?: readonly number[];
  /** Those of `missing` in which it has the median in place of the mean: such columns are scaled about their median. Default none. */
  readonly medians?: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * Ends the training when the test rows' loss, or what it names, gets better no more: see `fit`. All roles learn how many epochs were
   * made. Default: it goes on to its end.
   */
  readonly earlyStopping?: EarlyStopping;
  /**
   * What the rows of each class count for in training, public numbers from 0 to 60 in the order of the classes, in ring 32 rounded to
   * 64ths; or `'balanced'`: rows / (classes · rows of the class), at most 60, counted over the training rows of all owners. The
   * parties, and the clients that bring rows, learn these counts. No role learns which row counts for what. Losses are reported without
   * weights. Default: all alike.
   */
  readonly classWeights?: ClassWeights;
  /** Public seed of the initial weights and of the order of rows. */
  readonly seed: number;
  /** The name under which the trained model stays as shares at the parties, see `model.keep`; left out: nowhere. */
  readonly saveAs?: string;
  /** What is measured of the test rows after the training and opened to the owner alone, see `evaluate`; default nothing more. */
  readonly metrics?: readonly ScoreName[];
  /** What inputs and outputs are called, classes or targets; left out: as the rows say that are in this process. */
  readonly names?: NonNullable<Dataset['names']>;
  /**
   * True where nothing is revealed: the model stays at the parties under its name, for a later job that opens it. Test rows are not
   * brought. Default false.
   */
  readonly quiet?: boolean;
  /** Options of the session but for its parties; a ring of its own where rows are elsewhere. */
  readonly session: Omit<SessionOptions, 'parties'>;
}

/** A job whose rows are all in this process. */
export interface LocalTrainingJob extends TrainingJob {
  readonly parts: readonly OwnedRows[];
}

/** The compute parties of a job. */
export const partiesOf = ({ parties, parts }: Pick<TrainingJob, 'parties' | 'parts'>): readonly string[] =>
  parties ?? parts.map(({ owner }) => owner);

/** A network's model, checked. */
export function modelOf({ layers }: Pick<Network, 'layers'>): ModelPlan {
  const inputShape = layers[0]?.inputShape;
  if (!inputShape) throw new TypeError('job: the first layer needs an inputShape');
  return planModel({ layers: [...layers], inputShape });
}

/** The public initial weights that a job's trainings start from, on shares and in clear. */
export function startingWeights(job: TrainingJob, model: ModelPlan): Float32Array[] {
  const { initialScale = 1 } = job;
  const specs = model.weights;
  const arrays = initialWeights(model, job.seed);
  for (const [i, array] of arrays.entries()) {
    if (specs[i].name !== 'kernel' || initialScale === 1) continue;
    for (let j = 0; j < array.length; j++) array[j] *= initialScale;
  }
  return arrays;
}

/** The shapes that a row goes through: '13-16-3'. */
export function describeLayers(network: Pick<Network, 'layers'>): string {
  const { inputShape, layers } = modelOf(network);
  return [inputShape, ...layers.map((layer) => layer.outputShape)].map((shape) => shape.join('×')).join('-');
}

/** How many rows an owner has. */
export const rowsOf = (part: OwnedRows | RowsElsewhere, which: 'train' | 'test'): number =>
  isOwned(part) ? part[which].rows : part.rows[which];

/** How many rows there are. */
export const totalRows = (
  { parts, divided }: Pick<TrainingJob, 'parts' | 'divided'>,
  which: 'train' | 'test',
): number =>
  divided === 'columns' ? rowsOf(parts[0], which) : parts.reduce((sum, part) => sum + rowsOf(part, which), 0);

/** The part that has the labels: of columns that are divided the one, else the first. */
export const labelledPart = <T extends OwnedRows | RowsElsewhere>(parts: readonly T[]): T =>
  parts.find((part) => widthOf(part).labels > 0) ?? parts[0];

/** What a job's inputs and outputs are called, as far as it is known here. */
export function namesOfJob({
  names,
  parts,
}: Pick<TrainingJob, 'names' | 'parts'>): NonNullable<Dataset['names']> {
  const owned = parts.filter(isOwned);
  return names ?? (owned.length > 0 ? (labelledPart(owned).train.names ?? {}) : {});
}

/**
 * The parts of a job whose rows are all in this process.
 * @throws TypeError where an owner's are elsewhere
 */
export function ownedParts(name: string, { parts }: TrainingJob): readonly OwnedRows[] {
  return parts.map((part) => {
    if (isOwned(part)) return part;
    throw new TypeError(`${name}: the rows of ${part.owner} are elsewhere`);
  });
}
