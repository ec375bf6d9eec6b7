/** The command `summary`: what a model is and costs by layer, before anything runs. */
import { stat } from 'node:fs/promises';
import { modelFor } from '../jobs/program.js';
import { sequential } from '../session/sequential.js';
import { command } from './command.js';
import { meant } from './inputs.js';
import { readModel } from './model-folder.js';
import { choice, flag, integer } from './options.js';
import { networkOptions, tableOf, tableOptions, variedOptions } from './table-options.js';
import { exitCodes, UsageError } from './usage.js';

const { batch: _b, ring: _r, ...network } = networkOptions;

/** The most rows of a step: what it costs is counted by going through it. */
const MOST_ROWS = 1_000_000;

export const summary = command({
  name: 'summary',
  operands: ['DIR|FILE'],
  summary: "say what a saved model, or a table's network, is and costs by layer",
  about: [
    'Prints the layers of a model that was saved in DIR (by train --save, or by model.save of a program), or of the',
    'network that train FILE would make, which needs --target: shapes and parameters, rounds and bytes of a step of',
    'training and of a prediction, in the ring of --ring: a saved model can be used in either. Nothing is shared or computed.',
  ].join('\n'),
  options: {
    ...tableOptions,
    ...variedOptions,
    ...network,
    batch: integer('rows a step', networkOptions.batch.fallback, 1, MOST_ROWS),
    ring: choice<32 | 64>('bits of a number on shares', 64, [32, 64]),
    parties: integer('compute parties', 2, 2, 5),
    json: flag('the summary as one JSON object'),
  },
  async run({ ring, parties, json, ...options }, [path]) {
    const found = await stat(path).catch(() => null);
    if (!found) throw new UsageError(`cannot read ${path}: no such file or folder`);
    if (found.isDirectory() && options.target !== undefined) {
      throw new UsageError('summary: --target is for a table, and a saved model is a folder');
    }
    const model = found.isDirectory()
      ? await meant('summary', path, async () => sequential((await readModel(path)).layers))
      : modelFor((await tableOf('summary', path, { ...options, ring })).job);
    const told = await meant('summary', path, () =>
      model.summary({ ring, parties, batchSize: options.batch }),
    );
    process.stdout.write(json ? `${JSON.stringify(told)}\n` : `${model}\n${told}\n`);
    return exitCodes.done;
  },
});
