/**
 * Jobs whose columns lie with several parties: each has its own columns of all rows, in one order, and one has the targets. Each
 * scales its columns by their own statistics and shares them; on shares they are put side by side. No party learns another's
 * statistics; who is to ask the trained model about rows in clear needs all of them.
 */
import type { Dataset } from '../data/dataset.js';
import { type ColumnStatistics, columnStatistics, standardise } from '../data/scale.js';
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';
import { labelledPart, type OwnedRows } from './job.js';
import type { Scaling } from './statistics.js';

/** Of all columns, one party's after the other's. */
export function columnScaling(parts: readonly OwnedRows[]): ColumnStatistics {
  const own = parts.map(({ train }) => columnStatistics(train.x, train.features));
  const together = (key: keyof ColumnStatistics) =>
    Float64Array.from(own.flatMap((statistics) => [...statistics[key]]));
  return { mean: together('mean'), deviation: together('deviation') };
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

/** Every party shares its own columns, one of them the targets: inputs and targets of all rows. */
export async function shareColumns(
  session: Session,
  parts: readonly OwnedRows[],
  which: 'train' | 'test',
  outputs: readonly number[],
  { inputs, targets }: Scaling,
): Promise<[SecureTensor, SecureTensor]> {
  const shared: SecureTensor[] = [];
  let from = 0;
  for (const part of parts) {
    const { x, features, names } = part[which];
    const own = inputs && {
      mean: inputs.mean.subarray(from, from + features),
      deviation: inputs.deviation.subarray(from, from + features),
    };
    from += features;
    const values = own ? standardise(x, own) : x;
    const columns = names?.features ? { columns: names.features } : {};
    shared.push(await session.shareRows([{ owner: part.owner, values }], [features], columns));
  }
  const labelled = labelledPart(parts);
  const { y, names } = labelled[which];
  const labels = await session.shareRows(
    [{ owner: labelled.owner, values: targets ? standardise(y, targets) : y }],
    outputs,
    names?.classes ? { columns: names.classes } : {},
  );
  const whole = shared.reduce((left, right) => {
    const joined = left.concat(right, 1);
    left.dispose();
    right.dispose();
    return joined;
  });
  return [whole, labels];
}
