/**
 * Functions of tensors beyond arithmetic. Each says its domain, its error and its rounds; what the ring cannot hold is
 * refused at once, with what to change. Errors are absolute where |f(x)| ≤ 1 and relative to f(x) where it is larger; they
 * hold for the usual fraction bits, 12 in ring 32 and 20 in ring 64, fewer add some units of the last place.
 *
 * x itself, of which nobody can see whether it is in range:
 * - relu, abs, maximum, minimum, clip, max, argmax and comparisons are right for every number of the ring whose differences are
 *   such numbers: |x| < 2^(k − 2 − f) (2^18 in ring 32, 2^42 in ring 64);
 * - sigmoid, tanh and exp for what `share` takes, |x| < 2^(k − 2 − 2f) (64; 2^22), in ring 64 with fewer than 20 fraction bits
 *   also |x| < 2^22;
 * - log, sqrt, inverseSqrt, reciprocal, the divisor of divide, softmax and logSoftmax in ring 32 for the same, in ring 64
 *   also |x| < 2^(35 − f) (32,768); the first five for all that `share` takes, at 1 round more, when they are given a domain that
 *   reaches beyond 2^(35 − f).
 *
 * A public number in place of a second tensor, which all roles see, is below 2^(k − 2 − f) in magnitude: 262,144 in ring 32
 * with 12 fraction bits, 4.4·10¹² in ring 64 with 20.
 */
import { checkArray, checkBoolean, checkNumber, checkOptions } from '../options.js';
import { expPieces } from '../protocol/exp.js';
import { type Piecewise, planPiecewise } from '../protocol/piecewise-plan.js';
import { checkPolynomial, DEFAULT_DOMAIN } from '../protocol/polynomial.js';
import { type Domain, type PositiveFunction, piecesByPowersOfFour } from '../protocol/powers-of-four.js';
import type { ReciprocalOptions } from '../protocol/reciprocal.js';
import { MAX_CLASSES } from '../protocol/softmax.js';
import { TensorArrangement } from './tensor-arrangement.js';
import { finite } from './tensor-handle.js';

/** Whether inputs beyond the range are taken care of. */
export interface GuardOptions {
  /** Right for every x in the ring's range; else a little cheaper, and wrong beyond the domain. Default true. */
  readonly guarded?: boolean;
}

export abstract class TensorFunctions extends TensorArrangement {
  abstract add(y: this | number): this;
  abstract sub(y: this | number): this;
  abstract mul(y: this | number): this;
  abstract neg(): this;

  /** max(0, x), exact. A comparison and a product: 3 rounds in ring 32, 4 in ring 64. */
  relu(...none: readonly []): this {
    refuseArguments('relu', none);
    return this.unary('relu', null);
  }

  /**
   * a₀ + a₁x + … + a_d x^d with public coefficients. 2 rounds where the degree fits the ring, else 2 more for each
   * doubling of the degree (see ARCHITECTURE.md).
   * @param coefficients public, below 2^(k − 2 − f) in magnitude
   * @param options `domain`: bound of |x|, by default 4, below 2^(k − 2 − f); what is beyond may come out wrong
   * @throws RangeError when the polynomial does not fit the ring there
   */
  polynomial(coefficients: readonly number[], options: { domain?: number } = {}): this {
    checkOptions('polynomial', options, ['domain']);
    const { domain = DEFAULT_DOMAIN } = options;
    checkArray('polynomial: coefficients', coefficients);
    if (coefficients.length === 0) throw new RangeError('polynomial: no coefficients');
    for (const [j, a] of coefficients.entries()) this.publicNumber('polynomial', a, `coefficient ${j}`);
    checkNumber('polynomial: domain', domain);
    if (!(domain > 0 && Number.isFinite(domain))) throw new RangeError('polynomial: domain must be positive');
    this.publicNumber('polynomial', domain, 'domain');
    const { ring, fractionBits } = this.session.roles.settings;
    checkPolynomial(coefficients, ring, fractionBits, domain);
    return this.unary('polynomial', { coefficients: [...coefficients], domain });
  }

