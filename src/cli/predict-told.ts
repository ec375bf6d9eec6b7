/** What a model has answered, told for people or for programs; predict.ts says in which form. */
import type { Outputs } from '../jobs/ask.js';
import { bytes, count, duration, percent } from '../report/format.js';
import { totalCosts } from '../report/records.js';
import type { Scores } from './answers.js';
import { exitCodes } from './usage.js';
import { writeWhole } from './write.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export interface Told {
  readonly title: string;
  /** What a row is called: 'rows', 'images'. */
  readonly unit: string;
  readonly rows: number;
  /** Rows that were left out. */
  readonly dropped: number;
  /** Why targets that are there cannot be compared with; else null. */
  readonly unlabelled: string | null;
  readonly answers: readonly object[];
  /** The same as CSV. */
  readonly csv: string;
  readonly scores: Scores | null;
  /** What stands in the place of scores that are not known. */
  readonly unknown: object;
  readonly outputs: Outputs;
  readonly ring: 32 | 64;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** @returns the exit code */
export async function tellAnswers(told: Told): Promise<number> {
  const { out, csv, json } = told;
  if (out !== undefined) await writeWhole(out, csv, true);
  if (json) tellJson(told);
  else if (out === undefined) process.stdout.write(csv);
  else tell(told);
  return exitCodes.done;
}

function tell({ title, unit, rows, dropped, unlabelled, scores, outputs, out }: Told): void {
  const total = totalCosts(outputs.costs);
  const crossed = total
    ? `, ${count(total.rounds)} rounds, ${bytes(total.online + total.dealt)} crossed`
    : '';
  print(`${title}: asking the model on secret shares`);
  print(`  ${count(rows)} ${unit} in ${duration(outputs.seconds)}${crossed}`);
  if (dropped > 0) print(`  ${count(dropped)} rows left out, in which a cell is missing`);
  if (scores && 'accuracy' in scores) print(`  accuracy ${percent(scores.accuracy)}`);
  else if (scores)
    print(
      `  R² ${Number.isNaN(scores.r2) ? '–' : scores.r2.toFixed(4)}, mean error ${scores.mae.map(short).join(', ')}`,
    );
  if (unlabelled !== null) print(`  not compared with targets: ${unlabelled}`);
  print(`  predictions in ${out}`);
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

function tellJson({ rows, dropped, answers, scores, unknown, outputs, ring, out }: Told): void {
  if (out === undefined) for (const answer of answers) print(JSON.stringify(answer));
  const total = totalCosts(outputs.costs);
  const result = {
    rows,
    dropped,
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
