/** The command `job init table`: a job on a table of one's own, for roles on machines of their own. */
import { tableDefaults } from '../jobs/table.js';
import { formOfShape, strictShape } from '../jobs/table-form.js';
import { command } from './command.js';
import { ABOUT, clientsOf, init, place } from './job-init.js';
import { given } from './jobs.js';
import { dividedTable, networkOptions, tableOptions, targetsOf, variedOptions } from './table-options.js';
import { UsageError } from './usage.js';

const NAME = 'job init table';
const { columns: _, ...byRows } = tableOptions;

export const jobInitTable = command({
  name: NAME,
  operands: ['FILE'],
  summary: 'write a job on a table of your own, with keys and rows for all roles',
  about: [
    ABOUT,
    '',
    'The job lists what owners must agree on before they train together: columns, the categories of texts, classes, what stands',
    'in for missing cells. Here these are taken from FILE; people who never put their rows together write them by hand.',
  ].join('\n'),
  options: { ...place, ...byRows, ...variedOptions, ...networkOptions },
  async run({ out, host, port, clients, 'save-as': saveAs, metrics, ...options }, [file]) {
    given(NAME, '--out', out);
    targetsOf(NAME, options.target);
    if (clients !== undefined && options.rows !== undefined) {
      throw new UsageError(`${NAME}: --rows and --clients: the rows are either parties' or clients'`);
    }
    const names = clients === undefined ? null : clientsOf(NAME, tableDefaults.owners, clients);
    const values = { ...options, columns: undefined, rows: names ?? options.rows };
    const { job, shape, tables } = await dividedTable(NAME, file, values);
    const owned = names
      ? { ...job, parties: tableDefaults.owners, session: { ...job.session, clients: names } }
      : job;
    const read = Object.values(tables).flatMap(({ train, test }) => [train, test]);
    const form = formOfShape(strictShape(shape, read));
    return init(NAME, owned, form, { out, host, port, clients, 'save-as': saveAs, metrics }, tables);
  },
});
