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
    roles.send({ name: 'share', out: number, args }, payloads(owner, values && copied(values)));
  } else {
    for (const _ of shareParts(roles, number, [{ owner, values, shape }], shape, PIECE)) roles.flush();
  }
  return number;
}

/**
 * Queues the sharing of the parts of a tensor of `shape`: stored outside wasm memory and opened piece by piece where it has more
 * numbers than a piece, at most about so many before each yield; else a whole part before each, all of them opened together.
 */
export function* shareParts(
  roles: SessionRoles,
  number: number,
  parts: readonly Brought[],
  shape: readonly number[],
  piece: number,
): Iterable<void> {
  const width = sizeOf(shape.slice(1));
  const stored = sizeOf(shape) > piece;
  const step = stored ? Math.max(1, Math.floor(piece / width)) : shape[0];
  let start = 0;
  for (const { owner, values, shape: own } of parts) {
    const end = start + own[0];
    for (let from = 0; start < end; from += step) {
      const rows = Math.min(step, end - start);
      const part = values && copied(values.subarray(from * width, (from + rows) * width));
      const args = { owner, shape, start, rows, stored };
      roles.send({ name: 'shareRows', out: number, args }, payloads(owner, part));
      start += rows;
      yield;
    }
  }
}

/** A copy, which roles take over. */
const copied = (values: Numbers): Numbers =>
  values instanceof Float64Array ? new Float64Array(values) : new Float32Array(values);

/** An owner's numbers, for its role alone. */
const payloads = (owner: string, values: Numbers | null): Readonly<Record<string, Numbers>> =>
  values ? { [owner]: values } : {};