  /**
   * 1 / (1 + e^−x), error below 5·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3 rounds in ring 32, 4 in ring 64; unguarded 3
   * and |x| ≤ 12.
   */
  sigmoid(options: GuardOptions = {}): this {
    return this.unary('sigmoid', { guarded: guard('sigmoid', options) });
  }

  /** tanh x, error below 7·10⁻⁴ (ring 32) or 5·10⁻⁶ (ring 64). 4 rounds; unguarded 3 and |x| ≤ 6. */
  tanh(options: GuardOptions = {}): this {
    return this.unary('tanh', { guarded: guard('tanh', options) });
  }

  /**
   * e^x for x ≤ max, e^max beyond (in ring 64 from max + 2⁻¹² on). Error below 7·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3
   * rounds.
   * @param options `max`: a multiple of 1 in ring 32 (default 4), of 2 in ring 64 (default 10)
   */
  exp(options: { max?: number } = {}): this {
    checkOptions('exp', options, ['max']);
    const { max } = options;
    if (max !== undefined) checkNumber('exp: max', max);
    const { ring, fractionBits } = this.session.roles.settings;
    this.#checkPieces(expPieces(ring, fractionBits, max));
    return this.unary('exp', { max });
  }

  /**
   * ln x for low ≤ x ≤ high, saturating outside. Error below 7·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3 rounds.
   * @param domain default: from the least positive number to 64 (ring 32) or 4,096 (ring 64)
   */
  log(domain?: Domain): this {
    return this.#positive('log', domain);
  }

  /**
   * √x for 0 ≤ x ≤ high, 0 for negative x. Error below 7·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3 rounds.
   * @param domain default: from the least positive number (0 below) to 64 (ring 32) or 4,096 (ring 64)
   */
  sqrt(domain?: Domain): this {
    return this.#positive('sqrt', domain);
  }

  /**
   * 1/√x for low ≤ x ≤ high, saturating outside. Error below 7·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3 rounds.
   * @param domain default: 2⁻⁸ to 64 (ring 32) or 2⁻¹² to 4,096 (ring 64)
   */
  inverseSqrt(domain?: Domain): this {
    return this.#positive('inverseSqrt', domain);
  }

  /**
   * 1/x for low ≤ |x| ≤ high, saturating outside. Error below 10⁻³ (ring 32) or 4·10⁻⁶ (ring 64). 3 rounds.
   * @param options domain, by default 1/16 to 64 (ring 32) or 2⁻¹⁰ to 2¹⁰ (ring 64); `signed: false` spares a quarter
   *   of the bytes where x is known to be positive. Default true.
   */
  reciprocal(options: ReciprocalOptions = {}): this {
    const { domain, signed } = reciprocalOptions('reciprocal', options);
    return this.#positive('reciprocal', domain, signed);
  }

  /**
   * x / y, elementwise, with broadcasting; y in the domain of its {@link reciprocal}, |x / y| < 2^(k − 2 − 2f). The error is
   * that of 1/y times |x|, and a unit of the last place. 5 rounds. A public y ≠ 0 is a product with 1/y, see `mul`: 2 rounds;
   * 1/y must be below 2^(k − 2 − f) in magnitude.
   */
  divide(y: this | number, options: ReciprocalOptions = {}): this {
    const { domain, signed } = reciprocalOptions('divide', options);
    if (typeof y === 'number') {
      if (finite('divide', y) === 0) throw new RangeError('divide: by zero');
      this.publicNumber('divide', 1 / y, 'one over the number');
      return this.mul(1 / y);
    }
    this.checkSession('divide', y);
    const { ring, fractionBits } = this.session.roles.settings;
    this.#checkPieces(piecesByPowersOfFour('reciprocal', ring, fractionBits, domain, signed));
    return this.elementwise('divide', y, { domain, signed });
  }

  /**
   * e^xᵢ / Σ e^xⱼ over the last axis, at most 1,024 values. Error below 10⁻³ (ring 32) or 5·10⁻⁶ (ring 64). 9 rounds in
   * ring 32 and 10 in ring 64 for up to 16 values, 2 more for up to 32, 6 more for longer axes.
   */
  softmax(...none: readonly []): this {
    refuseArguments('softmax', none);
    this.#checkClasses('softmax');
    return this.unary('softmax', null);
  }

