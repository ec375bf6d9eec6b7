/** An owner's rows as files: what is written is read back, and what is not as the job says is refused without a value. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadWine, selectRows } from '../../src/data/index.js';
import { JobError } from '../../src/errors.js';
import type { TrainingFile } from '../../src/jobs/job-file.js';
import { readOwnerRows } from '../../src/jobs/owner-files.js';
import { writeOwnerRows } from '../../src/jobs/owner-folder.js';

const wine = await loadWine();
const [columns, classes] = [wine.names?.features ?? [], wine.names?.classes ?? []];
const job = {
  data: { kind: 'table', columns, target: 'class', classes, rows: { alice: { train: 3, test: 2 } } },
} as unknown as TrainingFile;
const rows = { owner: 'alice', train: selectRows(wine, [0, 70, 177]), test: selectRows(wine, [1, 5]) };

const folder = mkdtempSync(join(tmpdir(), 'rows-'));
const refusal = async (text?: string): Promise<string> => {
  if (text !== undefined) writeFileSync(join(folder, 'train.csv'), text);
  const error = await readOwnerRows(job, 'alice', folder).catch((error) => error);
  assert.instance(error, JobError);
  return error.message.replace(folder, 'DIR');
};

test('what is written is read back, bit for bit', async () => {
  await writeOwnerRows(job, rows, folder);
  const read = await readOwnerRows(job, 'alice', folder);
  for (const part of ['train', 'test'] as const) {
    assert.equal([...read[part].x], [...rows[part].x]);
    assert.equal([...read[part].y], [...rows[part].y]);
  }
});

test('columns may stand in any order; others, rows and classes that are not the job’s are refused', async () => {
  const header = [...columns, 'class'];
  const cells = header.map((_, i) => (i < 13 ? String(i) : '1'));
  const text = (...lines: string[][]) => lines.map((line) => line.join(',')).join('\n');
  const turned = [header, cells, cells, cells].map((line) => [...line].reverse());
  writeFileSync(join(folder, 'train.csv'), text(...turned));
  const { train } = await readOwnerRows(job, 'alice', folder);
  assert.equal([...train.x.subarray(0, 13)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

  const at = 'DIR/train.csv';
  assert.is(
    await refusal(text(header.slice(1), cells.slice(1), cells.slice(1))),
    `${at}: lacks the column "alcohol" of the job`,
  );
  assert.is(
    await refusal(text(['more', ...header], ['9', ...cells])),
    `${at}: has a column "more" that is not in the job`,
  );
  assert.match(
    await refusal(text(header.slice(0, 13), cells.slice(0, 13))),
    `${at}: lacks the column "class" of the job`,
  );
  assert.is(
    await refusal(text(header, [...cells.slice(0, 13), 'secret'])),
    `${at} line 2, column "class": none of the job's 3 classes`,
  );
  assert.match(
    await refusal(text(header, ['secret', ...cells.slice(1)])),
    `${at} line 2, column "alcohol": not a number`,
  );
  assert.match(
    await refusal(text(header, ['', ...cells.slice(1)])),
    `${at} line 2, column "alcohol": missing value`,
  );
  assert.match(await refusal(text(header, cells)), 'has 1 rows to train, where the job says');
  rmSync(join(folder, 'train.csv'));
  assert.is(await refusal(), `cannot read ${at}`);
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
