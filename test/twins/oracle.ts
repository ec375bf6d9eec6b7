/**
 * What a clear twin takes from outside, found among the openings of a run (openings.ts): the coins of its roundings, and
 * values of functions that approximate. A rounding is found by the numbers that it rounds, so every argument of a
 * rounding is compared bit for bit; so is every argument of a function, and each of its values must lie within the
 * function's error bound of the true one.
 */

import type { Opened } from '../world/openings.js';
import type { Bits } from '../world/ring.js';
import {
  type Approximation,
  type CurveName,
  curves,
  inverseSqrt,
  inverseSqrtOfMoments,
  log,
  logOfSum,
  softmax,
} from './approximations.js';

/** What 1/√x of many numbers opens. */
const OF_MANY = [
  'power of four',
  'power of four',
  'power of four',
  'truncate',
  'rescale',
  'truncate',
  'rescale',
];

const same = (a: readonly bigint[], b: readonly bigint[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

export class Outside {
  readonly #openings: readonly Opened[];
  readonly #used = new Set<number>();

  constructor(
    openings: readonly Opened[],
    readonly bits: Bits,
    readonly f: number,
  ) {
    this.#openings = openings;
  }

  /** The next rounding of exactly these numbers, by s bits, with the coins that were opened or kept. */
  rounded(numbers: readonly bigint[], s: number): readonly bigint[] {
    const at = this.#find(({ label, plain }) => label === 'truncate' && same(plain, numbers));
    if (at < 0) throw new Error(`the roles have not rounded these ${numbers.length} numbers`);
    this.#used.add(at);
    return this.#openings[at].rounded(s);
  }

  /** Roundings that nobody has asked for, outside of functions. */
  get left(): number {
    return this.#openings.filter(({ label }, i) => label === 'truncate' && !this.#used.has(i)).length;
  }

  /** sigmoid or tanh of numbers with so many fraction bits, and its slope. */
  curve(
    name: CurveName,
    x: readonly bigint[],
    fraction: number,
    withSlope: boolean,
    to = this.f,
  ): { value: readonly bigint[]; slope: readonly bigint[] | null } {
    const opened = () => {
      const at = this.#next(name, x.length);
      this.#used.add(at);
      return at;
    };
    const [argument, value] = [opened(), opened()];
    const slope = withSlope ? opened() : null;
    if (!same(this.#openings[argument].plain, x)) throw new Error(`${name}: the roles have another argument`);
    this.#skipRoundings(argument, value);
    return {
      value: this.#checked(value, curves[name].value, x, fraction, 1, to),
      slope: slope === null ? null : this.#checked(slope, curves[name].slope, x, fraction),
    };
  }

  /** softmax over rows of `classes` numbers at the working scale, with `to` fraction bits. */
  softmax(x: readonly bigint[], classes: number, to = this.f): readonly bigint[] {
    const value = this.#next('softmax', x.length);
    this.#used.add(value);
    this.#skipRoundings(this.#held(x, value, 'softmax'), value);
    return this.#checked(value, softmax, x, this.f, classes, to);
  }

  /** ln Σ e^(x − m) of each row of `classes` numbers at the working scale, m the largest of the row. */
  logOfSum(x: readonly bigint[], classes: number): readonly bigint[] {
    const rows = x.length / classes;
    const sum = this.#next('sum', rows);
    const value = this.#openings.findIndex(
      ({ label, plain }, at) => at > sum && label === 'rescale' && plain.length === rows,
    );
    this.#used.add(sum);
    this.#skipRoundings(this.#held(x, sum, 'logarithm'), value);
    return this.#checked(value, logOfSum, x, this.f, classes);
  }

  /** ln of numbers and of 1 less these numbers, side by side; the numbers are those that were opened. */
  logPair(p: readonly bigint[]): [readonly bigint[], readonly bigint[]] {
    const values = [0, 1].map(() => {
      const at = this.#next('log', p.length);
      this.#used.add(at);
      return at;
    });
    this.#skipRoundings(this.#held(p, values[0], 'ln'), values[0]);
    const one = 1n << BigInt(this.f);
    const rest = p.map((number) => one - number);
    return [this.#checked(values[0], log, p, this.f), this.#checked(values[1], log, rest, this.f)];
  }

  /** 1/√x for numbers that are what was opened, or a parameter, plus a public constant. */
  inverseSqrt(x: readonly bigint[], constant: bigint, from: 'opened' | 'parameter'): readonly bigint[] {
    const value = this.#next('inverseSqrt', x.length);
    const before = x.map((number) => number - constant);
    const start = from === 'opened' ? this.#held(before, value, '1/√x') : Math.max(-1, ...this.#used);
    this.#used.add(value);
    this.#skipRoundings(start, value, x.length);
    return this.#checked(value, inverseSqrt, x, this.f);
  }

  /**
   * 1/√x for many numbers, of which no other work beside it has as many: what was opened, plus a public constant. An
   * the power of four's two factors and its product with x come first, then a rounded sum, and the rounded result.
   */
  inverseSqrtOfMany(x: readonly bigint[], constant: bigint): readonly bigint[] {
    const start = this.#next('power of four', x.length);
    const steps = this.#openings
      .map(({ label, plain }, at) => ({ label, at, count: plain.length }))
      .filter(({ at, count }) => at >= start && count === x.length)
      .slice(0, OF_MANY.length);
    if (String(steps.map(({ label }) => label)) !== String(OF_MANY)) {
      throw new Error(`1/√v: opened were ${steps.map(({ label }) => label)}`);
    }
    for (const { at } of steps) this.#used.add(at);
    this.#held(
      x.map((number) => number - constant),
      start,
      '1/√v',
    );
    return this.#checked(steps[steps.length - 1].at, inverseSqrtOfMoments, x, this.f);
  }

  #find(wanted: (opened: Opened) => boolean): number {
    return this.#openings.findIndex((opened, i) => !this.#used.has(i) && wanted(opened));
  }

  /** The next opening of so many numbers under this label. */
  #next(name: string, count: number): number {
    const at = this.#find(({ label, plain }) => label === name && plain.length === count);
    if (at < 0) throw new Error(`the roles have opened no ${count} numbers more as ${name}`);
    return at;
  }

  /** Where exactly these numbers were opened, before the opening `end`. */
  #held(x: readonly bigint[], end: number, name: string): number {
    const at = this.#openings.findLastIndex(({ plain }, i) => i < end && same(plain, x));
    if (at < 0) throw new Error(`${name}: the roles have another argument`);
    return at;
  }

  /** Roundings within a function, those of `count` numbers where other work goes on beside it. */
  #skipRoundings(start: number, end: number, count: number | null = null): void {
    for (let i = start + 1; i < end; i++) {
      const { label, plain } = this.#openings[i];
      if (label === 'truncate' && (count === null || plain.length === count)) this.#used.add(i);
    }
  }

  /** What was opened, when it is within the bound of the function of x. */
  #checked(
    at: number,
    { name, truth, bound }: Approximation,
    x: readonly bigint[],
    fraction: number,
    columns = 1,
    to = this.f,
  ): readonly bigint[] {
    const { plain } = this.#openings[at];
    const number = (integer: bigint, bits: number) => Number(integer) / 2 ** bits;
    for (let start = 0; start < x.length; start += columns) {
      const row = x.slice(start, start + columns).map((integer) => number(integer, fraction));
      const expectations = truth(row, this.bits);
      const results = expectations.length;
      expectations.forEach((expected, j) => {
        const got = number(plain[(start / columns) * results + j], to);
        const most = bound[this.bits] * Math.max(1, Math.abs(expected)) + (to < this.f ? 2 ** -to : 0);
        if (Math.abs(got - expected) <= most) return;
        throw new Error(`${name} of ${row}: ${got} instead of ${expected}`);
      });
    }
    return plain;
  }
}
