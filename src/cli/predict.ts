/**
 * The command `predict`: a table's model asked about rows, on secret shares. With --json, one line a row and one with the result:
 *
 *     {"row":1,"line":2,"class":"versicolor","outputs":[…]}          classes
 *     {"row":1,"line":2,"values":[…]}                                numbers, in the targets' own units
 *     {"result":{"rows":…,"dropped":…,"accuracy":…,"out":…,"seconds":…,"rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…}}
 *
 * Accuracy, or r2 and mae, are null where the rows have no targets. Predictions that go to a file are not printed.
 */
import { standardise } from '../data/scale.js';
import { inputNames, toInputs } from '../data/table/apply.js';
import type { Table } from '../data/table/table.js';
import { askModel, type Outputs } from '../jobs/ask.js';
import { defaultFraction, rangeLimit } from '../party/ring-range.js';
import { bytes, count, duration, percent } from '../report/format.js';
import { totalCosts } from '../report/records.js';
import { type Answer, answersOf, csvOf, type Scores, scoresOf } from './answers.js';
import { command } from './command.js';
import { checkFile, meant, ranged } from './inputs.js';
import { given } from './jobs.js';
import { choice, flag, needed, text } from './options.js';
import { writeOut } from './query.js';
import { type AskedRows, readRows } from './rows.js';
import { untilSignal } from './signals.js';
import { loadTableModel, type TableModel } from './table-model.js';
import { found, list, names, reading } from './table-options.js';
import { exitCodes } from './usage.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Told {
  readonly model: TableModel;
  readonly rows: AskedRows;
  readonly answers: readonly Answer[];
  readonly scores: Scores | null;
  readonly outputs: Outputs;
  readonly ring: 32 | 64;
  readonly out: string | undefined;
}

export const predict = command({
  name: 'predict',
  summary: 'ask a model that train FILE --save has kept about rows of a table',
  about: [
    'Asks a model that train FILE --save has kept about rows, on secret shares: the model owner brings its weights, alice',
    'the rows, and alice alone learns the outputs. Columns are known by their names and may stand in any order; the',
    'target may be missing, and where it is there says how right the answers are. Without --out the predictions, as CSV',
    'with the line of each row, are all that goes to standard output.',
  ].join('\n'),
  options: {
    model: needed('folder of the model', 'DIR'),
    data: needed('the rows, CSV or its like, gzipped or not', 'FILE'),
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
      return { rows, x };
    });
    const outputs = await ranged('predict', () =>
      untilSignal('the question', 'nothing was written', (signal) =>
        askModel({ model, x, columns, ring, signal }),
      ),
    );
    const answers = answersOf(model, rows.table, outputs.values);
    const scores = rows.labelled && scoresOf(model, outputs.values, rows.labelled);
    if (out !== undefined) await writeOut(out, csvOf(model, answers));
    const told = { model, rows, answers, scores, outputs, ring, out };
    if (json) tellJson(told);
    else if (out === undefined) process.stdout.write(csvOf(model, answers));
    else tell(told);
    return exitCodes.done;
  },
});

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

function tell({ model, rows, scores, outputs, out }: Told): void {
  const { table, unlabelled } = rows;
  const total = totalCosts(outputs.costs);
  const crossed = total
    ? `, ${count(total.rounds)} rounds, ${bytes(total.online + total.dealt)} crossed`
    : '';
  print(`${model.title}: asking the model on secret shares`);
  print(`  ${count(table.rows)} rows in ${duration(outputs.seconds)}${crossed}`);
  if (table.dropped > 0) print(`  ${count(table.dropped)} rows left out, in which a cell is missing`);
  if (scores && 'accuracy' in scores) print(`  accuracy ${percent(scores.accuracy)}`);
  else if (scores) print(`  R² ${scores.r2.toFixed(4)}, mean error ${scores.mae.map(short).join(', ')}`);
  if (unlabelled !== null) print(`  not compared with targets: ${unlabelled}`);
  print(`  predictions in ${out}`);
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

function tellJson({ model, rows, answers, scores, outputs, ring, out }: Told): void {
  if (out === undefined) for (const answer of answers) print(JSON.stringify(answer));
  const total = totalCosts(outputs.costs);
  const unknown = model.targets ? { r2: null, mae: null } : { accuracy: null };
  const result = {
    rows: rows.table.rows,
    dropped: rows.table.dropped,
    ...(scores ?? unknown),
    out: out ?? null,
    seconds: outputs.seconds,
    rounds: total?.rounds ?? null,
    bytesOnline: total?.online ?? null,
    bytesDealt: total?.dealt ?? null,
    ring,
  };
  print(JSON.stringify({ result }));
}
