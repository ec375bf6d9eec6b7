/**
 * What an operation costs, declared beside it and compared with the ledger by the tests.
 * Frame headers (8 bytes a message) are not counted.
 */
import { highBytes } from '../../bindings/high-bits.js';
import type { RingBits } from '../../bindings/ring.js';

export interface Cost {
  /** Rounds of openings. */
  readonly rounds: number;
  /** Bytes each party sends in openings, to all its peers together. */
  readonly online: number;
  /** Bytes the provider sends to the parties, to all of them together. */
  readonly dealt: number;
}

/** What costs depend on besides sizes. */
export interface Setting {
  readonly bits: RingBits;
  readonly parties: number;
}

export const free: Cost = { rounds: 0, online: 0, dealt: 0 };

/** Bytes of `count` ring words. */
export const wordBytes = (at: Setting, count: number): number => (count * at.bits) / 8;

/** Opening `bytes` bytes: one round, the bytes to each of the other parties. */
export const opening = (at: Setting, bytes: number): Cost => ({
  rounds: 1,
  online: bytes * (at.parties - 1),
  dealt: 0,
});

/** Opening the top `width` bits of `count` words. */
export const narrowOpening = (at: Setting, count: number, width: number): Cost =>
  opening(at, highBytes(count, width));

/** Dealing `bytes` bytes. */
export const dealing = (bytes: number): Cost => ({ rounds: 0, online: 0, dealt: bytes });

/** One after the other. */
export const sequence = (...costs: readonly Cost[]): Cost =>
  costs.reduce(
    (sum, cost) => ({
      rounds: sum.rounds + cost.rounds,
      online: sum.online + cost.online,
      dealt: sum.dealt + cost.dealt,
    }),
    free,
  );

/** Side by side, in the same rounds. */
export const parallel = (...costs: readonly Cost[]): Cost => ({
  ...sequence(...costs),
  rounds: Math.max(0, ...costs.map((cost) => cost.rounds)),
});
