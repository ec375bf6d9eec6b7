/** A job on a table of one's own: read, split, divided among owners, with a network and rates that suit tables. */
import type { RingBits } from '../../bindings/ring.js';
import { inputNames, medianInputs, missingInputs } from '../data/table/apply.js';
import type { ReadTableOptions } from '../data/table/options.js';
import { type TableShape, tableShape, targetNames } from '../data/table/shape.js';
import type { TableSource } from '../data/table/source.js';
import type { Table, Task } from '../data/table/table.js';
import type { Activation } from '../model/activation.js';
import { adam, dense, momentum, sgd } from '../model/describe.js';
import { type LossName, lossNames } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { checkText } from '../options.js';
import type { Layer } from '../session/sequential.js';
import { checkJobOptions } from './check.js';
import { type LocalTrainingJob, modelOf } from './job.js';
import type { OwnerTables } from './owner-folder.js';
import { type OwnerFile, readOwned } from './table-owners.js';

/** The optimizers that a table's job can be asked for by name. */
export const tableOptimizers = ['sgd', 'momentum', 'adam'] as const;
/** The name of an optimizer for a table. */
export type TableOptimizer = (typeof tableOptimizers)[number];

type Reading = Omit<ReadTableOptions, 'target' | 'shape'>;

/** What `tableJob` takes. */
export interface TableJobOptions extends Reading {
  /** The column that is to be learned, or several columns of numbers. */
  target: string | readonly string[];
  /** Who has the rows: names, which get them in turn, or names with their parts of the rows. Default alice and bob. */
  owners?: readonly string[] | Readonly<Record<string, number>>;
  /**
   * Who has which columns, in place of rows: each its own of all rows, `{ alice: ['age'], bob: ['pressure'] }`. Targets that nobody names
   * are the first's. The ring is 64 then unless it is asked for, since nobody has whole rows for a dry run.
   */
  columns?: Readonly<Record<string, readonly string[]>>;
  /** Part of the rows that is for tests. Default 0.2. */
  test?: number;
  /** Widths of the hidden layers. Default 16. */
  hidden?: readonly number[];
  /** Of the hidden layers. Default relu. */
  activation?: Activation;
  /** Default softmaxCrossEntropy for classes, meanSquaredError for numbers, which take no other. */
  loss?: LossName;
  /** Default momentum. */
  optimizer?: TableOptimizer;
  /** Default: one that suits task and optimizer. */
  learningRate?: number;
  epochs?: number;
  batchSize?: number;
  /** Default `'auto'`: what a dry run on the first owner's rows finds to hold the training; 64 for adam. */
  ring?: RingBits | 'auto';
  /** Public seed of the split, the initial weights and the order of rows. */
  seed?: number;
}

export const tableDefaults = {
  owners: ['alice', 'bob'],
  test: 0.2,
  hidden: [16],
  activation: 'relu',
  optimizer: 'momentum',
  epochs: 20,
  batchSize: 16,
  ring: 'auto',
  seed: 0,
} as const satisfies Partial<TableJobOptions>;

/** Rates that train the tables of the tests as float does; over the batch of 16 their steps are powers of two. */
const RATES: Readonly<Record<Task, Readonly<Record<TableOptimizer, number>>>> = {
  classify: { sgd: 0.125, momentum: 0.015625, adam: 0.0078125 },
  regress: { sgd: 0.0625, momentum: 0.0078125, adam: 0.0078125 },
};

const READING = [
  'name',
  'task',
  'ignore',
  'key',
  'kinds',
  'missing',
  'maxCategories',
  'delimiter',
  'decimal',
  'header',
  'encoding',
] as const satisfies readonly (keyof Reading)[];

/**
 * Reads a table and makes a training job of it: a multilayer perceptron on columns that are scaled by joint statistics, tested
 * on rows that a public seed chooses, of classes the same part each. Targets that are numbers are scaled alike; what is told of
 * them is in their own units. With `missing: 'mean'` a missing cell has the joint mean too: the shape says `'mean'` of its column, and
 * `filledShape` puts in the number once a result's `scaling` has it. `missing: 'median'` of a table that lies in one place
 * is another thing: the median of the training rows in clear, before they are divided. Of a file an owner it is the joint median, found on
 * shares (see jointStatistics), and such columns are scaled about it.
 *
 *     await tableJob([{ owner: 'north', file: 'north.csv' }, { owner: 'south', file: 'south.csv' }], { target: 'outcome' });
 *
 * @param source a table that is divided among owners; or a file an owner, with the same columns in any order, which are read as one: a column
 *   has one kind, and its categories are those of all files, as classes are. Each owner's rows are split for tests by themselves
 * @returns the job, and the shape of its training rows, by which later rows are read
 * @throws as readTable; TypeError or RangeError for other options, and where rows are too few for the owners
 */
