import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { polynomialOps, taylorTable } from '../../bindings/polynomial.js';
import { blank, heap, kernels, LENGTHS, Random, RINGS, read, scoped, words } from '../world/shares.js';

const evaluate = (coefficients: bigint[], x: bigint): bigint =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0n);

for (const bits of RINGS) {
  const ops = polynomialOps(kernels, heap, bits);

  test(`hornerMulAdd${bits}: adds p(x)·factor, for every length and degree, in place too`, () => {
    const random = new Random(bits);
    for (const n of LENGTHS) {
      for (const degree of [0, 1, 2, 3, 7]) {
        const p = random.vector(degree + 1, bits);
        const [start, x, factor] = [0, 1, 2].map(() => random.vector(n, bits));
        const mod = (values: bigint[]) => values.map((v) => BigInt.asUintN(bits, v));
        scoped(() => {
          const coefficients = ops.coefficientWords(p);
          const [out, xs, fs] = [words(start, bits), words(x, bits), words(factor, bits)];
          ops.hornerMulAdd(out, xs, coefficients, fs);
          const sum = x.map((v, i) => start[i] + evaluate(p, v) * factor[i]);
          assert.equal(read(out, bits), mod(sum), `degree ${degree}, n ${n}`);
          ops.hornerMulAdd(out, xs, coefficients, null);
          assert.equal(read(out, bits), mod(sum.map((v, i) => v + evaluate(p, x[i]))));
          ops.hornerMulAdd(fs, xs, coefficients, fs);
          assert.equal(read(fs, bits), mod(factor.map((v, i) => v + evaluate(p, x[i]) * v)));
          ops.hornerMulAdd(xs, xs, coefficients, null);
          assert.equal(read(xs, bits), mod(x.map((v) => v + evaluate(p, v))));
        });
      }
    }
  });

  test(`taylorTable and hornerMulAdd${bits}: parties' terms add up to p(Δ - δ)`, () => {
    const random = new Random(bits + 1);
    const n = 77;
    for (const degree of [0, 1, 3, 5]) {
      scoped(() => {
        const p = random.vector(degree + 1, bits);
        const [delta, mask] = [random.vector(n, bits), random.vector(n, bits)];
        const parties = [0, 1, 2].map(() => words(new Array<bigint>(n).fill(0n), bits));
        for (let t = 0; t <= degree; t++) {
          const table = ops.coefficientWords(taylorTable(p, t));
          const powers = random.shareAll(
            mask.map((d) => d ** BigInt(t)),
            bits,
            parties.length,
          );
          parties.forEach((out, i) => {
            if (t > 0) ops.hornerMulAdd(out, words(delta, bits), table, words(powers[i], bits));
            else if (i === 0) ops.hornerMulAdd(out, words(delta, bits), table, null);
          });
        }
        const outs = parties.map((out) => read(out, bits));
        const sum = delta.map((_, i) =>
          BigInt.asUintN(
            bits,
            outs.reduce((a, out) => a + out[i], 0n),
          ),
        );
        assert.equal(
          sum,
          delta.map((d, i) => BigInt.asUintN(bits, evaluate(p, d - mask[i]))),
        );
      });
    }
  });
}

test('taylorTable: signed binomial multiples of the coefficients', () => {
  assert.equal(taylorTable([7n, 5n, 3n, 2n], 0), [7n, 5n, 3n, 2n]);
  assert.equal(taylorTable([7n, 5n, 3n, 2n], 1), [-5n, -6n, -6n]);
  assert.equal(taylorTable([7n, 5n, 3n, 2n], 2), [3n, 6n]);
  assert.equal(taylorTable([7n, 5n, 3n, 2n], 3), [-2n]);
  assert.throws(() => taylorTable([1n, 2n], 2), /derivative 2 of a polynomial of degree 1/);
  assert.throws(() => taylorTable([1n, 2n], -1), RangeError);
});

test('lengths that do not fit are refused', () => {
  const ops = polynomialOps(kernels, heap, 32);
  scoped(() => {
    const [x, y] = [blank(4, 32), blank(3, 32)];
    assert.throws(() => ops.hornerMulAdd(x, y, x, null), /hornerMulAdd: lengths 4, 3, 4 differ/);
    assert.throws(() => ops.hornerMulAdd(x, x, x, y), RangeError);
    assert.throws(() => ops.hornerMulAdd(x, x, blank(0, 32), null), /no coefficients/);
  });
});

test.run();
