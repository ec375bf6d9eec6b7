import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_HARMONICS, trigonometricOps } from '../../bindings/trigonometric.js';
import { approximate, distance, exact } from '../twins/exact-angle.js';
import { blank, heap, kernels, LENGTHS, Random, RINGS, read, scoped, words } from '../world/shares.js';

for (const bits of RINGS) {
  const ops = trigonometricOps(kernels, heap, bits);
  const [periodBits, dealtBits, scaleBits] = bits === 32 ? [17, 14, 12] : [25, 30, 24];
  const lanes = 128 / bits;

  /** Where harmonics puts the sine (part 0) or cosine (part 1) of harmonic j of value i. */
  const place = (i: number, j: number, part: number, n: number, count: number): number => {
    const whole = n - (n % lanes);
    if (i >= whole) return 2 * count * i + 2 * (j - 1) + part;
    return 2 * count * (i - (i % lanes)) + (2 * (j - 1) + part) * lanes + (i % lanes);
  };

  test(`harmonics${bits}: the nearest integers to all sines and cosines, in the documented order`, () => {
    const random = new Random(bits + 3);
    for (const n of LENGTHS) {
      for (const count of [1, 12, MAX_HARMONICS]) {
        scoped(() => {
          const x = Array.from({ length: n }, () => random.bits(bits));
          const out = blank(2 * count * n, bits);
          ops.harmonics(out, words(x, bits), count, periodBits, bits === 32 ? 30 : 50);
          const got = read(out, bits);
          const bound = 0.5 + 2 ** ((bits === 32 ? 30 : 50) - 45);
          for (let i = 0; i < n; i += n > 40 ? 5 : 1) {
            for (let j = 1; j <= count; j += 5) {
              const value = exact(x[i] * BigInt(j), periodBits);
              const sin = distance(got[place(i, j, 0, n, count)], value.sin, bits === 32 ? 30 : 50, bits);
              const cos = distance(got[place(i, j, 1, n, count)], value.cos, bits === 32 ? 30 : 50, bits);
              if (Math.max(sin, cos) > bound)
                assert.unreachable(`n ${n}, value ${i}, harmonic ${j}: ${sin}, ${cos}`);
            }
          }
        });
      }
    }
  });

  test(`harmonicSum${bits}: parties' sums add up to Σ b·sin j(Δ - δ) and Σ w·cos j(Δ - δ)`, () => {
    const random = new Random(bits + 4);
    const [b, w] = [
      [0.6366, -0.25, 0.125, 0, 1.5],
      [1, 0.75, -0.3, 0.2, 0.1],
    ];
    for (const n of [0, 1, 2, 3, 4, 5, 31, 64, 129]) {
      for (const sloped of [false, true]) {
        scoped(() => {
          const x = Array.from({ length: n }, () => random.bits(bits));
          const mask = x.map(() => random.bits(bits));
          const delta = words(
            x.map((v, i) => v + mask[i]),
            bits,
          );
          const dealt = blank(2 * b.length * n, bits);
          ops.harmonics(dealt, words(mask, bits), b.length, periodBits, dealtBits);
          const factors = ops.harmonicFactors(b, w, scaleBits);
          const zeros = new Array<bigint>(n).fill(0n);
          const sums = [zeros, zeros];
          for (const own of random.shareAll(read(dealt, bits), bits, 3)) {
            const [out, slope] = sums.map((sum) => words(sum, bits));
            ops.harmonicSum(out, sloped ? slope : null, delta, words(own, bits), periodBits, factors);
            sums.splice(0, 2, read(out, bits), read(slope, bits));
          }
          const unit = 2 ** (dealtBits + scaleBits);
          const bound =
            b.reduce((sum, f, j) => sum + Math.max(Math.abs(f), Math.abs(w[j])), 0) * 2 ** -dealtBits;
          for (let i = 0; i < n; i++) {
            const expected = [0, 0];
            for (let j = 1; j <= b.length; j++) {
              const { sin, cos } = exact(x[i] * BigInt(j), periodBits);
              expected[0] += b[j - 1] * approximate(sin);
              expected[1] += sloped ? w[j - 1] * approximate(cos) : 0;
            }
            sums.forEach((sum, part) => {
              const error = Math.abs(Number(BigInt.asIntN(bits, sum[i])) / unit - expected[part]);
              assert.ok(error <= Math.SQRT2 * (bound + b.length * 2 ** -scaleBits), `part ${part}: ${error}`);
            });
          }
        });
      }
    }
  });
}

test('lengths, counts and factors that do not fit are refused', () => {
  const ops = trigonometricOps(kernels, heap, 32);
  scoped(() => {
    const [x, y] = [blank(4, 32), blank(3, 32)];
    assert.throws(() => ops.harmonics(x, x, 2, 17, 12), /harmonics: 4 words for 2 harmonics of 4 values/);
    assert.throws(() => ops.harmonics(blank(264, 32), x, 33, 17, 12), /33 harmonics are not within 1 to 32/);
    assert.throws(() => ops.harmonics(blank(8, 32), x, 1, 33, 12), RangeError);
    assert.throws(() => ops.harmonicFactors([1, 2], [1], 12), /2 factors of sines, 1 of cosines/);
    assert.throws(() => ops.harmonicFactors([2], [1], 50), /exceeds 2\^50/);
    const factors = ops.harmonicFactors([1], [1], 12);
    assert.throws(() => ops.harmonicSum(x, y, x, blank(8, 32), 17, factors), /lengths 4, 3, 4 differ/);
    assert.throws(() => ops.harmonicSum(x, null, x, blank(6, 32), 17, factors), RangeError);
  });
});

test.run();
