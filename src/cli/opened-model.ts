/** A model that parties have opened to its owner, in a folder: as `train FILE --save` leaves it where its rows are a table. */
import type { TableShape } from '../data/table/shape.js';
import type { QueryFile } from '../jobs/job-file.js';
import type { Opened } from '../jobs/opening.js';
import { planModel } from '../model/plan.js';
import { writeModel } from '../session/saved-model.js';
import { saveTable } from './table-model.js';

/** @throws JobError where it cannot be written */
export async function saveOpened(dir: string, file: QueryFile, { weights, scaling }: Opened): Promise<void> {
  const { data, model, title } = file;
  const plan = planModel({ layers: model.layers, inputShape: model.inputShape });
  const classes = data.classes.length > 1 ? { classes: data.classes } : {};
  if (data.kind === 'images') {
    await writeModel(dir, plan, weights, classes);
    return;
  }
  const { columns, target } = data;
  const shape: TableShape = {
    version: 1,
    columns: columns.map((name) => ({ kind: 'number', name, missing: 'error' })),
    target: { task: 'classify', name: target, classes: data.classes, missing: 'error' },
  };
  const unscaled = {
    mean: new Float64Array(columns.length),
    deviation: new Float64Array(columns.length).fill(1),
  };
  await saveTable(
    dir,
    { title, shape, targets: null, form: { decimal: '.', header: true }, ignore: [] },
    (folder) => writeModel(folder, plan, weights, { scaling: scaling ?? unscaled, ...classes }),
  );
}
