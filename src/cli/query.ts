/**
 * Running one role of a query from the command line. With --json, one line with the result:
 *
 *     {"result":{"accuracy":…,"loss":…,"rows":…,"out":…,"seconds":…,"rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…,"parties":…}}
 *
 * Before it, where predictions are known and go to no file, one line a row: {"row":1,"class":…,"outputs":[…]}. What is not
 * known at a role is null. A model of numbers has r2 and mae in place of the accuracy, and {"row":1,"values":[…]} a row. Where
 * rows are left out, or stand in the order of a key, each has the line of the file that it comes from.
 */
import { csv } from '../jobs/csv.js';
import type { QueryFile, TestRows } from '../jobs/job-file.js';
import { runQuery } from '../jobs/query.js';
import type { Answer, Measures, QueryJob, QueryResult } from '../jobs/query-job.js';
import type { RunOptions } from '../jobs/run-options.js';
import { namesOf, taskOf } from '../jobs/table-form.js';
import { bytes, count, duration, percent } from '../report/format.js';
import { maeOf, totalCosts } from '../report/records.js';
import { saveOpened } from './opened-model.js';
import { scoresText } from './scores-text.js';
import { untilSignal } from './signals.js';
import { exitCodes } from './usage.js';
import { writeWhole } from './write.js';

export interface QueryOutput {
  readonly role: string;
  readonly json: boolean;
  /** The file for predictions, null for standard output; the folder for a model that is opened here. */
  readonly out: string | null;
  /** The lines of the rows, where these are not all of the file in its order; else null. */
  readonly lines: Uint32Array | null;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a role and tells what came of it. @returns the exit code */
export async function runQueryRole(
  file: QueryFile,
  job: QueryJob,
  { role, json, out, lines }: QueryOutput,
  state: RunOptions['state'],
): Promise<number> {
  const doing = { evaluate: 'testing', predict: 'asking', open: 'opening' }[file.task];
  if (!json) print(`${file.title}: ${doing} the model "${file.from}" on secret shares, as ${role}`);
  const result = await untilSignal(role, 'the session has ended', (signal) =>
    runQuery(job, { ...(state !== undefined && { state }), signal }),
  );
  if (result.opened && out !== null) await saveOpened(out, file, result.opened);
  const rows = result.answers && answersOf(file, result.answers, lines);
  if (rows && out !== null) await writeWhole(out, csvOf(file, rows), true); // predictions are the asker's
  if (json) tellJson(file, result, rows, out);
  else tell(file, result, rows, out);
  return exitCodes.done;
}

/** A row's answer as it is told. */
interface ToldRow {
  readonly row: number;
  readonly line?: number;
  readonly class?: string;
  readonly outputs?: readonly number[];
  readonly values?: readonly number[];
}

/** Digits that fixed point gives to a number. */
const DIGITS = 7;

function answersOf(file: QueryFile, answers: readonly Answer[], lines: Uint32Array | null): ToldRow[] {
  const { classes } = namesOf(file);
  const regress = taskOf(file) === 'regress';
  return answers.map(({ predicted, outputs }, i) => ({
    row: i + 1,
    ...(lines && { line: lines[i] }),
    ...(regress
      ? { values: outputs.map((value) => Number(value.toPrecision(DIGITS))) }
      : { class: classes[predicted], outputs }),
  }));
}

/** A line a row, in the order of the rows: the class, and the model's output for each class; or the numbers. */
function csvOf(file: QueryFile, rows: readonly ToldRow[]): string {
  const { classes } = namesOf(file);
  const names = taskOf(file) === 'regress' ? classes : ['class', ...classes.map((name) => `output ${name}`)];
  const withLines = rows[0]?.line !== undefined;
  return csv([
    [...(withLines ? ['line'] : []), ...names],
    ...rows.map(({ line, class: told, outputs = [], values = [] }) => [
      ...(withLines ? [String(line)] : []),
      ...(told === undefined ? [] : [told]),
      ...[...outputs, ...values].map(String),
    ]),
  ]);
}

function rowsOf({ data }: QueryFile): number {
  const counts = Object.values<TestRows>(data.rows).map(({ test }) => test);
  if (data.kind === 'table' && data.owners) return counts[0]; // columns of the same rows
  return counts.reduce((sum, test) => sum + test, 0);
}

type Told = readonly ToldRow[] | null;

function tell(file: QueryFile, result: QueryResult, rows: Told, out: string | null): void {
  const { measures, opened, seconds, costs } = result;
  const unit = file.data.kind === 'images' ? 'images' : 'rows';
  const total = totalCosts(costs);
  const crossed = total
    ? `, ${count(total.rounds)} rounds, ${bytes(total.online + total.dealt)} crossed here`
    : '';
  const what = file.task === 'open' ? 'opened' : `${count(rowsOf(file))} ${unit}`;
  print(`  ${what} in ${duration(seconds)}${crossed}`);
  if (measures) {
    print(`  ${measuresText(measures)}, loss ${measures.loss.toFixed(4)}`);
    const told = measures.scores ? scoresText(measures.scores, namesOf(file).classes) : [];
    if (told.length > 0) print(`\n${told.map((line) => `  ${line}`).join('\n')}`);
  } else if (opened) print(`  the model is in ${out}`);
  else if (rows && out !== null) print(`  predictions in ${out}`);
  else if (rows) process.stdout.write(`\n${csvOf(file, rows)}`);
  else print(`  what came of it, ${file.task === 'predict' ? file.asker : file.owner} alone knows`);
}

const measuresText = ({ accuracy, regression }: Measures): string =>
  regression
    ? `R² ${regression.r2.toFixed(4)}, mean error ${regression.mae.map(short).join(', ')}`
    : `accuracy ${percent(accuracy)}`;

const short = (value: number): string => String(Number(value.toPrecision(3)));

function tellJson(file: QueryFile, result: QueryResult, rows: Told, out: string | null): void {
  const { measures, opened, seconds, costs, ring } = result;
  if (rows && out === null) for (const row of rows) print(JSON.stringify(row));
  const total = totalCosts(costs);
  const { regression } = measures ?? {};
  const told = {
    ...(taskOf(file) === 'regress'
      ? { r2: regression?.r2 ?? null, mae: maeOf(regression) }
      : { accuracy: measures?.accuracy ?? null }),
    loss: measures?.loss ?? null,
    rows: rowsOf(file),
    out: rows || opened ? out : null,
    seconds,
    rounds: total?.rounds ?? null,
    bytesOnline: total?.online ?? null,
    bytesDealt: total?.dealt ?? null,
    ring,
    parties: file.parties.length,
    ...(file.task === 'evaluate' && file.metrics && { scores: measures?.scores ?? null }),
  };
  print(JSON.stringify({ result: told }));
}
