/** Dividing a table that lies in one place among owners, to act out a training whose rows or columns lie with several. */
import { checkArray, checkNumber, checkOptions, checkTexts } from '../options.js';
import { checkSets, type Dataset, selectRows } from './dataset.js';
import { checkTable, isTable, type Table, type TableColumn } from './table/table.js';

/**
 * The rows of a data set or a table among owners: in turn, or by parts that sum to 1. Each owner's rows are spread over the whole
 * in its order, so that rows sorted by class go to all. `['alice', 'bob']` gives alice the first row, bob the second and so
 * on; `{ alice: 0.75, bob: 0.25 }` gives bob every fourth.
 * @throws RangeError for no owner, an owner twice, parts that do not sum to 1, and an owner who would have no row
 */
export function divideRows<T extends Dataset | Table>(
  data: T,
  owners: readonly string[] | Readonly<Record<string, number>>,
): Record<string, T> {
  if (!isTable(data)) checkSets('divideRows', data);
  const parts = partsOf(owners);
  const rows = parts.map((): number[] => []);
  for (let row = 0; row < data.rows; row++) {
    let behind = 0;
    const lag = (p: number): number => parts[p][1] * (row + 1) - rows[p].length;
    for (let p = 1; p < parts.length; p++) if (lag(p) > lag(behind) + 1e-9) behind = p;
    rows[behind].push(row);
  }
  return Object.fromEntries(
    parts.map(([owner], p) => {
      if (rows[p].length === 0) {
        throw new RangeError(`divideRows: ${data.rows} rows are too few for ${owner} to have one`);
      }
      return [owner, selectRows(data, rows[p])];
    }),
  );
}

function partsOf(
  owners: readonly string[] | Readonly<Record<string, number>>,
): (readonly [string, number])[] {
  if (Array.isArray(owners)) {
    checkTexts('divideRows: owners', owners);
    if (owners.length === 0) throw new RangeError('divideRows: no owner');
    if (new Set(owners).size < owners.length) throw new RangeError('divideRows: an owner stands there twice');
    return owners.map((owner) => [owner, 1 / owners.length]);
  }
  checkOptions('divideRows: owners', owners, Object.keys(Object(owners)));
  const parts = Object.entries(owners as Readonly<Record<string, number>>);
  if (parts.length === 0) throw new RangeError('divideRows: no owner');
  for (const [owner, part] of parts) {
    checkNumber(`divideRows: owners.${owner}`, part);
    if (!(part > 0)) throw new RangeError(`divideRows: owners.${owner} must be more than 0`);
  }
  const sum = parts.reduce((total, [, part]) => total + part, 0);
  if (!(Math.abs(sum - 1) < 1e-9)) throw new RangeError('divideRows: the parts must sum to 1');
  return parts;
}

/**
 * The columns of a table among owners, all rows to each: `{ alice: ['age', 'outcome'], bob: ['pressure'] }`. Who has the target is
 * the one who names it; keys go to all.
 *
 * On shares each owner shares its own inputs ({@link toInputs}) of the same rows in the same order, and
 * `alice.concat(bob, 1)` joins them: see {@link alignRows}.
 * @throws RangeError for a column that is not there, has two owners or none, and for an owner without a column
 */
export function divideColumns(
  table: Table,
  owners: Readonly<Record<string, readonly string[]>>,
): Record<string, Table> {
  checkTable('divideColumns', table);
  checkOptions('divideColumns: owners', owners, Object.keys(Object(owners)));
  const all = [...table.columns, ...table.targets].map(({ name }) => name);
  const ownerOf = new Map<string, string>();
  for (const [owner, names] of Object.entries(owners)) {
    checkArray(`divideColumns: owners.${owner}`, names);
    checkTexts(`divideColumns: owners.${owner}`, names);
    for (const name of names) {
      if (!all.includes(name)) throw new RangeError(`divideColumns: owners.${owner}: no column "${name}"`);
      const before = ownerOf.get(name);
      if (before !== undefined) {
        throw new RangeError(`divideColumns: column "${name}" goes to ${before} and to ${owner}`);
      }
      ownerOf.set(name, owner);
    }
  }
  for (const name of all) {
    if (!ownerOf.has(name)) throw new RangeError(`divideColumns: column "${name}" goes to nobody`);
  }
  const targetOwners = new Set(table.targets.map(({ name }) => ownerOf.get(name)));
  if (targetOwners.size > 1) throw new RangeError('divideColumns: the targets go to several owners');
  return Object.fromEntries(
    Object.keys(owners).map((owner) => {
      const own = ({ name }: TableColumn): boolean => ownerOf.get(name) === owner;
      const columns = table.columns.filter(own);
      const targets = table.targets.filter(own);
      if (columns.length === 0) throw new RangeError(`divideColumns: ${owner} has no column to learn from`);
      return [owner, { ...table, columns, targets, task: targets.length > 0 ? table.task : null }];
    }),
  );
}
