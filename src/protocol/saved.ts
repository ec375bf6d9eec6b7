/**
 * saved: ⟨x⟩ or [x] → each party's summand as bytes, to keep outside the run; and back. A share is settled first (1 word dealt
 * a value) and gets fresh summands from seeds that parties share in pairs, so that what a party keeps is uniform whatever x is,
 * tells the provider nothing, and holds no mask. restored: the bytes → [x], settled; local. Masked values are opened from
 * there under fresh masks (1 round, 1 word online a value).
 *
 * publicNumber: 128 bits that are public and uniform, to know one saving from another: random bits of all parties, opened. 1
 * round, 16 bytes online a peer.
 *
 * sameEverywhere: the parties show each other 16 public bytes. 1 round, 16 bytes online for each party.
 */
import { ProtocolError } from '../errors.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { type Cost, dealing, opening, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { asSettledShare } from './linear.js';
import { openCost } from './open.js';
import { copyShare } from './sums.js';

/** Bytes of {@link publicNumber} and {@link sameEverywhere}. */
export const NUMBER_BYTES = 16;

/** Cost of saving values of which `shares` words are in shares that are not settled, with a public number. */
export const saveCost = (at: Setting, shares: number): Cost =>
  sequence(dealing(wordBytes(at, shares)), opening(at, NUMBER_BYTES));

/** Cost of making values of saved bytes again, of which `masked` words are masked, once all have the same number. */
export const restoreCost = (at: Setting, masked: number): Cost =>
  parallel(opening(at, NUMBER_BYTES * at.parties), openCost(at, masked, true));

/** A party's summand; null at the provider. The value stays what it is. */
export function saved(rt: Runtime, value: Masked | Share): Uint8Array | null {
  const share = value instanceof Masked ? asSettledShare(rt, value) : rt.settle(copyShare(rt, value));
  rt.refresh(share);
  const bytes = share.words && rt.heap.bytes(share.words.ptr, share.size * rt.ring.bytes).slice();
  rt.free(share);
  return bytes;
}

/**
 * Looks whether a party has brought a saving's number and all its bytes, which the provider has none of.
 * @throws RangeError by its name where it has not
 */
export function checkBrought(
  rt: Runtime,
  number: Uint8Array | null,
  bytes: Uint8Array | null,
  wanted: number,
  label: string,
): void {
  if (rt.isProvider || !rt.hasNumbers) return;
  if (number?.length === NUMBER_BYTES && bytes?.length === wanted) return;
  throw new RangeError(`${label}: ${rt.name} brought ${bytes?.length ?? 0} bytes, not ${wanted}`);
}

/** @param bytes what {@link saved} returned; not read at the provider */
export function restored(rt: Runtime, bytes: Uint8Array | null, shape: Shape, fraction: number): Share {
  const length = sizeOf(shape);
  if (rt.isProvider) return rt.settledShare(null, shape, fraction);
  if (!rt.hasNumbers) return rt.settledShare(rt.words(length), shape, fraction);
  if (bytes?.length !== length * rt.ring.bytes) {
    throw new RangeError(`resume: ${bytes?.length ?? 0} bytes for ${length} words`);
  }
  const words = rt.words(length);
  rt.heap.bytes(words.ptr, bytes.length).set(bytes);
  return rt.settledShare(words, shape, fraction);
}

/** The same bytes at the parties and at the provider, which knows the sum of the parties' random bits. */
export function* publicNumber(rt: Runtime, label: string): Secure<Uint8Array> {
  const bits = rt.maskPlanes(1, 1);
  yield [{ ptr: bits.ptr, bytes: NUMBER_BYTES, join: 'xor', label }];
  const bytes = rt.heap.bytes(bits.ptr, NUMBER_BYTES).slice();
  rt.free(bits);
  return bytes;
}

/**
 * @param number this party's; not read at the provider
 * @throws ProtocolError at the parties that names a party with another number
 */
export function* sameEverywhere(rt: Runtime, number: Uint8Array | null, label: string): Secure<void> {
  const { parties } = rt;
  const table = rt.planes(parties.length, 1);
  const all = rt.heap.bytes(table.ptr, parties.length * NUMBER_BYTES);
  all.fill(0);
  if (number && !rt.isProvider) all.set(number, rt.index * NUMBER_BYTES);
  yield [{ ptr: table.ptr, bytes: all.length, join: 'xor', label }];
  const theirs = rt.heap.bytes(table.ptr, all.length).slice();
  rt.free(table);
  if (!number || rt.isProvider) return;
  const other = parties.find((_, i) => number.some((byte, b) => byte !== theirs[i * NUMBER_BYTES + b]));
  if (other !== undefined) throw new ProtocolError(`${label}: ${other} and ${rt.name} bring different runs`);
}
