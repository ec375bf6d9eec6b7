/**
 * The command `predict`: a table's model asked about rows, on secret shares. With --json, one line a row and one with the result:
 *
 *     {"row":1,"line":2,"class":"versicolor","outputs":[…]}          classes
 *     {"row":1,"line":2,"values":[…]}                                numbers, in the targets' own units
 *     {"result":{"rows":…,"dropped":…,"accuracy":…,"out":…,"seconds":…,"rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…}}
 *
 * Images have no line. Accuracy, or r2 and mae, are null where the rows have no targets. Predictions that go to a file are not printed.
 */
import { standardise } from '../data/scale.js';
import { inputNames, toInputs } from '../data/table/apply.js';
import type { TableShape } from '../data/table/shape.js';
import type { Table } from '../data/table/table.js';
import { askModel } from '../jobs/ask.js';
import { modelOf } from '../jobs/job.js';
import { defaultFraction, rangeLimit, softmaxLimit } from '../party/ring-range.js';
import { answersOf, csvOf, scoresOf } from './answers.js';
import { command } from './command.js';
import { loadImageModel } from './image-model.js';
import { checkFile, meant, ranged } from './inputs.js';
import { given } from './jobs.js';
import { choice, flag, needed, text } from './options.js';
import { predictImages } from './predict-images.js';
import { tellAnswers } from './predict-told.js';
import { readRows } from './rows.js';
import { untilSignal } from './signals.js';
import { loadTableModel, type TableModel } from './table-model.js';
import { found, list, names, reading } from './table-options.js';
import { UsageError } from './usage.js';

export const predict = command({
  name: 'predict',
  summary: 'ask a model that train --save has kept about rows of a table, or images',
  about: [
    'Asks a model that train --save has kept about rows, on secret shares: the model owner brings its weights, alice',
    'the rows, and alice alone learns the outputs. Columns are known by their names and may stand in any order; the',
    'target may be missing, and where it is there says how right the answers are. Without --out the predictions, as CSV',
    'with the line of each row, are all that goes to standard output. A model of images (train fashion-mnist --save) is asked about',
    'those of a folder: t10k-images-idx3-ubyte, gzipped or not, and the labels beside it where there are any.',
  ].join('\n'),
  options: {
    model: needed('folder of the model', 'DIR'),
    data: needed('the rows, CSV or its like, gzipped or not; of images a folder', 'FILE'),
    out: text('file for the predictions, CSV', 'FILE', 'standard output'),
    ignore: names('columns to leave out, beside those of the training'),
    decimal: found<'.' | ','>('decimal sign', ['.', ','], 'as in the training'),
    delimiter: reading.delimiter,
    encoding: reading.encoding,
    'no-header': reading['no-header'],
    ring: choice<32 | 64>('bits of a number on shares', 64, [32, 64]),
    json: flag('one JSON object a row, then the result; nothing else on standard output'),
  },
  async run({ model: dir, data, out, ignore, 'no-header': noHeader, ring, json, ...form }) {
    const [folder, file] = [given('predict', '--model', dir), given('predict', '--data', data)];
    if (out !== undefined) await checkFile('predict: --out', out);
    const images = await meant('predict', folder, () => loadImageModel(folder));
    if (images) {
      const ofTables = { ignore, ...form, ...(noHeader && { 'no-header': true }) };
      const typed = Object.entries(ofTables).find(([, value]) => value !== undefined);
      if (typed)
        throw new UsageError(`predict: --${typed[0]} is for tables, and ${folder} holds a model of images`);
      return predictImages(images, file, { ring, out, json });
    }
    const model = await meant('predict', folder, () => loadTableModel(folder));
    const columns = inputNames(model.shape);
    const { rows, x } = await meant('predict', file, async () => {
      const rows = await readRows(file, model, {
        ...form,
        ignore: list(ignore),
        ...(noHeader && { header: false }),
      });
      const inputs = toInputs(rows.table, { ...model.shape, target: null });
      const x = standardise(inputs, model.scaling);
      checkRange(x, rows.table, columns, ring);
      await checkSums(model, x, rows.table, ring);
      return { rows, x };
    });
    for (const line of strangers(rows.table, model.shape))
      process.stderr.write(`beaverdam: predict: ${line}\n`);
    const outputs = await ranged('predict', () =>
      untilSignal('the question', 'nothing was written', (signal) =>
        askModel({ model, x, columns, ring, signal }),
      ),
    );
    const answers = answersOf(model, rows.table, outputs.values);
    const scores = rows.labelled && scoresOf(model, outputs.values, rows.labelled);
    const { rows: count, dropped } = rows.table;
    return tellAnswers({
      title: model.title,
      unit: 'rows',
      rows: count,
      dropped,
      unlabelled: rows.unlabelled,
      answers,
      csv: csvOf(model, answers),
      scores,
      unknown: model.targets ? { r2: null, mae: null } : { accuracy: null },
      outputs,
      ring,
      out,
      json,
    });
  },
});

