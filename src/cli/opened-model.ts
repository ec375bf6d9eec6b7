/** A model that parties have opened to its owner, in a folder: as `train --save` leaves it. */
import type { QueryFile } from '../jobs/job-file.js';
import type { Opened } from '../jobs/opening.js';
import { namesOf, shapeOfForm } from '../jobs/table-form.js';
import { planModel } from '../model/plan.js';
import { saveImages } from './image-model.js';
import { saveTable } from './table-model.js';

/** @throws JobError where it cannot be written */
export async function saveOpened(dir: string, file: QueryFile, opened: Opened): Promise<void> {
  const { data, model, title } = file;
  const { weights, scaling, targets } = opened;
  const plan = planModel({ layers: model.layers, inputShape: model.inputShape });
  const clear = { title, plan, weights };
  const { features = [], classes } = namesOf(file);
  if (data.kind === 'images') {
    await saveImages(dir, clear, classes, [data.height, data.width]);
    return;
  }
  const unscaled = {
    mean: new Float64Array(features.length),
    deviation: new Float64Array(features.length).fill(1),
  };
  await saveTable(dir, clear, {
    shape: shapeOfForm(data),
    inputs: scaling ?? unscaled,
    targets,
    form: { decimal: '.', header: true },
    ignore: [],
  });
}
