/** Options of all commands that make a network for a table of one's own, and the job that they say. */
import { MISSING_RULES, TASKS } from '../data/table/options.js';
import type { TableShape } from '../data/table/shape.js';
import { type LocalTrainingJob, totalRows } from '../jobs/job.js';
import { type DividedTable, divideTable, tableDefaults, tableOptimizers } from '../jobs/table.js';
import type { OwnerFile } from '../jobs/table-owners.js';
import type { Activation } from '../model/activation.js';
import { lossNames } from '../model/losses.js';
import { LEAST_ROWS } from '../session/options.js';
import { checkReadable, meant } from './inputs.js';
import {
  choice,
  flag,
  integer,
  integers,
  needed,
  type Option,
  positive,
  text,
  type Values,
} from './options.js';
import { UsageError } from './usage.js';

const ACTIVATIONS = ['relu', 'sigmoid', 'tanh', 'linear'] as const satisfies readonly Activation[];

/** One of a few words, or what is found without it. */
export const found = <T extends string>(
  describe: string,
  values: readonly T[],
  shown: string,
): Option<T | undefined> => ({
  ...choice<T>(describe, values[0], values),
  fallback: undefined,
  shown,
});

/** A number between 0 and 1. */
const part = (describe: string, fallback: number): Option<number> => {
  const option = positive(describe, fallback);
  return {
    ...option,
    read(value) {
      const number = option.read(value);
      if (number < 1) return number;
      throw new UsageError('expected a number between 0 and 1');
    },
  };
};

/** 'alice:bob', or with parts of the rows 'alice=0.7:bob=0.3'. */
const owners: Option<readonly string[] | Readonly<Record<string, number>> | undefined> = {
  placeholder: 'NAME:NAME…',
  describe: 'owners of the rows, in turn; or with their parts, alice=0.7:bob=0.3',
  fallback: undefined,
  shown: tableDefaults.owners.join(':'),
  read(value) {
    const entries = value.split(':').map((entry) => entry.split('='));
    const names = entries.map(([name]) => name);
    const named = entries.length > 1 && names.every((name) => /^[\w-]+$/.test(name));
    if (named && new Set(names).size === names.length) {
      if (entries.every((entry) => entry.length === 1)) return names;
      const parts = entries.map(([name, number]) => [name, Number(number)] as const);
      const sum = parts.reduce((total, [, number]) => total + number, 0);
      if (Math.abs(sum - 1) < 1e-9 && parts.every(([, number]) => number > 0))
        return Object.fromEntries(parts);
    }
    throw new UsageError('expected two names or more with colons between them, or parts that sum to 1');
  },
};

/** 'alice=age,weight:bob=pressure'. */
const columnOwners: Option<Readonly<Record<string, readonly string[]>> | undefined> = {
  placeholder: 'NAME=COLUMN,…:…',
  describe:
    "owners of the columns, in place of rows, alice=a,b:bob=c,d; a target that is not named is the first one's",
  fallback: undefined,
  read(value) {
    const entries = value.split(':').map((entry) => entry.split('='));
    const owners = entries.map(([name]) => name);
    const whole = entries.every(
      (entry) => entry.length === 2 && /^[\w-]+$/.test(entry[0]) && entry[1] !== '',
    );
    if (whole && entries.length > 1 && new Set(owners).size === owners.length) {
      return Object.fromEntries(entries.map(([name, columns]) => [name, list(columns) as string[]]));
    }
    throw new UsageError('expected two names or more with their columns, alice=a,b:bob=c,d');
  },
};

export const names = (describe: string): Option<string | undefined> => text(describe, 'COLUMN,…');
/** Names with commas between them. */
export const list = (value: string | undefined): string[] | undefined =>
  value?.split(',').map((name) => name.trim());

/** How a table is read. */
export const reading = {
  decimal: choice<'.' | ','>('decimal sign', '.', ['.', ',']),
  delimiter: text('character between fields', 'C', 'what the first lines have'),
  encoding: text('of the text, as TextDecoder has it', 'NAME', 'UTF-8, or what its mark says'),
  'no-header': flag('the first line is data; the columns are called 1, 2, 3 …'),
};

/** What a table is, and whose. */
export const tableOptions = {
  target: needed('column to learn; several columns of numbers with commas between them', 'COLUMN'),
  task: found('what the target is', TASKS, 'what it looks like'),
  ignore: names('columns to leave out'),
  categories: names('columns whose cells are names, also where they look like numbers or dates'),
  'max-categories': integer('the most different names in a column', 64, 1),
  missing: choice(
    'where a cell is missing; error: refuse the table; mean: over all owners, on shares; median: of the table in clear, before it is divided, and of a file an owner over all of them, on shares',
    'error',
    MISSING_RULES,
  ),
  ...reading,
  rows: owners,
  columns: columnOwners,
  key: text('column by whose texts rows are known and ordered; it is not learned from', 'COLUMN', 'none'),
  test: part('part of the rows that is for tests', tableDefaults.test),
};