/** Lines about texts that the training has not met: they count as none of the column's categories. */
function strangers({ name, columns, lines }: Table, shape: TableShape): string[] {
  return columns.flatMap((column) => {
    const known = shape.columns.find((candidate) => candidate.name === column.name);
    if (column.kind !== 'category' || known?.kind !== 'category') return [];
    return column.texts.flatMap((text, code) => {
      if (known.categories.includes(text)) return [];
      const rows = [...column.codes.keys()].filter((row) => column.codes[row] === code);
      if (rows.length === 0) return [];
      const more = rows.length > 1 ? ` and ${rows.length - 1} more` : '';
      return `${name} line ${lines[rows[0]]}${more}: column "${column.name}": "${text}" was not in the training, and counts as none of its texts`;
    });
  });
}

/** @throws RangeError for a number so far from those of the training that the ring cannot hold it */
function checkRange(
  x: Float32Array,
  { name, lines }: Table,
  columns: readonly string[],
  ring: 32 | 64,
): void {
  const limit = rangeLimit(ring, defaultFraction(ring));
  const at = x.findIndex((value) => !(Math.abs(value) < limit));
  if (at < 0) return;
  const [row, column] = [Math.floor(at / columns.length), columns[at % columns.length]];
  throw new RangeError(
    `${name} line ${lines[row]}, column "${column}": ${limit} deviations or more from the training's mean, too far for ring ${ring}`,
  );
}

/**
 * What each layer makes of the rows, in clear: here one process has both the rows and the weights.
 * @throws RangeError for a row of which the ring does not hold a layer's sums, or what softmax makes of the last ones
 */
async function checkSums(
  { layers, weights }: Pick<TableModel, 'layers' | 'weights'>,
  x: Float32Array,
  { name, lines }: Table,
  ring: 32 | 64,
): Promise<void> {
  const { predictPlain } = await import('../baseline/plain.js');
  const fraction = defaultFraction(ring);
  for (const [i, layer] of layers.entries()) {
    if (!('activation' in layer)) continue;
    const plan = modelOf({ layers: [...layers.slice(0, i), { ...layer, activation: 'linear' }] });
    const sums = predictPlain(plan, weights.slice(0, plan.weights.length), x);
    // products that one role each computes take half of the range
    const products = rangeLimit(ring, fraction) / 2;
    const limit =
      layer.activation === 'softmax' ? Math.min(products, softmaxLimit(ring, fraction)) : products;
    const at = sums.findIndex((sum) => !(Math.abs(sum) < limit));
    if (at < 0) continue;
    const line = lines[Math.floor(at / (sums.length / lines.length))];
    throw new RangeError(
      `${name} line ${line}: so far from the rows of the training that ring ${ring} does not hold what the model makes of it`,
    );
  }
}
