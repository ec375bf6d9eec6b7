/** Asking a trained model: encrypted rows in, and the answer to the asker alone. */
import type { Sequential } from '../session/sequential.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { isOwned, labelledPart, rowsOf, type TrainingJob } from './job.js';

/** A class as its asker sees it, beside the one that is in its own data. */
export interface Prediction {
  readonly owner: string;
  /** Index of the row among the owner's test rows, from 0. */
  readonly row: number;
  /** Index of a class. */
  readonly predicted: number;
  readonly actual: number;
}

/**
 * Predictions for `count` of the first owner's test rows, evenly spread, opened to that owner alone; none where it is not here.
 * Where columns are divided, it is the owner of the labels.
 * @param testX the shared test inputs, of which the owner's rows are the first
 */
export async function predictFor(
  session: Session,
  { parts, divided }: TrainingJob,
  model: Sequential,
  testX: SecureTensor,
  count: number,
): Promise<Prediction[]> {
  const part = divided === 'columns' ? labelledPart(parts) : parts[0];
  const { owner } = part;
  if (session.roles.hasLeft(owner)) return [];
  const testRows = rowsOf(part, 'test');
  const total = Math.min(count, testRows);
  if (total === 0) return [];
  const rows = Array.from({ length: total }, (_, i) => Math.floor((i * testRows) / total));
  const asked = session.tidy(() => {
    const [first, ...others] = rows.map((row) => testX.slice([row], [1]));
    return first.concat(...others);
  });
  const outputs = model.predict(asked);
  const opened = await outputs.reveal({ to: owner });
  asked.dispose();
  outputs.dispose();
  if (!opened || !isOwned(part)) return [];
  const { classes, y } = part.test;
  return rows.map((row, i) => ({
    owner,
    row,
    predicted: largest(opened.subarray(i * classes, (i + 1) * classes)),
    actual: largest(y.subarray(row * classes, (row + 1) * classes)),
  }));
}

/** Index of the largest number, the first of several. */
export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, i, all) => (value > all[best] ? i : best), 0);