  /** ln softmax over the last axis, for small values too. Range and error as {@link softmax}, 1 round less. */
  logSoftmax(...none: readonly []): this {
    refuseArguments('logSoftmax', none);
    this.#checkClasses('logSoftmax');
    return this.unary('logSoftmax', null);
  }

  /**
   * The largest values over the last axis, exact. For up to 32 values 4 rounds in ring 32 and 5 in ring 64 (1 less for 2
   * values), twice as many for longer axes.
   */
  max(...none: readonly []): this {
    refuseArguments('max', none);
    this.#lastAxis('max');
    return this.unary('max', null, this.shape.slice(0, -1));
  }

  /**
   * Where the largest values over the last axis are, the lowest index of equal ones, exact. Rounds as {@link max}, 1 more for
   * more than 32 values.
   * @param options `oneHot`: 1 at that place and 0 elsewhere, in the shape of x, instead of the index
   */
  argmax(options: { oneHot?: boolean } = {}): this {
    checkOptions('argmax', options, ['oneHot']);
    const { oneHot = false } = options;
    checkBoolean('argmax: oneHot', oneHot);
    this.#lastAxis('argmax');
    return this.unary('argmax', { oneHot }, oneHot ? this.shape : this.shape.slice(0, -1));
  }

  /** |x|, exact. 3 rounds in ring 32, 4 in ring 64. */
  abs(): this {
    return this.unary('abs', null);
  }

  /** The larger of x and y, elementwise, with broadcasting; exact. 3 rounds in ring 32, 4 in ring 64. */
  maximum(y: this | number): this {
    return this.#withTensor('maximum', y);
  }

  /** The smaller of x and y, elementwise, with broadcasting; exact. 3 rounds in ring 32, 4 in ring 64. */
  minimum(y: this | number): this {
    return this.#withTensor('minimum', y);
  }

  /**
   * min(max(x, low), high), elementwise; exact. 3 rounds in ring 32, 4 in ring 64: both comparisons at once.
   * For one bound alone there are {@link maximum} and {@link minimum}.
   * @param low a public number below 2^(k − 2 − f) in magnitude; it counts as the nearest number of the ring
   * @param high as low
   * @throws RangeError where low is above high, and for numbers that are too large
   */
  clip(low: number, high: number): this {
    this.publicNumber('clip', low, 'low');
    this.publicNumber('clip', high, 'high');
    if (low > high) throw new RangeError('clip: low must not be above high');
    this.checkAlive('clip');
    // low + max(x − low, 0) − max(x − high, 0)
    const [from, to] = [this.rounded(low), this.rounded(high)];
    const made: this[] = [];
    const keep = (x: this): this => {
      made.push(x);
      return x;
    };
    const positive = keep(keep(keep(this.sub(from)).stack(keep(this.sub(to)))).relu());
    const inside = keep(keep(positive.slice(0, 1)).sub(keep(positive.slice(1, 1))));
    const result = keep(inside.reshape(this.shape)).add(from);
    for (const x of made) x.dispose();
    return result;
  }

  /** 1 where x > y, else 0, with broadcasting. 3 rounds in ring 32, 4 in ring 64. */
  greater(y: this | number): this {
    return this.#compare('greater', 'negative', y, true);
  }

  /** 1 where x ≥ y, else 0, with broadcasting. 3 rounds in ring 32, 4 in ring 64. */
  greaterEqual(y: this | number): this {
    return this.#compare('greaterEqual', 'notNegative', y, false);
  }

  /** 1 where x < y, else 0, with broadcasting. 3 rounds in ring 32, 4 in ring 64. */
  less(y: this | number): this {
    return this.#compare('less', 'negative', y, false);
  }

  /** 1 where x ≤ y, else 0, with broadcasting. 3 rounds in ring 32, 4 in ring 64. */
  lessEqual(y: this | number): this {
    return this.#compare('lessEqual', 'notNegative', y, true);
  }