export async function tableJob(
  source: TableSource | readonly OwnerFile[],
  options: TableJobOptions,
): Promise<{ job: LocalTrainingJob; shape: TableShape }> {
  const { job, shape } = await divideTable(source, options);
  return { job, shape };
}

/** A table's job. */
export interface DividedTable {
  readonly job: LocalTrainingJob;
  readonly shape: TableShape;
  /** Each owner's rows as they were read. */
  readonly tables: Readonly<Record<string, OwnerTables>>;
}

/** The same as {@link tableJob}, with owners' rows as they were read too. */
export async function divideTable(
  source: TableSource | readonly OwnerFile[],
  options: TableJobOptions,
): Promise<DividedTable> {
  const more = ['target', 'columns', 'loss', 'learningRate', ...READING];
  const checked = checkJobOptions('tableJob', { ...tableDefaults }, options, more);
  const { owners, test, hidden, activation, optimizer, ring, loss, learningRate, ...rest } = checked;
  const { epochs, batchSize, seed, ...reading } = rest;
  checkText('tableJob: optimizer', optimizer);
  if (!tableOptimizers.includes(optimizer)) {
    throw new RangeError(`tableJob: optimizer must be one of ${tableOptimizers.join(', ')}`);
  }
  if (optimizer === 'adam' && ring === 32) {
    throw new RangeError('tableJob: optimizer adam takes ring 64, or auto, for its second moments');
  }
  if (loss !== undefined && !lossNames.includes(loss)) {
    throw new RangeError(`tableJob: loss must be one of ${lossNames.join(', ')}`);
  }
  if (options.columns !== undefined && options.owners !== undefined) {
    throw new RangeError('tableJob: columns and owners: either columns are divided or rows');
  }
  if (options.target === undefined) throw new TypeError('tableJob: target is needed, the column to learn');
  if (Array.isArray(source)) {
    const said = (['owners', 'columns', 'key'] as const).find((option) => options[option] !== undefined);
    if (said) throw new RangeError(`tableJob: ${said}: each owner has rows of its own, in a file`);
  }
  const { columns, ...form } = reading;
  const owned = await readOwned(source, form, { owners, columns });
  const { table } = owned;
  const task = table.task as Task;
  checkClasses(table);
  if (task === 'regress' && loss !== undefined && loss !== 'meanSquaredError') {
    throw new RangeError('tableJob: loss must be meanSquaredError where the target is a number');
  }
  const { train, tables, sets } = owned.split({ test, seed, stratify: task === 'classify' });
  const shape = tableShape(train, {
    unknown: 'zeros',
    mean: 'joint',
    median: Array.isArray(source) ? 'joint' : 'own',
  });
  const [missing, medians] = [missingInputs(shape), medianInputs(shape)];
  const { target } = shape;
  const units = target?.task === 'classify' ? target.classes.length : targetNames(shape).length;
  const chosen = loss ?? (task === 'classify' ? 'softmaxCrossEntropy' : 'meanSquaredError');
  const job: LocalTrainingJob = {
    title: `${table.name}: ${table.targets.map(({ name }) => name).join(', ')}`,
    unit: 'rows',
    parts: Object.entries(sets(shape)).map(([owner, own]) => ({ owner, ...own })),
    standardise: true,
    ...(missing.length > 0 && { missing }),
    ...(medians.length > 0 && { medians }),
    layers: layersOf(inputNames(shape).length, hidden, activation, units, chosen),
    loss: chosen,
    optimizer: optimizerOf(optimizer, learningRate ?? RATES[task][optimizer]),
    epochs,
    batchSize,
    seed,
    session: { ring: ring === 'auto' && (optimizer === 'adam' || columns) ? 64 : ring },
    ...(columns && { divided: 'columns' }),
    ...(task === 'regress' && { task }),
  };
  modelOf(job); // refuses layers that cannot be meant
  return { job, shape, tables };
}

/** @throws RangeError where there is nothing to tell apart */
function checkClasses({ name, targets: [target] }: Table): void {
  if (target.kind !== 'category' || target.texts.length > 1) return;
  throw new RangeError(`${name}: the target "${target.name}" has a single class`);
}

const layersOf = (
  features: number,
  hidden: readonly number[],
  activation: Activation,
  units: number,
  loss: LossName,
): Layer[] =>
  [...hidden, units].map((width, l) =>
    dense({
      units: width,
      activation: l < hidden.length ? activation : loss === 'softmaxCrossEntropy' ? 'softmax' : 'linear',
      ...(l === 0 && { inputShape: [features] }),
    }),
  );

const optimizerOf = (name: TableOptimizer, learningRate: number): OptimizerConfig =>
  ({ sgd, momentum, adam })[name]({ learningRate });
