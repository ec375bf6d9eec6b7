/** Writes an owner's rows to files, as a job reads them. */
import { files } from '#host';
import type { Dataset } from '../data/dataset.js';
import { writeIdx } from '../data/idx.js';
import { imageFile } from '../data/images.js';
import type { Table } from '../data/table/table.js';
import { JobError } from '../errors.js';
import { csvOfSet, csvOfTable } from './csv.js';
import type { OwnedRows } from './job.js';
import type { TrainingFile } from './job-file.js';
import { imagePart, PARTS } from './owner-files.js';
import { namesOf, targetsOf } from './table-form.js';

/** An owner's rows as they were read, with texts and missing cells. */
export interface OwnerTables {
  readonly train: Table;
  readonly test: Table;
}

/**
 * Writes an owner's rows as `readOwnerRows` reads them.
 * @param tables the rows as they were read; left out: the numbers of `rows`
 */
export async function writeOwnerRows(
  job: TrainingFile,
  rows: OwnedRows,
  folder: string,
  tables?: OwnerTables,
): Promise<void> {
  if (!files) throw new JobError('an owner’s rows need a folder of files, which a browser does not have');
  const { data } = job;
  for (const part of PARTS) {
    const set = rows[part];
    if (data.kind === 'table') {
      const { features = [], classes } = namesOf(job);
      const text = tables
        ? csvOfTable(tables[part], data.key)
        : csvOfSet(set, features, targetsOf(data)[0], classes);
      await files.replace(folder, `${part}.csv`, new TextEncoder().encode(text));
      continue;
    }
    const { height, width } = data;
    const images = {
      shape: [set.rows, height, width],
      data: Uint8Array.from(set.x, (x) => Math.round(x * 255)),
    };
    const labels = { shape: [set.rows], data: Uint8Array.from(labelsOf(set)) };
    for (const [kind, array] of [['images', images] as const, ['labels', labels] as const]) {
      await files.replace(folder, `${imageFile(imagePart(part), kind)}.gz`, await writeIdx(array));
    }
  }
}

/** The class of each row, by its number. */
const labelsOf = ({ rows, classes, y }: Dataset): number[] =>
  Array.from({ length: rows }, (_, row) => y.subarray(row * classes, (row + 1) * classes).indexOf(1));