  /**
   * 1 where x = y to the last bit, else 0, with broadcasting; in ring 64 for |x − y| < 2^(48 − f) (2^28), and a public y below
   * 2^(47 − f) in magnitude (1.3·10⁸ with 20 fraction bits). 3 rounds.
   */
  equal(y: this | number): this {
    const { ring, fractionBits } = this.session.roles.settings;
    const limit = 2 ** (47 - fractionBits);
    if (ring === 64 && typeof y === 'number' && !(Math.abs(finite('equal', y)) < limit)) {
      throw new RangeError(`equal: the number must be below ${limit} in magnitude`);
    }
    return this.#compare('equal', 'zero', y, false);
  }

  /** A test of x − y, or of y − x. */
  #compare(
    operation: string,
    name: 'negative' | 'notNegative' | 'zero',
    y: this | number,
    reverse: boolean,
  ): this {
    this.#checkOperand(operation, y);
    const difference = this.sub(y);
    const tested = reverse ? difference.neg() : difference;
    const result = tested.unary(name, null);
    tested.dispose();
    difference.dispose();
    return result;
  }

  /** Refuses an operand under the operation's own name, where others do its work. */
  #checkOperand(operation: string, y: this | number): void {
    if (typeof y === 'number') this.publicNumber(operation, y);
    else this.checkSession(operation, y);
  }

  #withTensor(name: 'maximum' | 'minimum', y: this | number): this {
    this.#checkOperand(name, y);
    if (typeof y === 'number') {
      // max(x, c) = max(x − c, 0) + c, and likewise min
      const c = this.rounded(y);
      const difference = this.sub(c);
      const zero = difference.mul(0);
      const result = difference.operation(name, [difference, zero], null, this.shape);
      const sum = result.add(c);
      for (const x of [difference, zero, result]) x.dispose();
      return sum;
    }
    return this.elementwise(name, y, null);
  }

  #positive(name: PositiveFunction, domain?: Domain, signed = false): this {
    if (domain !== undefined) checkDomain(name, domain);
    const { ring, fractionBits } = this.session.roles.settings;
    this.#checkPieces(piecesByPowersOfFour(name, ring, fractionBits, domain, signed));
    return this.unary(name, { domain, signed });
  }

  /** Refuses what does not fit the session's ring, before it is sent. */
  #checkPieces(f: Piecewise): void {
    const { ring, fractionBits } = this.session.roles.settings;
    planPiecewise(ring, fractionBits, f, fractionBits);
  }

  #lastAxis(operation: string): number {
    const length = this.shape.at(-1);
    if (length === undefined) throw new RangeError(`${operation}: the tensor has no axis`);
    return length;
  }

  #checkClasses(operation: string): void {
    const length = this.#lastAxis(operation);
    if (length > MAX_CLASSES) {
      throw new RangeError(`${operation}: an axis of ${length} values, at most ${MAX_CLASSES} are possible`);
    }
  }
}

/** These take no argument: an axis or a slope that is handed to them would be passed over in silence. */
function refuseArguments(name: string, none: readonly unknown[]): void {
  if (none.length > 0)
    throw new TypeError(`${name}: takes no argument${name === 'relu' ? '' : ': it goes over the last axis'}`);
}

function guard(name: string, options: GuardOptions): boolean {
  checkOptions(name, options, ['guarded']);
  const { guarded = true } = options;
  checkBoolean(`${name}: guarded`, guarded);
  return guarded;
}

function reciprocalOptions(name: string, options: ReciprocalOptions): { domain?: Domain; signed: boolean } {
  checkOptions(name, options, ['domain', 'signed']);
  const { domain, signed = true } = options;
  checkBoolean(`${name}: signed`, signed);
  if (domain !== undefined) checkDomain(name, domain);
  return { signed, ...(domain && { domain }) };
}

function checkDomain(name: string, domain: Domain): void {
  checkOptions(`${name}: domain`, domain, ['low', 'high']);
  checkNumber(`${name}: domain.low`, domain.low);
  checkNumber(`${name}: domain.high`, domain.high);
}
