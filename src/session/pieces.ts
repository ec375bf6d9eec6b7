/** How owners' numbers go to the roles: small tensors at once, large ones piece by piece, stored outside wasm memory. */
import type { Numbers } from '../role/command.js';
import { sizeOf } from '../shape.js';
import type { Brought } from './rows.js';
import type { SessionRoles } from './session-roles.js';

/** Numbers that go to the roles at a time; larger tensors are stored outside wasm memory. */
export const PIECE = 2 ** 20;

/** Queues one owner's numbers. @returns the number of the value */
export function shareWhole(roles: SessionRoles, { owner, values, shape }: Brought): number {
  const number = roles.number();
  if (sizeOf(shape) <= PIECE || shape.length === 0) {
    const args = { owner, shape };
    roles.send({ name: 'share', out: number, args }, payloads(owner, values?.slice() ?? null));
  } else {
    for (const _ of storePieces(roles, number, [{ owner, values, shape }], shape, PIECE)) roles.flush();
  }
  return number;
}

/** Queues the filling of a stored tensor of `shape`, at most about `piece` numbers before each yield. */
export function* storePieces(
  roles: SessionRoles,
  number: number,
  parts: readonly Brought[],
  shape: readonly number[],
  piece: number,
): Iterable<void> {
  const width = sizeOf(shape.slice(1));
  const step = Math.max(1, Math.floor(piece / width));
  let start = 0;
  for (const { owner, values, shape: own } of parts) {
    const end = start + own[0];
    for (let from = 0; start < end; from += step) {
      const rows = Math.min(step, end - start);
      const part = values?.slice(from * width, (from + rows) * width) ?? null;
      const args = { owner, shape, start, rows };
      roles.send({ name: 'shareRows', out: number, args }, payloads(owner, part));
      start += rows;
      yield;
    }
  }
}

/** An owner's numbers, for its role alone. */
const payloads = (owner: string, values: Numbers | null): Readonly<Record<string, Numbers>> =>
  values ? { [owner]: values } : {};
