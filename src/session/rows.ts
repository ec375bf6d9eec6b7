/** Rows that several owners bring to one tensor, checked before any is sent. */
import type { RingBits } from '../../bindings/ring.js';
import { checkArray, checkInteger, checkOptions, checkShape, kindOf } from '../options.js';
import { clientsOf } from '../party/agreement.js';
import type { Numbers } from '../role/command.js';
import type { Roles } from '../role/roles.js';
import { sizeOf } from '../shape.js';
import { floats, type NumberArray } from './clear-numbers.js';
import { checkTensor } from './validate.js';

/** Rows that one owner brings to a tensor of several. */
export interface RowsOfOwner {
  /** A party, the model owner, or a client. */
  readonly owner: string;
  /** Its rows, one after the other; null where it is not here. */
  readonly values: NumberArray | readonly number[] | null;
  /** How many rows, where it is not here. */
  readonly rows?: number;
}

/** An owner's numbers as they are shared; null where the owner is not here. */
export interface Brought {
  readonly owner: string;
  readonly values: Numbers | null;
  readonly shape: readonly number[];
}

/** What the check asks the session. */
export interface Place {
  readonly ring: RingBits;
  readonly fractionBits: number;
  readonly isHere: (owner: string) => boolean;
  readonly checkOwner: (owner: string) => void;
}

/** @throws TypeError or RangeError naming owner, row and column, never a value */
export function checkRows(
  place: Place,
  parts: readonly RowsOfOwner[],
  rowShape: readonly number[],
  columns: readonly string[] | undefined,
): Brought[] {
  checkArray('shareRows: parts', parts);
  checkShape('shareRows: rowShape', rowShape, 0);
  if (parts.length === 0) throw new RangeError('shareRows: no owner');
  return parts.map((part, i) => {
    const { values, ...rest } = Object(part) as RowsOfOwner;
    checkOptions(`shareRows: part ${i}`, values === null ? rest : part, ['owner', 'values', 'rows']);
    return checkPart(place, part, rowShape, columns);
  });
}

function checkPart(
  { ring, fractionBits, isHere, checkOwner }: Place,
  { owner, values, rows }: RowsOfOwner,
  rowShape: readonly number[],
  columns: readonly string[] | undefined,
): Brought {
  checkOwner(owner);
  const name = `shareRows: ${owner}`;
  if (!isHere(owner)) {
    if (values !== null) throw new TypeError(`${name}: is not here, so its rows cannot be; give null`);
    checkInteger(`${name}: rows`, rows, 1);
    return { owner, values: null, shape: [rows, ...rowShape] };
  }
  const typed = ArrayBuffer.isView(values);
  if (!Array.isArray(values) && !typed) {
    throw new TypeError(`${name}: expected flat numbers, got ${kindOf(values)}`);
  }
  const flat = typed ? floats(name, values) : values;
  const count = flat.length / sizeOf(rowShape);
  if (!Number.isInteger(count)) {
    throw new RangeError(`${name}: ${flat.length} numbers are no whole rows of shape [${rowShape}]`);
  }
  if (rows !== undefined && rows !== count) {
    throw new RangeError(`${name}: has ${count} rows, not ${rows}`);
  }
  const checked = checkTensor(name, flat, ring, fractionBits, [count, ...rowShape], columns);
  return { owner, ...checked };
}

/** @throws TypeError for what is no owner of numbers, or has left */
export function checkOwner(
  operation: string,
  owner: string,
  roles: Pick<Roles, 'settings' | 'hasLeft'>,
): void {
  const { parties } = roles.settings;
  if (roles.hasLeft(owner)) throw new TypeError(`${operation}: ${owner} has left the session`);
  const clients = clientsOf(roles.settings);
  if (parties.includes(owner) || clients.includes(owner)) return;
  const apart = clients.map((name) => ` or "${name}"`).join('');
  if (typeof owner !== 'string') {
    throw new TypeError(`${operation}: owner must be the name of a party${apart}, got ${kindOf(owner)}`);
  }
  throw new TypeError(
    `${operation}: no party named "${owner}" (parties: ${parties.join(', ')}${apart && `;${apart}`})`,
  );
}
