/**
 * Functions of a positive number over many powers of two: reciprocal, inverse square root, square root, logarithm.
 * ⟨x⟩ → ⟨f(x)⟩, 3 rounds, in pieces [4ʲ, 4ʲ⁺¹): there f is f on [1, 4) up to a power of two and a constant, so one
 * short table serves all pieces. Outside low ≤ x ≤ high f saturates at its value there.
 *
 *   1/x = 4⁻ʲ · (1/u),   1/√x = 2⁻ʲ · (1/√u),   √x = 2ʲ · √u,   ln x = j ln 4 + ln u,   u = x / 4ʲ
 *
 * Range: in ring 64 |x| < 2^(35 − f), which a comparison of 37 bits allows; with a domain beyond that all that can be
 * multiplied, for a round more.
 *
 * Normalising x to [1, 4) first and scaling the result back needs less dealt bytes but 2 rounds more.
 */
import type { RingBits } from '../../bindings/ring.js';
import { mirrored, stretched, type TrigonometricSum } from './fourier.js';
import * as tables from './fourier-tables.js';
import type { Piece, Piecewise } from './piecewise-plan.js';

/** Where a function holds: low ≤ x ≤ high; low is rounded down to a power of four, high up to one. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

export type PositiveFunction = 'reciprocal' | 'inverseSqrt' | 'sqrt' | 'log';

const LN_4 = 2 * Math.LN2;

interface Shape {
  readonly sums: Readonly<Record<RingBits, TrigonometricSum>>;
  /** Factor and constant that take f on [1, 4) to f on [4ʲ, 4ʲ⁺¹). */
  readonly factor: (j: number) => number;
  readonly constant: (j: number) => number;
  /** f(1) and f(4). */
  readonly ends: readonly [number, number];
}

const shapes: Readonly<Record<PositiveFunction, Shape>> = {
  reciprocal: {
    sums: { 32: tables.RECIPROCAL_32, 64: tables.RECIPROCAL_64 },
    factor: (j) => 4 ** -j,
    constant: () => 0,
    ends: [1, 1 / 4],
  },
  inverseSqrt: {
    sums: { 32: tables.INVERSE_SQRT_32, 64: tables.INVERSE_SQRT_64 },
    factor: (j) => 2 ** -j,
    constant: () => 0,
    ends: [1, 1 / 2],
  },
  sqrt: {
    sums: { 32: tables.SQRT_32, 64: tables.SQRT_64 },
    factor: (j) => 2 ** j,
    constant: () => 0,
    ends: [1, 2],
  },
  log: {
    sums: { 32: tables.LOG_32, 64: tables.LOG_64 },
    factor: () => 1,
    constant: (j) => j * LN_4,
    ends: [0, LN_4],
  },
};

/** The domain when none is given; √x and ln x start at the least positive number. */
export function defaultDomain(name: PositiveFunction, bits: RingBits, fraction: number): Domain {
  const limit = 2 ** (bits - 2 - 2 * fraction);
  const unit = 2 ** -fraction;
  const high = Math.min(name === 'reciprocal' ? 2 ** 10 : 2 ** 12, limit);
  if (name === 'reciprocal') return { low: Math.max(2 ** -10, 4 / limit, unit), high };
  if (name === 'inverseSqrt') return { low: Math.max(2 ** -12, 16 / limit ** 2, unit), high };
  return { low: unit, high };
}

const known = new Map<string, Piecewise>();

/**
 * f as a piecewise function; `signed` (of the reciprocal): also on −high ≤ x ≤ −low.
 * @throws RangeError for a domain that is empty, not positive or finer than the fraction bits, or whose values do not
 *   fit the ring
 */
export function piecesByPowersOfFour(
  name: PositiveFunction,
  bits: RingBits,
  fraction: number,
  domain: Domain = defaultDomain(name, bits, fraction),
  signed = false,
): Piecewise {
  const key = `${name} ${bits} ${fraction} ${domain.low} ${domain.high} ${signed}`;
  const made = known.get(key) ?? makePieces(name, bits, fraction, domain, signed);
  known.set(key, made);
  return made;
}

function makePieces(
  name: PositiveFunction,
  bits: RingBits,
  fraction: number,
  { low, high }: Domain,
  signed: boolean,
): Piecewise {
  if (!(low >= 2 ** -fraction && high > low && high < 2 ** (bits - 1 - fraction))) {
    throw new RangeError(
      `${name}: a domain from ${low} to ${high} does not lie within 2^-${fraction} and 2^${bits - 1 - fraction}`,
    );
  }
  const { sums, factor, constant, ends } = shapes[name];
  let first = -Math.ceil(fraction / 2);
  while (4 ** (first + 1) <= low) first++;
  let last = first + 1;
  while (4 ** last < high) last++;
  if (4 ** last > 2 ** (bits - 2 - fraction)) {
    throw new RangeError(
      `${name}: a domain up to ${high} is compared with ${4 ** last}, beyond the 2^${bits - 2 - fraction} of ring ${bits} ` +
        `with ${fraction} fraction bits: ${bits === 32 ? 'use ring 64, or a smaller domain' : 'use a smaller domain'}`,
    );
  }
  const at = (j: number, end: number): number => end * factor(j) + constant(j);
  const thresholds = [4 ** first];
  const pieces: Piece[] = [{ constant: name === 'sqrt' ? 0 : at(first, ends[0]) }];
  for (let j = first; j < last; j++) {
    const values = ends.map((end) => at(j, end));
    pieces.push({
      sum: stretched(sums[bits], 2 * j, factor(j), constant(j)),
      shift: 0,
      least: Math.min(...values),
      most: Math.max(...values),
    });
    thresholds.push(4 ** (j + 1));
  }
  pieces.push({ constant: at(last - 1, ends[1]) });
  const limit = 2 ** (bits - 2 - 2 * fraction);
  const largest = Math.max(...pieces.map((piece) => ('constant' in piece ? piece.constant : piece.most)));
  if (largest > limit) {
    throw new RangeError(
      `${name}: values up to ${largest} do not fit ring ${bits} with ${fraction} fraction bits (below ${limit}): ` +
        (bits === 32 ? 'use ring 64, or a smaller domain' : 'use a smaller domain'),
    );
  }
  if (!signed) return { name, thresholds, pieces };
  return {
    name,
    thresholds: [...thresholds.map((t) => -t).reverse(), 0, ...thresholds],
    pieces: [...pieces.map(negated).reverse(), ...pieces],
  };
}

/** −f(−x). */
function negated(piece: Piece): Piece {
  if ('constant' in piece) return { constant: -piece.constant };
  const { sum, shift, least, most } = piece;
  return { sum: stretched(mirrored(sum), 0, -1), shift: -shift, least: -most, most: -least };
}
