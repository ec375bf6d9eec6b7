/**
 * Jobs whose columns lie with several parties: each has its own columns of all rows, in one order, and one has the targets. Each
 * scales its columns by their own statistics and shares them; on shares they are put side by side. No party learns another's
 * statistics; who is to ask the trained model about rows in clear needs all of them.
 */
import type { Dataset } from '../data/dataset.js';
import { type ColumnStatistics, columnStatistics, standardise } from '../data/scale.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import {
  isOwned,
  labelledPart,
  type OwnedRows,
  rowsOf,
  type TrainingJob,
  type Width,
  widthOf,
} from './job.js';

/** An owner of columns: what it has of each row, and that of its rows, in clear, where they are here. */
export interface ColumnsOf {
  readonly owner: string;
  readonly width: Width;
  readonly rows: number;
  readonly set: Pick<Dataset, 'x' | 'y' | 'names'> | null;
}

/** A training's owners of columns, as a process has them. */
export const columnsOf = (
  session: Session,
  parts: TrainingJob['parts'],
  which: 'train' | 'test',
): ColumnsOf[] =>
  parts.map((part) => ({
    owner: part.owner,
    width: widthOf(part),
    rows: rowsOf(part, which),
    set: isOwned(part) && session.isHere(part.owner) ? part[which] : null,
  }));

/** The one that has the labels. */
export const labelled = (parts: readonly ColumnsOf[]): ColumnsOf =>
  parts.find(({ width }) => width.labels > 0) ?? parts[0];

/**
 * Of all inputs, one party's after the other's: each one's own statistics, zeros for those that are elsewhere; null where nobody's
 * are here.
 * @param missing of all inputs those in which a cell may be missing
 * @param medians of all inputs those that are scaled about their median
 * @throws RangeError for a column of which all cells are
 */
export function columnScaling(
  parts: readonly ColumnsOf[],
  missing: readonly number[] = [],
  medians: readonly number[] = [],
): ColumnStatistics | null {
  if (parts.every(({ set }) => set === null)) return null;
  let from = 0;
  const own = parts.map(({ owner, set, width: { inputs } }) => {
    const [lacking, middle] = [within(missing, from, inputs), within(medians, from, inputs)];
    from += inputs;
    if (!set) return { mean: new Float64Array(inputs), deviation: new Float64Array(inputs) };
    const empty = lacking.find((column) => lacks(set.x, column, inputs));
    if (empty !== undefined) {
      const name = set.names?.features?.[empty] ?? empty;
      throw new RangeError(`${owner}'s column ${name}: no training row has a number`);
    }
    return columnStatistics(set.x, inputs, lacking, middle);
  });
  const together = (key: keyof ColumnStatistics) =>
    Float64Array.from(own.flatMap((statistics) => [...statistics[key]]));
  return { mean: together('mean'), deviation: together('deviation') };
}

/** Those of some inputs that are among `width` from `from` on, counted from there. */
const within = (inputs: readonly number[], from: number, width: number): number[] =>
  inputs.filter((input) => input >= from && input < from + width).map((input) => input - from);

function lacks(x: Float32Array, column: number, columns: number): boolean {
  for (let i = column; i < x.length; i += columns) if (!Number.isNaN(x[i])) return false;
  return true;
}

/** The rows as they are with all columns, in clear. */
export function wholeRows(parts: readonly OwnedRows[], which: 'train' | 'test'): Dataset {
  const sets = parts.map((part) => part[which]);
  const [{ rows }] = sets;
  const features = sets.reduce((sum, set) => sum + set.features, 0);
  const x = new Float32Array(rows * features);
  let from = 0;
  for (const set of sets) {
    for (let row = 0; row < rows; row++) {
      x.set(set.x.subarray(row * set.features, (row + 1) * set.features), row * features + from);
    }
    from += set.features;
  }
  const { y, classes, names, task } = labelledPart(parts)[which];
  const columns = sets.flatMap((set) => set.names?.features ?? []);
  return {
    x,
    y,
    rows,
    features,
    classes,
    names: { ...names, ...(columns.length === features && { features: columns }) },
    ...(task && { task }),
  };
}

/** Every party shares its own inputs; side by side they are those of all rows. */
export async function shareInputs(
  session: Session,
  parts: readonly ColumnsOf[],
  scaling: ColumnStatistics | null,
  missing: readonly number[] = [],
): Promise<SecureTensor> {
  const shared: SecureTensor[] = [];
  let from = 0;
  for (const { owner, width, rows, set } of parts) {
    const own = scaling && {
      mean: scaling.mean.subarray(from, from + width.inputs),
      deviation: scaling.deviation.subarray(from, from + width.inputs),
    };
    const lacking = within(missing, from, width.inputs);
    from += width.inputs;
    const part = set
      ? { owner, values: own ? standardise(set.x, own, lacking) : set.x }
      : { owner, values: null, rows };
    const columns = set?.names?.features ? { columns: set.names.features } : {};
    shared.push(await session.shareRows([part], [width.inputs], columns));
  }
  return shared.reduce((left, right) => {
    const joined = left.concat(right, 1);
    left.dispose();
    right.dispose();
    return joined;
  });
}

/** The one that has the labels shares them. */
export function shareLabels(
  session: Session,
  parts: readonly ColumnsOf[],
  outputs: readonly number[],
  targets: ColumnStatistics | null,
): Promise<SecureTensor> {
  const { owner, set, rows } = labelled(parts);
  const part = set
    ? { owner, values: targets ? standardise(set.y, targets) : set.y }
    : { owner, values: null, rows };
  return session.shareRows([part], outputs, set?.names?.classes ? { columns: set.names.classes } : {});
}
