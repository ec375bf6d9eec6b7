/** Statistics that one party knows, told to one role alone, which is to tell numbers in the units of the rows. */
import type { ColumnStatistics } from '../data/scale.js';
import type { Session } from '../session/session.js';

/** The label of what is opened, in lists of disclosures. */
const LABEL = 'scaling of the target';

/** A number is its exponent and its 53 bits, as multiples of the resolution that every ring holds. */
const DIGITS = 6;
const BASE = 2 ** 9;

/** The exponent first, then digits of the mantissa, the largest first, each with the number's sign. */
function digitsOf(value: number): number[] {
  const exponent = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
  let rest = value / 2 ** exponent; // below 1 but for the rounding of the logarithm
  const digits = Array.from({ length: DIGITS }, () => {
    const digit = Math.trunc(rest * BASE);
    rest = rest * BASE - digit;
    return digit;
  });
  return [exponent, ...digits];
}

const numberOf = ([exponent, ...digits]: readonly number[]): number =>
  digits.reduceRight((rest, digit) => (digit + rest) / BASE, 0) * 2 ** exponent;

/**
 * @param from the party that knows the statistics
 * @param to who learns them
 * @param known null where no party is here that knows them
 * @returns what is known at `to`, and otherwise `known`. 1 round
 */
export async function tellRole(
  session: Session,
  from: string,
  to: string,
  known: ColumnStatistics | null,
  columns: number,
): Promise<ColumnStatistics | null> {
  const [numbers, width] = [2 * columns, DIGITS + 1];
  const unit = 2 ** -session.settings.fractionBits;
  const values =
    known && session.isHere(from)
      ? Float64Array.from([...known.mean, ...known.deviation].flatMap(digitsOf), (digit) => digit * unit)
      : null;
  const shared = session.share(values, { owner: from, shape: [numbers, width] });
  const opened = await shared.reveal({ to, label: LABEL });
  shared.dispose();
  if (!opened) return known;
  const told = Float64Array.from({ length: numbers }, (_, i) =>
    numberOf(Array.from(opened.subarray(i * width, (i + 1) * width), (value) => Math.round(value / unit))),
  );
  return { mean: told.slice(0, columns), deviation: told.slice(columns) };
}

/** The same to the owner. */
export const tellOwner = (
  session: Session,
  from: string,
  known: ColumnStatistics | null,
  columns: number,
): Promise<ColumnStatistics | null> => tellRole(session, from, session.settings.owner, known, columns);