/** How its network is trained, but for what a sweep tries. */
export const networkOptions = {
  activation: choice<(typeof ACTIVATIONS)[number]>(
    'of the hidden layers',
    tableDefaults.activation,
    ACTIVATIONS,
  ),
  loss: found('what is made small', lossNames, 'softmaxCrossEntropy for classes, else meanSquaredError'),
  optimizer: choice<(typeof tableOptimizers)[number]>('how', tableDefaults.optimizer, tableOptimizers),
  epochs: integer('passes over the training rows', tableDefaults.epochs, 1),
  batch: integer('rows a step', tableDefaults.batchSize, 1),
  ring: choice<'auto' | 32 | 64>('bits of a number on shares; auto: what a dry run finds', 'auto', [
    'auto',
    32,
    64,
  ]),
};

/** What a sweep tries several of. */
export const variedOptions = {
  hidden: integers('widths of the hidden dense layers, or none', tableDefaults.hidden),
  rate: positive('learning rate', undefined, 'one that suits task and optimizer'),
  seed: integer('public seed of split, initial weights and order of rows', tableDefaults.seed, 0),
};

/** The values of all of them. */
export type TableValues = Values<typeof tableOptions> &
  Values<typeof networkOptions> &
  Values<typeof variedOptions>;

/** The columns to learn. @throws UsageError without them */
export function targetsOf(name: string, target: string | undefined): string[] {
  const columns = list(target);
  if (columns !== undefined) return columns;
  throw new UsageError(`${name}: --target is needed (see beaverdam ${name} FILE --help)`);
}

/** How a table is read, in the library's words. */
export const formOf = ({
  delimiter,
  encoding,
}: {
  delimiter?: string | undefined;
  encoding?: string | undefined;
}) => ({
  ...(delimiter !== undefined && { delimiter }),
  ...(encoding !== undefined && { encoding }),
});

/**
 * Reads a table and makes its job.
 * @param name the command's
 * @throws UsageError for a file, a table or options that cannot be used
 */
export async function tableOf(
  name: string,
  file: string,
  values: TableValues,
): Promise<{ job: LocalTrainingJob; shape: TableShape }> {
  const { job, shape } = await dividedTable(name, file, values);
  return { job, shape };
}

/** The same, with each owner's rows as they were read. */
export async function dividedTable(name: string, file: string, values: TableValues): Promise<DividedTable> {
  const { target, task, ignore, categories, rows, columns, key, loss, rate, batch, ...others } = values;
  const { 'no-header': noHeader, 'max-categories': maxCategories, delimiter, encoding, ...same } = others;
  const targets = targetsOf(name, target);
  const [ignored, named] = [list(ignore), list(categories)];
  if (rows !== undefined && columns !== undefined) {
    throw new UsageError(`${name}: --rows and --columns: either rows are divided or columns`);
  }
  const files = await ownerFiles(name, file, values);
  const made = await meant(name, file, () =>
    divideTable(files ?? file, {
      ...same,
      ...formOf({ delimiter, encoding }),
      header: !noHeader,
      maxCategories,
      target: targets.length === 1 ? targets[0] : targets,
      batchSize: batch,
      ...(task !== undefined && { task }),
      ...(rows !== undefined && { owners: rows }),
      ...(columns !== undefined && { columns }),
      ...(key !== undefined && { key }),
      ...(loss !== undefined && { loss }),
      ...(rate !== undefined && { learningRate: rate }),
      ...(ignored !== undefined && { ignore: ignored }),
      ...(named !== undefined && { kinds: Object.fromEntries(named.map((column) => [column, 'category'])) }),
    }),
  );
  checkOwners(name, made.job);
  return made;
}

/**
 * The files of 'alice=a.csv:bob=b.csv', an owner's each; null for the path of one.
 * @throws UsageError for one that cannot be read, and for options that say otherwise whose rows are whose
 */
export async function ownerFiles(
  name: string,
  file: string,
  { rows, columns, key }: Pick<TableValues, 'rows' | 'columns' | 'key'>,
): Promise<readonly OwnerFile[] | null> {
  const entries = file.split(/:(?=[\w-]+=)/).map((entry) => /^([\w-]+)=(.+)$/.exec(entry));
  if (entries.length < 2 || entries.some((entry) => entry === null)) return null;
  const files = entries.flatMap((entry) => (entry ? [{ owner: entry[1], file: entry[2] }] : []));
  const said = Object.entries({ rows, columns, key }).find(([, value]) => value !== undefined);
  if (said) throw new UsageError(`${name}: --${said[0]}: each owner has rows of its own, in a file`);
  for (const own of files) await checkReadable(own.file);
  return files;
}

/** Names of roles that are no owners. */
const TAKEN = ['provider', 'owner'];

/**
 * What the session would find when the roles are up.
 * @throws UsageError for owners with names of other roles, and for rows so few that sums over them say too much of each
 */
function checkOwners(name: string, job: LocalTrainingJob): void {
  for (const { owner, train } of job.parts) {
    if (TAKEN.includes(owner)) throw new UsageError(`${name}: "${owner}" is the name of another role`);
    if (job.divided !== 'columns' && train.rows < LEAST_ROWS) {
      throw new UsageError(
        `${name}: ${owner} has ${train.rows} rows to train on; ${LEAST_ROWS} are needed, since sums over fewer say too much of each`,
      );
    }
  }
  for (const which of ['train', 'test'] as const) {
    const rows = totalRows(job, which);
    if (rows < LEAST_ROWS) {
      throw new UsageError(
        `${name}: ${rows} rows to ${which}; ${LEAST_ROWS} are needed, since sums over fewer say too much of each (--test)`,
      );
    }
  }
}
