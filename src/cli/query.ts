/**
 * Running one role of a query from the command line. With --json, one line with the result:
 *
 *     {"result":{"accuracy":…,"loss":…,"rows":…,"out":…,"seconds":…,"rounds":…,"bytesOnline":…,"bytesDealt":…,"ring":…,"parties":…}}
 *
 * Before it, where predictions are known and go to no file, one line a row: {"row":1,"class":…,"outputs":[…]}. What is not
 * known at a role is null.
 */
import { files } from '#host';
import { JobError, reasonOf } from '../errors.js';
import type { QueryFile, TestRows } from '../jobs/job-file.js';
import { quoted } from '../jobs/owner-files.js';
import { type Answer, type QueryJob, type QueryResult, runQuery } from '../jobs/query.js';
import type { RunOptions } from '../jobs/run-options.js';
import { bytes, count, duration, percent } from '../report/format.js';
import { totalCosts } from '../report/records.js';
import { saveOpened } from './opened-model.js';
import { untilSignal } from './signals.js';
import { exitCodes } from './usage.js';

export interface QueryOutput {
  readonly role: string;
  readonly json: boolean;
  /** The file for predictions, null for standard output; the folder for a model that is opened here. */
  readonly out: string | null;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a role and tells what came of it. @returns the exit code */
export async function runQueryRole(
  file: QueryFile,
  job: QueryJob,
  { role, json, out }: QueryOutput,
  state: RunOptions['state'],
): Promise<number> {
  const doing = { evaluate: 'testing', predict: 'asking', open: 'opening' }[file.task];
  if (!json) print(`${file.title}: ${doing} the model "${file.from}" on secret shares, as ${role}`);
  const result = await untilSignal(role, 'the session has ended', (signal) =>
    runQuery(job, { ...(state !== undefined && { state }), signal }),
  );
  if (result.opened && out !== null) await saveOpened(out, file, result.opened);
  if (result.answers && out !== null) await writeOut(out, csvOf(file.data.classes, result.answers));
  if (json) tellJson(file, result, out);
  else tell(file, result, out);
  return exitCodes.done;
}

/** A line a row, in the order of the rows: the class, and the model's output for each class. */
export function csvOf(classes: readonly string[], answers: readonly Answer[]): string {
  const heading = ['class', ...classes.map((name) => `output ${name}`)];
  const lines = answers.map(({ predicted, outputs }) => [classes[predicted], ...outputs.map(String)]);
  return [heading, ...lines].map((fields) => `${fields.map(quoted).join(',')}\n`).join('');
}

/** Written as a whole or not at all, for the user alone to read: predictions are the asker's. */
export async function writeOut(path: string, text: string): Promise<void> {
  const name = path.replace(/^.*[/\\]/, '');
  const folder = path.slice(0, path.length - name.length) || '.';
  try {
    await files?.replace(folder, name, new TextEncoder().encode(text));
  } catch (error) {
    throw new JobError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

const rowsOf = (file: QueryFile): number =>
  Object.values<TestRows>(file.data.rows).reduce((sum, { test }) => sum + test, 0);

function tell(
  file: QueryFile,
  { measures, answers, opened, seconds, costs }: QueryResult,
  out: string | null,
): void {
  const unit = file.data.kind === 'images' ? 'images' : 'rows';
  const total = totalCosts(costs);
  const crossed = total
    ? `, ${count(total.rounds)} rounds, ${bytes(total.online + total.dealt)} crossed here`
    : '';
  const what = file.task === 'open' ? 'opened' : `${count(rowsOf(file))} ${unit}`;
  print(`  ${what} in ${duration(seconds)}${crossed}`);
  if (opened) print(`  the model is in ${out}`);
  if (measures) print(`  accuracy ${percent(measures.accuracy)}, loss ${measures.loss.toFixed(4)}`);
  else if (answers && out !== null) print(`  predictions in ${out}`);
  else if (answers) process.stdout.write(`\n${csvOf(file.data.classes, answers)}`);
  else if (!opened) {
    print(`  what came of it, ${file.task === 'predict' ? file.asker : file.owner} alone knows`);
  }
}

function tellJson(file: QueryFile, result: QueryResult, out: string | null): void {
  const { measures, answers, opened, seconds, costs, ring } = result;
  if (answers && out === null) {
    answers.forEach(({ predicted, outputs }, row) => {
      print(JSON.stringify({ row: row + 1, class: file.data.classes[predicted], outputs }));
    });
  }
  const total = totalCosts(costs);
  const told = {
    accuracy: measures?.accuracy ?? null,
    loss: measures?.loss ?? null,
    rows: rowsOf(file),
    out: answers || opened ? out : null,
    seconds,
    rounds: total?.rounds ?? null,
    bytesOnline: total?.online ?? null,
    bytesDealt: total?.dealt ?? null,
    ring,
    parties: file.parties.length,
  };
  print(JSON.stringify({ result: told }));
}
