/**
 * beaverdam/sharing: additive secret sharing in its plainest form: split a number into shares none of which says
 * anything, add, multiply, join. To see and to teach how it works; sessions do the same on whole tensors, in wasm,
 * between threads.
 *
 *     const [x, y] = [split(3, 2), split(4.5, 2)];
 *     join(addShares(x, y)); // 7.5
 *     join(multiplyShares(x, y, dealTriple(2)).product); // 13.5
 *
 * A number x is the integer round(x·2^f) modulo 2^64, and its shares are integers that sum to it. All but the last
 * are drawn at random, so that any shares but all are uniform and say nothing of x.
 *
 * Adding is adding share by share. Multiplying needs a triple (a, b, c = a·b) of random numbers that a dealer has
 * split beforehand, without knowing what it will be used for (D. Beaver, "Efficient multiparty protocols using circuit
 * randomization", CRYPTO '91):
 *
 *     open d = x − a, e = y − b          uniform, since a and b are
 *     x·y = c + d·b + e·a + d·e          share by share, d·e added by the first party
 *
 * Nothing is rounded after a product: its scale is the sum of its factors' scales, and its range shrinks accordingly.
 */
import { checkArray, checkInteger, checkOptions } from './options.js';

/** A number in shares, one a party. */
export interface SharedNumber {
  /** Integers modulo 2^64, signed. */
  readonly shares: readonly bigint[];
  /** The number is the sum of the shares, modulo 2^64 and signed, divided by 2^fractionBits. */
  readonly fractionBits: number;
}

/** One party's part of a triple is aᵢ, bᵢ, cᵢ; a·b = c modulo 2^64. Hides one product. */
export interface Triple {
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
  readonly c: readonly bigint[];
}

/** What the parties send each other in a multiplication, and all see. */
export interface Openings {
  /** x − a. */
  readonly d: bigint;
  /** y − b. */
  readonly e: bigint;
}

const BITS = 64;
const wrap = (value: bigint): bigint => BigInt.asIntN(BITS, value);
const sum = (values: readonly bigint[]): bigint => wrap(values.reduce((total, value) => total + value, 0n));

/** `count` uniform integers modulo 2^64 from the system's generator. */
const random = (count: number): bigint[] => [...crypto.getRandomValues(new BigInt64Array(count))];

/** An integer in `parties` shares. */
function splitInteger(value: bigint, parties: number): bigint[] {
  checkInteger('split: parties', parties, 2);
  const shares = random(parties - 1);
  return [...shares, wrap(value - sum(shares))];
}

/**
 * Splits a number into shares.
 * @param x |x| < 2^(63 − fractionBits); rounded to a multiple of 2^−fractionBits
 * @param parties number of shares, 2 or more
 * @throws TypeError when x is no number, RangeError when it does not fit
 */
export function split(x: number, parties = 3, options: { fractionBits?: number } = {}): SharedNumber {
  checkOptions('split', options, ['fractionBits']);
  const { fractionBits = 16 } = options;
  if (typeof x !== 'number') throw new TypeError('split: expected a number');
  checkInteger('split: fractionBits', fractionBits, 0, 62);
  if (!(Math.abs(x) < 2 ** (63 - fractionBits))) {
    throw new RangeError(`split: the number must be below 2^${63 - fractionBits} in magnitude`);
  }
  return { shares: splitInteger(BigInt(Math.round(x * 2 ** fractionBits)), parties), fractionBits };
}

/** The number whose shares these are; all of them are needed. Exact as far as float64 goes. */
export function join(x: SharedNumber): number {
  checkOptions('join', x, ['shares', 'fractionBits']);
  checkArray('join: shares', x.shares);
  return Number(sum(x.shares)) / 2 ** x.fractionBits;
}

/**
 * x + y. Each party adds its two shares; nothing is sent.
 * @throws RangeError when the scales or the numbers of parties differ
 */
export function addShares(x: SharedNumber, y: SharedNumber): SharedNumber {
  for (const shared of [x, y]) checkOptions('addShares', shared, ['shares', 'fractionBits']);
  checkParties('addShares', x.shares, y.shares);
  if (x.fractionBits !== y.fractionBits) {
    throw new RangeError(`addShares: scales differ (${x.fractionBits} and ${y.fractionBits} fraction bits)`);
  }
  return {
    shares: x.shares.map((share, i) => wrap(share + y.shares[i])),
    fractionBits: x.fractionBits,
  };
}

/** What a dealer does beforehand: a triple for one product of `parties` parties. */
export function dealTriple(parties: number): Triple {
  const [a, b] = random(2);
  return {
    a: splitInteger(a, parties),
    b: splitInteger(b, parties),
    c: splitInteger(wrap(a * b), parties),
  };
}

const used = new WeakSet<Triple>();

/**
 * x · y, and what was opened on the way. |x·y| < 2^(63 − the sum of the fraction bits).
 * @throws TypeError when the triple has been used: a second product would open differences of the factors
 * @throws RangeError when the numbers of parties differ or the product's scale leaves no room
 */
export function multiplyShares(
  x: SharedNumber,
  y: SharedNumber,
  triple: Triple,
): { product: SharedNumber; opened: Openings } {
  for (const shared of [x, y]) checkOptions('multiplyShares', shared, ['shares', 'fractionBits']);
  checkOptions('multiplyShares: triple', triple, ['a', 'b', 'c']);
  const { a, b, c } = triple;
  checkParties('multiplyShares', x.shares, y.shares, a, b, c);
  const fractionBits = x.fractionBits + y.fractionBits;
  if (fractionBits > 62) {
    throw new RangeError(`multiplyShares: ${fractionBits} fraction bits leave no room in 64 bits`);
  }
  if (used.has(triple)) throw new TypeError('multiplyShares: a triple hides one product only');
  used.add(triple);
  const d = sum(x.shares.map((share, i) => share - a[i]));
  const e = sum(y.shares.map((share, i) => share - b[i]));
  const shares = x.shares.map((_, i) => wrap(c[i] + d * b[i] + e * a[i] + (i === 0 ? d * e : 0n)));
  return { product: { shares, fractionBits }, opened: { d, e } };
}

function checkParties(operation: string, ...lists: readonly (readonly bigint[])[]): void {
  const counts = new Set(lists.map((list) => list.length));
  if (counts.size > 1) {
    throw new RangeError(`${operation}: numbers of parties differ (${[...counts].join(', ')})`);
  }
}
