/**
 * aggregate: every party's private integers, and those of clients → their sums, opened to all parties. One round, 8 bytes a
 * number and peer, and 8 a number and client to the last party; the provider takes no part. Arithmetic modulo 2^(64 · words), whatever
 * the session's ring. What a client brings it shares among the parties, who add its summands to their own.
 *
 * Each pair i < j expands a seed it shares; Pᵢ adds the words, Pⱼ subtracts them. So what the parties send is uniform
 * apart from its sum (pairwise masks as in Bonawitz et al. 2017, section 4, without drop-outs). The sums are opened whatever
 * they are of: with two parties, each can compute the other's number from the sum, and a number over one row is that row.
 * Refusing sums over few rows is left to the caller (see jobs/statistics.ts).
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';

/**
 * @param values integers of this party, |Σ| < 2^(64 · words − 1), in `length` words; nothing at the provider
 * @param clients those that bring as many
 * @param words of one integer, low first
 */
export const aggregate = (
  rt: Runtime,
  values: BigInt64Array | undefined,
  length: number,
  clients: readonly string[],
  words = 1,
): Secure<BigInt64Array | null> => rt.sumOfParties('aggregate', values ?? null, length, clients, words);
