/**
 * What an operation costs, declared beside it and compared with the ledger by the tests.
 * Frame headers (8 bytes a message) are not counted.
 */
import { highBytes } from '../../bindings/high-bits.js';
import type { RingBits } from '../../bindings/ring.js';
import { throughAdders } from '../party/parts.js';

/** What is opened in one round, before it is known whether it goes through adders. */
interface Opened {
  readonly bytes: number;
  readonly parties: number;
}

const OPENED = Symbol('opened');

export interface Cost {
  /** Rounds of openings. */
  readonly rounds: number;
  /** Bytes a party sends in openings, to all its peers together; the mean of all parties where they go through adders. */
  readonly online: number;
  /** Bytes the provider sends to the parties, to all of them together. */
  readonly dealt: number;
  /** What the sums are made of, round by round: side by side, more goes through adders. */
  readonly [OPENED]?: readonly Opened[];
}

/** The cost of rounds. */
function made(opened: readonly Opened[], dealt: number): Cost {
  let [rounds, sent] = [0, 0]; // by all parties, so that it is whole bytes
  for (const { bytes, parties } of opened) {
    const through = throughAdders(bytes, parties);
    rounds += through ? 2 : 1;
    sent += bytes * (through ? 2 : parties) * (parties - 1);
  }
  return { rounds, online: sent / (opened[0]?.parties ?? 1), dealt, [OPENED]: opened };
}

const openedOf = (cost: Cost): readonly Opened[] => cost[OPENED] ?? [];

/** What costs depend on besides sizes. */
export interface Setting {
  readonly bits: RingBits;
  readonly parties: number;
  /** See `Agreement`. */
  readonly fewRounds?: boolean;
}

export const free: Cost = made([], 0);

/** Bytes of `count` ring words. */
export const wordBytes = (at: Setting, count: number): number => (count * at.bits) / 8;

/** Opening `bytes` bytes: one round, the bytes to each of the other parties, or two through adders (party/parts.ts). */
export const opening = ({ parties }: Setting, bytes: number): Cost => made([{ bytes, parties }], 0);

/** Opening the top `width` bits of `count` words. */
export const narrowOpening = (at: Setting, count: number, width: number): Cost =>
  opening(at, highBytes(count, width));

/** Dealing `bytes` bytes. */
export const dealing = (bytes: number): Cost => made([], bytes);

const dealtOf = (costs: readonly Cost[]): number => costs.reduce((sum, { dealt }) => sum + dealt, 0);

/** One after the other. */
export const sequence = (...costs: readonly Cost[]): Cost => made(costs.flatMap(openedOf), dealtOf(costs));

/** Side by side, in the same rounds. */
export const parallel = (...costs: readonly Cost[]): Cost => {
  const all = costs.map(openedOf);
  const rounds = Math.max(0, ...all.map(({ length }) => length));
  const together = Array.from({ length: rounds }, (_, round): Opened => {
    const opened = all.flatMap((of) => of[round] ?? []);
    return { bytes: opened.reduce((sum, { bytes }) => sum + bytes, 0), parties: opened[0].parties };
  });
  return made(together, dealtOf(costs));
};
