/** The command `train FILE`: a training on a table of one's own. */
import { MISSING_RULES, TASKS } from '../data/table/options.js';
import { JobError } from '../errors.js';
import { tableDefaults, tableJob, tableOptimizers } from '../jobs/table.js';
import type { Activation } from '../model/activation.js';
import { lossNames } from '../model/losses.js';
import { command } from './command.js';
import { choice, flag, integer, integers, needed, type Option, positive, text } from './options.js';
import { pageOutput, report } from './page.js';
import { runTraining } from './training.js';
import { UsageError } from './usage.js';

const ACTIVATIONS = ['relu', 'sigmoid', 'tanh', 'linear'] as const satisfies readonly Activation[];

/** One of a few words, or what the job finds by itself. */
const found = <T extends string>(
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
const owners: Option<readonly string[] | Readonly<Record<string, number>>> = {
  placeholder: 'NAME:NAME…',
  describe: 'owners of the rows, in turn; or with their parts, alice=0.7:bob=0.3',
  fallback: tableDefaults.owners,
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

const names = (describe: string): Option<string | undefined> => text(describe, 'COLUMN,…');
const list = (value: string | undefined): string[] | undefined =>
  value?.split(',').map((name) => name.trim());

export const trainTable = command({
  name: 'train',
  operands: ['FILE'],
  operandLike: /[./\\]|^FILE$/,
  summary: 'train on a table of your own, CSV or its like, gzipped or not',
  about: [
    'Trains a network on the columns of a table to tell one of them, classes or numbers. The rows lie with their',
    'owners in turn; columns, and a target that is a number, are scaled by joint statistics of the training rows;',
    'texts become columns of 0 and 1.',
  ].join('\n'),
  options: {
    target: needed('column to learn; several columns of numbers with commas between them', 'COLUMN'),
    task: found('what the target is', TASKS, 'what it looks like'),
    ignore: names('columns to leave out'),
    missing: choice('where a cell is missing; error: refuse the table', 'error', MISSING_RULES),
    decimal: choice<'.' | ','>('decimal sign', '.', ['.', ',']),
    delimiter: text('character between fields', 'C', 'what the first lines have'),
    rows: owners,
    test: part('part of the rows that is for tests', tableDefaults.test),
    hidden: integers('widths of the hidden dense layers', tableDefaults.hidden),
    activation: choice<(typeof ACTIVATIONS)[number]>(
      'of the hidden layers',
      tableDefaults.activation,
      ACTIVATIONS,
    ),
    loss: found('what is made small', lossNames, 'softmaxCrossEntropy for classes, else meanSquaredError'),
    optimizer: choice<(typeof tableOptimizers)[number]>('how', tableDefaults.optimizer, tableOptimizers),
    epochs: integer('passes over the training rows', tableDefaults.epochs, 1),
    batch: integer('rows a step', tableDefaults.batchSize, 1),
    rate: positive('learning rate', undefined, 'one that suits task and optimizer'),
    ring: choice<'auto' | 32 | 64>('bits of a number on shares; auto: what a dry run finds', 'auto', [
      'auto',
      32,
      64,
    ]),
    seed: integer('public seed of split, initial weights and order of rows', tableDefaults.seed, 0),
    json: flag('one JSON object an epoch, then the result; nothing else on standard output'),
    'no-compare': flag('leave out the same training in clear'),
    report,
  },
  async run(
    { target, ignore, delimiter, rows, batch, rate, json, 'no-compare': noCompare, report: path, ...options },
    [file],
  ) {
    const columns = list(target);
    if (columns === undefined) {
      throw new UsageError('train: --target is needed (see beaverdam train FILE --help)');
    }
    const page = await pageOutput('train', path, json);
    const { task, loss, ...others } = options;
    const ignored = list(ignore);
    const { job } = await tableJob(file, {
      ...others,
      target: columns.length === 1 ? columns[0] : columns,
      owners: rows,
      batchSize: batch,
      ...(task !== undefined && { task }),
      ...(loss !== undefined && { loss }),
      ...(rate !== undefined && { learningRate: rate }),
      ...(delimiter !== undefined && { delimiter }),
      ...(ignored !== undefined && { ignore: ignored }),
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new JobError(`cannot read ${file}: no such file`);
    });
    return runTraining(job, { json, compare: !noCompare, ...page });
  },
});
