/** The command `job init table`: a job on a table of one's own, for roles on machines of their own. */
import { type DividedTable, tableDefaults } from '../jobs/table.js';
import { formOfShape, keysDigest, strictShape, type TableForm } from '../jobs/table-form.js';
import { command } from './command.js';
import { ABOUT, apart, init, place } from './job-init.js';
import { clientsOf } from './job-roles.js';
import { given } from './jobs.js';
import {
  dividedTable,
  networkOptions,
  ownerFiles,
  type TableValues,
  tableOptions,
  targetsOf,
  variedOptions,
} from './table-options.js';
import { UsageError } from './usage.js';

const NAME = 'job init table';

export const jobInitTable = command({
  name: NAME,
  operands: ['FILE'],
  summary: 'write a job on a table of your own, with keys and rows for all roles',
  about: [
    ABOUT,
    '',
    'FILE can be a file an owner, alice=a.csv:bob=b.csv, with the same columns: each keeps its rows, and the categories are those of all.',
    'The job lists what owners must agree on before they train together: columns, the categories of texts, classes, what stands',
    'in for missing cells. Here these are taken from FILE; people who never put their rows together write them by hand. With',
    '--missing mean no number stands there: it is the mean over all owners, which the parties compute; with --missing median likewise,',
    'where FILE is a file an owner.',
  ].join('\n'),
  options: { ...place, ...tableOptions, ...variedOptions, ...networkOptions },
  async run(asked, [file]) {
    const [where, options] = apart(asked);
    const { clients } = where;
    given(NAME, '--out', where.out);
    targetsOf(NAME, options.target);
    if (clients !== undefined && options.rows !== undefined) {
      throw new UsageError(`${NAME}: --rows and --clients: the rows are either parties' or clients'`);
    }
    if (clients !== undefined && (await ownerFiles(NAME, file, { ...options, rows: undefined })))
      throw new UsageError(`${NAME}: --clients: each owner has rows of its own, in a file`);
    const names = clients === undefined ? null : clientsOf(NAME, tableDefaults.owners, clients);
    if (clients !== undefined && options.columns !== undefined) {
      throw new UsageError(`${NAME}: --columns and --clients: columns are the parties' own`);
    }
    const values = { ...options, rows: names ?? options.rows };
    const { job, shape, tables } = await dividedTable(NAME, file, values);
    const owned = names
      ? { ...job, parties: tableDefaults.owners, session: { ...job.session, clients: names } }
      : job;
    const read = Object.values(tables).flatMap(({ train, test }) => [train, test]);
    const strict = formOfShape(strictShape(shape, read));
    const form = options.columns ? { ...whole(strict), ...(await ownersOf(tables, options)) } : strict;
    return init(NAME, owned, form, where, tables);
  },
});

/** Nobody can leave out a row of which others have columns: those that were left out here are in no owner's file. */
function whole({ missingTarget: _, ...form }: TableForm): TableForm {
  const columns = form.columns.map((column) => {
    if (typeof column === 'string' || column.missing !== 'drop') return column;
    const { missing: __, ...kept } = column;
    return kept.kind === 'number' ? kept.name : kept;
  });
  return { ...form, columns };
}

/** Who has which columns, and by which keys their rows are in one order; nothing where rows are divided. */
async function ownersOf(
  tables: DividedTable['tables'],
  { columns, key }: Pick<TableValues, 'columns' | 'key'>,
): Promise<Pick<TableForm, 'owners' | 'key' | 'keys'>> {
  if (columns === undefined) return {};
  const owners = Object.entries(tables).map(([owner, { train }]) => {
    return [owner, [...train.columns, ...train.targets].map(({ name }) => name)] as const;
  });
  const [{ train, test }] = Object.values(tables);
  const digests =
    key !== undefined && train.keys && test.keys
      ? { key, keys: { train: await keysDigest(train.keys), test: await keysDigest(test.keys) } }
      : {};
  return { owners: Object.fromEntries(owners), ...digests };
}
