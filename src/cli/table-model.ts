/**
 * A table's trained model in a folder: model.safetensors, as `model.save` writes it, and beside it table.json, which says what
 * the columns of a row are and what the outputs mean. In clear, for the model owner. The folder is made as a whole: it is written
 * beside under another name, and renamed.
 */
import { mkdtemp, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { files } from '#host';
import { pathIn } from '../bytes.js';
import type { ColumnStatistics } from '../data/scale.js';
import { inputNames } from '../data/table/apply.js';
import { checkTableShape, type TableShape } from '../data/table/shape.js';
import { JobError, reasonOf } from '../errors.js';
import type { SavedModel } from '../interchange/model-file.js';
import { type LocalTrainingJob, modelOf } from '../jobs/job.js';
import type { RoleResult } from '../jobs/program.js';
import { loadModel, writeModel } from '../session/saved-model.js';
import { sizeOf } from '../shape.js';
import { checkParent, unreadable } from './inputs.js';
import { UsageError } from './usage.js';

const FILE = 'table.json';
const FORMAT = 'table model 1';

/** How the table was read. */
export interface TableForm {
  readonly decimal: '.' | ',';
  /** False where the first line is data. */
  readonly header: boolean;
}

/** Where a trained model comes from. */
export interface TrainedTable {
  readonly job: LocalTrainingJob;
  readonly shape: TableShape;
  readonly result: RoleResult;
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

const statistics = z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number().min(0)) });

const tableFile = z.strictObject({
  beaverdam: z.literal(FORMAT),
  title: z.string(),
  shape: z.unknown(),
  targets: statistics.nullable(),
  form: z.strictObject({ decimal: z.enum(['.', ',']), header: z.boolean() }),
  ignore: z.array(z.string()),
});

/**
 * Looks whether a model can be written there, before anything runs.
 * @param name the command's and the option's
 * @throws UsageError for a file, a folder with something in it, and where there is no folder for it
 */
export async function checkModelFolder(name: string, dir: string): Promise<void> {
  const found = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${name}: ${dir} is ${error.code === 'ENOTDIR' ? 'no folder' : 'not readable'}`);
  });
  if (found.length > 0) throw new UsageError(`${name}: ${dir} is not empty; nothing was written`);
  await checkParent(name, dir);
}

/** @throws JobError where it cannot be written: then nothing is there */
export async function saveTableModel(dir: string, trained: TrainedTable): Promise<void> {
  const { job, shape, result, form, ignore } = trained;
  const { revealed, scaling } = result;
  const { inputs, targets } = scaling;
  if (!revealed || !inputs) throw new TypeError('the model is elsewhere');
  await saveTable(dir, { title: job.title, shape, targets, form, ignore }, (folder) =>
    writeModel(folder, modelOf(job), revealed.weights, {
      scaling: inputs,
      ...(shape.target?.task === 'classify' &&
        shape.target.classes.length > 1 && { classes: shape.target.classes }),
    }),
  );
}

/**
 * Writes a model's folder as a whole.
 * @param write puts model.safetensors into a folder
 * @throws JobError where it cannot be written: then nothing is there
 */
export async function saveTable(
  dir: string,
  {
    title,
    shape,
    targets,
    form,
    ignore,
  }: Pick<TableModel, 'title' | 'targets' | 'form' | 'ignore'> & { shape: TableShape },
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const table: z.infer<typeof tableFile> = {
    beaverdam: FORMAT,
    title,
    shape,
    targets: targets && { mean: [...targets.mean], deviation: [...targets.deviation] },
    form,
    ignore: [...ignore],
  };
  const path = resolve(dir);
  let beside: string | null = null;
  try {
    beside = await mkdtemp(`${path}.`);
    await write(beside);
    await files?.replace(beside, FILE, new TextEncoder().encode(`${JSON.stringify(table, null, 2)}\n`));
    await rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(beside, path);
  } catch (error) {
    if (beside !== null) await rm(beside, { recursive: true, force: true });
    throw new JobError(`cannot write ${dir}: ${reasonOf(error)}`);
  }
}

/** What `model.save` has written. @throws JobError for a folder without one, or with one that is damaged */
export async function readModel(dir: string): Promise<SavedModel> {
  try {
    return await loadModel(dir);
  } catch (error) {
    const reading = unreadable((error as Error).cause);
    const message = reasonOf(error)
      .replace(/^loadModel: /, '')
      .replace(': readSafetensors: ', ': ');
    throw new JobError(
      reading === null ? message : `cannot read ${pathIn(dir, 'model.safetensors')}: ${reading}`,
    );
  }
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
  try {
    return tableModel(jsonOf(text), saved);
  } catch (error) {
    throw new JobError(`${path}: ${error instanceof z.ZodError ? firstOf(error) : reasonOf(error)}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('is no JSON, or cut short');
  }
}

/** The first of what is wrong, with its place. */
const firstOf = ({ issues: [{ path, message }] }: z.ZodError): string =>
  path.length > 0 ? `${path.join('.')}: ${message}` : message;

function tableModel(value: unknown, saved: SavedModel): TableModel {
  const { title, shape, targets, form, ignore } = tableFile.parse(value);
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
