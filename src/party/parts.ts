/**
 * Rounds in which much is opened, among more than two parties: each adds the summands of one part of it and sends the others the
 * sums, as reduce-scatter and all-gather do (R. Thakur, R. Rabenseifner, W. Gropp, Optimization of Collective Communication
 * Operations in MPICH, 2005). It takes a round more, and of B bytes a party sends 2(n − 1)/n·B instead of (n − 1)·B.
 */
import { BLOCK, highBytes } from '../../bindings/high-bits.js';
import type { Opening, Secure } from './program.js';

/** Bytes that a round more must save each party: what takes 20 ms at 100 Mbit/s, the delay of a long line. */
export const LEAST_SAVED = 2 ** 18;
/** What is cut between: words of either ring, and blocks of bit planes. */
const GRAIN = 64;

/** Whether a round of `bytes` bytes goes through adders. Never with two parties: nothing is saved there. */
export const throughAdders = (bytes: number, parties: number): boolean =>
  (bytes * (parties - 1) * (parties - 2)) / parties >= LEAST_SAVED;

/** Bytes opened in a round, of what can go through adders. Alike at every role. */
export const openedBytes = (openings: readonly Opening[]): number =>
  openings.reduce((sum, { bytes, integers }) => sum + (integers === undefined ? bytes : 0), 0);

/** A protocol among more than two parties. @param inParts the rounds of openings that go through adders, instead of their own */
export function* parted<T>(
  program: Pick<Secure<T>, 'next'>,
  parties: number,
  inParts: (openings: readonly Opening[]) => Secure<void>,
): Secure<T> {
  for (;;) {
    const step = program.next();
    if (step.done) return step.value;
    if (throughAdders(openedBytes(step.value), parties)) yield* inParts(step.value);
    else yield step.value;
  }
}

/** The parts of openings, one a party, of which the last party's is the largest. Integers are not cut. */
export const cut = (openings: readonly Opening[], parties: number, wordBytes: number): Opening[] =>
  openings.flatMap((opening) => {
    const { ptr, bytes, narrow } = opening;
    if (opening.integers !== undefined) return opening;
    const grain = narrow ? highBytes(BLOCK, narrow.width) : GRAIN;
    const grains = Math.floor(bytes / grain);
    const end = (adder: number) => Math.floor((adder * grains) / parties);
    return Array.from({ length: parties }, (_, adder): Opening => {
      const [from, to] = [end(adder), end(adder + 1)];
      const last = adder === parties - 1;
      const part = { ptr: ptr + from * grain, bytes: last ? bytes - from * grain : (to - from) * grain };
      if (!narrow) return { ...opening, ...part, adder };
      const words = {
        ptr: narrow.words.ptr + from * BLOCK * wordBytes,
        length: last ? narrow.words.length - from * BLOCK : (to - from) * BLOCK,
      };
      return { ...opening, ...part, adder, narrow: { ...narrow, words } };
    });
  });

/** Whether party `from` sends party `to` what it has of an opening: all of them, summands to the adder, sums from it. */
export const crosses = ({ adder, sums }: Opening, from: number, to: number): boolean =>
  adder === undefined || adder === (sums ? from : to);

/** Bytes that party `from` sends in a round, to all others together. */
export function sentBytes(openings: readonly Opening[], from: number, parties: number): number {
  let sum = 0;
  for (const opening of openings) {
    if (opening.adder === undefined) sum += opening.bytes * (parties - 1);
    else
      for (let to = 0; to < parties; to++)
        if (to !== from && crosses(opening, from, to)) sum += opening.bytes;
  }
  return sum;
}
