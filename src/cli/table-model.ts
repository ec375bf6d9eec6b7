/**
 * A table's trained model in a folder: beside model.safetensors lies table.json, which says what the columns of a row are and what
 * the outputs mean.
 */
import { readdir, readFile } from 'node:fs/promises';
import { pathIn } from '../bytes.js';
import type { ColumnStatistics } from '../data/scale.js';
import { filledShape, inputNames } from '../data/table/apply.js';
import { checkTableShape, type TableShape } from '../data/table/shape.js';
import { JobError, reasonOf } from '../errors.js';
import type { SavedModel } from '../interchange/model-file.js';
import { modelOf } from '../jobs/job.js';
import { sizeOf } from '../shape.js';
import { type ClearModel, clearOf, jsonOf, readModel, saveModel, type TrainedModel } from './model-folder.js';
import type { TableFile } from './model-schemas.js';

const FILE = 'table.json';

/** How the table was read. */
export interface TableForm {
  readonly decimal: '.' | ',';
  /** False where the first line is data. */
  readonly header: boolean;
}

/** Where a trained model comes from. */
export interface TrainedTable extends TrainedModel {
  readonly shape: TableShape;
  readonly form: TableForm;
  /** Columns that were left out. */
  readonly ignore: readonly string[];
}

/** A model with what it needs to be asked about a table's rows. */
export interface TableModel extends SavedModel {
  readonly title: string;
  readonly shape: TableShape & { readonly target: NonNullable<TableShape['target']> };
  readonly scaling: ColumnStatistics;
  /** What targets that are numbers were scaled by; null for classes. */
  readonly targets: ColumnStatistics | null;
  readonly form: TableForm;
  readonly ignore: readonly string[];
}

/** @throws JobError where it cannot be written: then nothing is there */
export async function saveTableModel(dir: string, trained: TrainedTable): Promise<void> {
  const { shape, result, form, ignore } = trained;
  const { inputs, targets } = result.scaling;
  if (!inputs) throw new TypeError('the model is elsewhere');
  await saveTable(dir, clearOf(trained), { shape, inputs, targets, form, ignore });
}

/** What a table's model is to be asked by. */
export interface TableMeaning extends Pick<TrainedTable, 'shape' | 'form' | 'ignore'> {
  /** What its inputs were scaled by. */
  readonly inputs: ColumnStatistics;
  /** What targets that are numbers were scaled by; null for classes. */
  readonly targets: ColumnStatistics | null;
}

/** @throws JobError where it cannot be written: then nothing is there */
export async function saveTable(
  dir: string,
  model: ClearModel,
  { shape, inputs, targets, form, ignore }: TableMeaning,
): Promise<void> {
  const table: TableFile = {
    beaverdam: 'table model 1',
    title: model.title,
    shape: filledShape(shape, inputs.mean),
    targets: targets && { mean: [...targets.mean], deviation: [...targets.deviation] },
    form,
    ignore: [...ignore],
  };
  const { target } = shape;
  const classes = target?.task === 'classify' && target.classes.length > 1 ? target.classes : null;
  await saveModel(dir, model, { scaling: inputs, ...(classes && { classes }) }, FILE, table);
}

/** The same from the command line, with a line for people. */
export async function keepTable(dir: string, trained: TrainedTable, json: boolean): Promise<void> {
  await saveTableModel(dir, trained);
  if (!json) process.stdout.write(`\n  model in ${dir}, in clear: for beaverdam predict\n`);
}

/** @throws JobError for a folder without one, or with one that is damaged */
export async function loadTableModel(dir: string): Promise<TableModel> {
  const path = pathIn(dir, FILE);
  const text = await readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    const there = await readdir(dir).catch(() => null);
    if (there === null) throw new JobError(`${dir} is no folder with a model`);
    if (error.code !== 'ENOENT') throw new JobError(`cannot read ${path}: ${reasonOf(error)}`);
    const what = there.includes('model.safetensors')
      ? 'a model without the columns of its table'
      : 'no model';
    throw new JobError(`${dir} holds ${what} (beaverdam train FILE --save makes one)`);
  });
  const saved = await readModel(dir);
  const { problemOf, tableFile } = await import('./model-schemas.js');
  try {
    return tableModel(tableFile.parse(jsonOf(text)), saved);
  } catch (error) {
    throw new JobError(`${path}: ${problemOf(error) ?? reasonOf(error)}`);
  }
}

function tableModel(file: TableFile, saved: SavedModel): TableModel {
  const { title, shape, targets, form, ignore } = file;
  checkTableShape('shape', shape);
  const { target } = shape;
  if (target === null) throw new RangeError('shape: has no target');
  const [first] = saved.layers;
  const plan = modelOf({ layers: saved.layers });
  const names = inputNames(shape);
  if (sizeOf(first.inputShape ?? []) !== names.length) {
    throw new RangeError(`shape: has ${names.length} inputs, and the model ${first.inputShape}`);
  }
  const outputs = target.task === 'classify' ? target.classes.length : target.names.length;
  if (plan.units !== outputs) {
    throw new RangeError(`shape: has ${outputs} outputs, and the model ${plan.units}`);
  }
  if (saved.scaling === null) throw new RangeError("the model has no scaling of its rows' columns");
  const scaled = target.task === 'regress' ? outputs : 0;
  if ((targets?.mean.length ?? 0) !== scaled || (targets?.deviation.length ?? 0) !== scaled) {
    throw new RangeError(
      scaled === 0 ? 'targets: classes are not scaled' : `targets: expected ${scaled} means and deviations`,
    );
  }
  return {
    ...saved,
    title,
    shape: { ...shape, target },
    scaling: saved.scaling,
    targets: targets && {
      mean: Float64Array.from(targets.mean),
      deviation: Float64Array.from(targets.deviation),
    },
    form,
    ignore,
  };
}
