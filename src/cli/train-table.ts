/** The command `train FILE`: a training on a table of one's own. */
import type { RoleResult } from '../jobs/program.js';
import { classWeightsOption, withClassWeights } from './class-weights-option.js';
import { command } from './command.js';
import { ranged } from './inputs.js';
import { metricsOption, withMetrics } from './metrics-option.js';
import { flag } from './options.js';
import { pageOutput, report } from './page-option.js';
import { patienceOption, withPatience } from './patience-option.js';
import { checkModelFolder, saveOption } from './save-option.js';
import { keepTable } from './table-model.js';
import { list, networkOptions, tableOf, tableOptions, targetsOf, variedOptions } from './table-options.js';
import { runTraining } from './training.js';

export const trainTable = command({
  name: 'train',
  operands: ['FILE'],
  operandLike: /[./\\]|^FILE$/,
  summary: 'train on a table of your own, CSV or its like, gzipped or not',
  about: [
    'Trains a network on the columns of a table to tell one of them, classes or numbers. The rows lie with their',
    'owners in turn; columns, and a target that is a number, are scaled by joint statistics of the training rows;',
    'texts become columns of 0 and 1. FILE can be a file an owner, alice=a.csv:bob=b.csv, with the same columns: each keeps',
    'its rows, and categories and classes are those of all. With --columns each owner has columns of all rows, and scales its own. With --save the model owner keeps what it learns, for beaverdam predict.',
  ].join('\n'),
  options: {
    ...tableOptions,
    ...variedOptions,
    ...networkOptions,
    patience: patienceOption,
    'class-weights': classWeightsOption,
    metrics: metricsOption,
    save: saveOption,
    json: flag('one JSON object an epoch, then the result; nothing else on standard output'),
    'no-compare': flag('leave out the same training in clear'),
    report,
  },
  async run(
    {
      json,
      'no-compare': noCompare,
      report: path,
      save,
      metrics,
      patience,
      'class-weights': classWeights,
      ...options
    },
    [file],
  ) {
    targetsOf('train', options.target);
    const page = await pageOutput('train', path, json);
    if (save !== undefined) await checkModelFolder('train: --save', save);
    const { job: bare, shape } = await tableOf('train', file, options);
    const weighted = withClassWeights('train', bare, classWeights);
    const job = withPatience(withMetrics('train', weighted, metrics), patience);
    const keep = async (dir: string, result: RoleResult): Promise<void> => {
      const { decimal, ignore, key } = options;
      const left = [...(list(ignore) ?? []), ...(key === undefined ? [] : [key])];
      const form = { decimal, header: !options['no-header'] };
      await keepTable(dir, { job, shape, result, form, ignore: left }, json);
    };
    return ranged('train', () =>
      runTraining(job, {
        json,
        compare: !noCompare,
        ...page,
        ...(save !== undefined && { onTrained: (result) => keep(save, result) }),
      }),
    );
  },
});
