/**
 * Polynomials on plain integers. Where p's coefficients, as integers at some scale, miss those of p by at most half a
 * unit of p(x) for |x| < 4 and the ring has room for such values, p is exact but for one rounding; else it is a sum of
 * rounded powers. p(x) and, in training, p′(x) are rounded each.
 */
import { integer, type Rounder, type TwinValue, type ValueAndSlope } from './twin-types.js';

/** |x| is below that. */
const DOMAIN = 4;

export function polynomialTwin(
  p: readonly number[],
  argument: TwinValue,
  withSlope: boolean,
  at: Rounder,
): ValueAndSlope {
  const x = at.plain(argument).data;
  const prime = p.slice(1).map((a, i) => a * (i + 1));
  return { value: evaluate(p, x, at), slope: withSlope ? evaluate(prime, x, at) : [] };
}

function evaluate(p: readonly number[], x: readonly bigint[], at: Rounder): bigint[] {
  const scale = scaleFor(p, at);
  if (scale === null) return fromPowers(p, x, at);
  const exact = x.map((value) =>
    p.reduce((sum, a, j) => sum + integer(a * 2 ** (scale - j * at.f)) * value ** BigInt(j), 0n),
  );
  return scale === at.f ? exact : at.round(exact, scale - at.f);
}

/** The least scale at which the coefficients are close enough to integers. */
function scaleFor(p: readonly number[], at: Rounder): number | null {
  const most = p.reduce((sum, a, j) => sum + Math.abs(a) * DOMAIN ** j, 0);
  for (let scale = at.f; most * 2 ** scale < 2 ** (at.bits - 2); scale++) {
    const rounded = p.map((a, j) => Math.round(a * 2 ** (scale - j * at.f)) / 2 ** (scale - j * at.f));
    const missed = p.reduce((sum, a, j) => sum + Math.abs(a - rounded[j]) * DOMAIN ** j, 0);
    if (missed <= 2 ** -(at.f + 1) && rounded[p.length - 1] !== 0) return scale;
  }
  return null;
}

/** x, x², x³ = x²·x, x⁴ = x²·x², …: the highest power known times each of those before it. */
function fromPowers(p: readonly number[], x: readonly bigint[], at: Rounder): bigint[] {
  const degree = p.length - 1;
  const powers = [x];
  while (powers.length < degree) {
    const known = [...powers];
    const highest = known[known.length - 1];
    for (const power of known.slice(0, degree - known.length)) {
      powers.push(
        at.round(
          highest.map((value, i) => value * power[i]),
          at.f,
        ),
      );
    }
  }
  const sums = x.map((_, i) =>
    powers.reduce(
      (sum, power, j) => sum + integer(p[j + 1] * 2 ** at.f) * power[i],
      integer(p[0] * 2 ** (2 * at.f)),
    ),
  );
  return at.round(sums, at.f);
}
