/** What a job makes of the cells of its owners' tables, in sentences. */
import type { Dataset } from '../data/dataset.js';
import { targetNames } from '../data/table/shape.js';
import { listed } from '../data/table/table.js';
import type { JobColumn, JobFile } from '../jobs/job-file.js';
import { shapeFor, shapeOfForm, type TableForm } from '../jobs/table-form.js';

/** '"class", one of 3 classes', '"price", a number'. */
function targetWords(data: TableForm): string {
  const targets = targetNames(shapeOfForm(data));
  if (data.classes) return `${listed(targets)}, one of ${data.classes.length} classes`;
  return targets.length === 1 ? `${listed(targets)}, a number` : `${listed(targets)}, numbers`;
}

/** What an owner has of each row: '4 columns, and "price", a number', or its own columns of all rows. */
export function columnsWords(data: TableForm, role: string): string {
  const shape = shapeFor(data, role);
  const count = `${shape.columns.length} ${shape.columns.length === 1 ? 'column' : 'columns'}`;
  const divided = data.owners ? ' of all rows' : '';
  return `${count}${divided}, ${shape.target === null ? 'without the target' : `and ${targetWords(data)}`}`;
}

/** How an owner's files are read, where a name alone does not say it. */
export function aboutCells({ data, task }: JobFile, role: string): string[] {
  if (data.kind === 'images') return [];
  const shape = shapeFor(data, role);
  const own = shape.columns.map(({ name }) => name);
  const columns = data.columns.filter((column) => own.includes(nameOf(column)));
  const texts = columns.flatMap((column) =>
    typeof column !== 'string' && column.kind === 'category' ? [column] : [],
  );
  const missing = (fits: (rule: unknown) => boolean): string[] =>
    columns.filter((column) => fits(ruleOf(column))).map(nameOf);
  const [dropped, zeros] = [missing((rule) => rule === 'drop'), missing((rule) => rule === 'zeros')];
  const filled = columns.flatMap((column) => {
    const rule = ruleOf(column);
    return typeof rule === 'number' ? [`${rule} in "${nameOf(column)}"`] : [];
  });
  const whose = data.owners ? 'its training rows' : 'the training rows of all owners';
  const unlabelled = data.missingTarget === 'drop' && task !== 'predict' ? targetNames(shape) : [];
  return [
    ...(data.key === undefined
      ? []
      : [`puts its rows in the order of "${data.key}", which nobody else sees`]),
    ...(data.owners && data.scaling === 'standardise' ? ['scales its columns by their own statistics'] : []),
    ...texts.map(
      ({ name, categories, unknown }) =>
        `reads "${name}" as one of ${listed(categories)}${unknown === 'zeros' ? ', or none of them' : '; another text is refused'}`,
    ),
    ...(filled.length > 0 ? [`puts for a missing number ${list(filled)}`] : []),
    ...(['mean', 'median'] as const).flatMap((joint) => {
      const these = missing((rule) => rule === joint);
      return these.length > 0
        ? [`puts for a missing number in ${listed(these)} the ${joint} over ${whose}`]
        : [];
    }),
    ...(zeros.length > 0 ? [`takes a missing text of ${listed(zeros)} for none of the categories`] : []),
    ...(dropped.length + unlabelled.length > 0
      ? [`leaves out rows without ${listed([...dropped, ...unlabelled])}`]
      : []),
  ];
}

const nameOf = (column: JobColumn): string => (typeof column === 'string' ? column : column.name);
const ruleOf = (column: JobColumn): string | number | undefined =>
  typeof column === 'string' ? undefined : column.missing;

/** What an owner's files have brought: '120 rows to train and 30 to test, 7 inputs each'. */
export function describeRows({ data, task }: JobFile, sets: readonly Dataset[]): string {
  const rows = data.kind === 'images' ? 'images' : 'rows';
  const [first, second] = sets;
  const counts =
    task === 'train' ? `${first.rows} ${rows} to train and ${second.rows} to test` : `${first.rows} ${rows}`;
  return `${counts}, ${first.features} inputs each`;
}

/** 'alice, bob and carol'. */
export const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
