import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trigonometricOps } from '../../bindings/trigonometric.js';
import { approximate, distance, exact } from '../twins/exact-angle.js';
import { blank, heap, kernels, LENGTHS, Random, RINGS, read, scoped, words } from '../world/shares.js';

const SETTINGS = {
  32: [
    [17, 1, 12],
    [17, 12, 20],
    [32, 7, 30],
    [1, 1, 4],
    [2, 3, 30],
    [16, 0, 30],
    [31, 2 ** 31 - 1, 16],
  ],
  64: [
    [25, 1, 20],
    [25, 12, 40],
    [64, 9, 50],
    [1, 1, 4],
    [2, 3, 50],
    [40, 0, 50],
    [63, 2 ** 31 - 1, 30],
  ],
} as const;

for (const bits of RINGS) {
  const ops = trigonometricOps(kernels, heap, bits);

  /** Random words, and angles at and beside every eighth of a turn. */
  const angles = (random: Random, periodBits: number, n: number): bigint[] => {
    const eighth = (1n << BigInt(periodBits)) / 8n;
    const edges = Array.from(
      { length: 27 },
      (_, i) => BigInt(Math.floor(i / 3)) * eighth + BigInt((i % 3) - 1),
    );
    return Array.from({ length: n }, (_, i) => (n > 100 && i < 27 ? edges[i] : random.bits(bits)));
  };

  test(`sinCos${bits}: the nearest integers to the exact values, error before rounding below 2^-50`, () => {
    const random = new Random(bits);
    for (const [periodBits, harmonic, scaleBits] of SETTINGS[bits]) {
      scoped(() => {
        const n = 503;
        const x = angles(random, periodBits, n);
        const [sin, cos] = [blank(n, bits), blank(n, bits)];
        ops.sinCos(sin, cos, words(x, bits), harmonic, periodBits, scaleBits);
        const [s, c] = [read(sin, bits), read(cos, bits)];
        const bound = 0.5 + 2 ** (scaleBits - 50);
        for (let i = 0; i < n; i++) {
          const value = exact(x[i] * BigInt(harmonic), periodBits);
          const errors = [
            distance(s[i], value.sin, scaleBits, bits),
            distance(c[i], value.cos, scaleBits, bits),
          ];
          if (Math.max(...errors) > bound)
            assert.unreachable(`x ${x[i]}, period 2^${periodBits}: off by ${errors}`);
        }
      });
    }
  });

  test(`sinCos${bits}: every length, one output or both, in place`, () => {
    const random = new Random(bits + 1);
    const [periodBits, harmonic, scaleBits] = SETTINGS[bits][1];
    for (const n of LENGTHS) {
      scoped(() => {
        const x = angles(random, periodBits, n);
        const [both, sin, cos] = [0, 1, 2].map(() => blank(n, bits));
        const inPlace = words(x, bits);
        ops.sinCos(sin, null, words(x, bits), harmonic, periodBits, scaleBits);
        ops.sinCos(null, cos, words(x, bits), harmonic, periodBits, scaleBits);
        ops.sinCos(inPlace, both, inPlace, harmonic, periodBits, scaleBits);
        assert.equal(read(inPlace, bits), read(sin, bits));
        assert.equal(read(both, bits), read(cos, bits));
        for (const [i, word] of read(sin, bits).entries()) {
          const value = exact(x[i] * BigInt(harmonic), periodBits);
          assert.ok(distance(word, value.sin, scaleBits, bits) < 0.501);
          assert.ok(distance(read(cos, bits)[i], value.cos, scaleBits, bits) < 0.501);
        }
      });
    }
  });

  test(`sinAdd${bits}, cosAdd${bits}: parties' terms add up to a·sin(Δ - δ) and a·cos(Δ - δ)`, () => {
    const random = new Random(bits + 2);
    const [periodBits, dealtBits, scaleBits] = bits === 32 ? [17, 14, 12] : [25, 30, 24];
    for (const n of LENGTHS) {
      for (const harmonic of [1, 5]) {
        for (const coefficient of [0.6366, -1.25]) {
          scoped(() => {
            const x = angles(random, periodBits, n);
            const mask = x.map(() => random.bits(bits));
            const delta = words(
              x.map((v, i) => v + mask[i]),
              bits,
            );
            const [sin, cos] = [blank(n, bits), blank(n, bits)];
            ops.sinCos(sin, cos, words(mask, bits), harmonic, periodBits, dealtBits);
            const shares = [sin, cos].map((dealt) => random.shareAll(read(dealt, bits), bits, 2));
            const sums = { sin: new Array<bigint>(n).fill(0n), cos: new Array<bigint>(n).fill(0n) };
            for (const p of [0, 1]) {
              const [s, c] = shares.map((dealt) => words(dealt[p], bits));
              for (const kind of ['sin', 'cos'] as const) {
                const out = words(sums[kind], bits);
                const add = kind === 'sin' ? ops.sinAdd : ops.cosAdd;
                add(out, delta, s, c, harmonic, periodBits, scaleBits, coefficient);
                sums[kind] = read(out, bits);
              }
            }
            for (let i = 0; i < n; i++) {
              const value = exact(x[i] * BigInt(harmonic), periodBits);
              for (const kind of ['sin', 'cos'] as const) {
                const got = Number(BigInt.asIntN(bits, sums[kind][i])) / 2 ** (dealtBits + scaleBits);
                const error = Math.abs(got - coefficient * approximate(value[kind]));
                // both factors of both products are rounded to half a unit
                const bound = Math.SQRT2 * (2 ** -dealtBits * Math.abs(coefficient) + 2 ** -scaleBits);
                assert.ok(error < bound, `${kind} of ${x[i]}: off by ${error}`);
              }
            }
          });
        }
      }
    }
  });
}

test('lengths, periods, harmonics and scales that do not fit are refused', () => {
  const ops = trigonometricOps(kernels, heap, 32);
  scoped(() => {
    const [x, y] = [blank(4, 32), blank(3, 32)];
    assert.throws(() => ops.sinCos(x, y, x, 1, 17, 12), /sinCos: lengths 4, 3, 4 differ/);
    assert.throws(() => ops.sinCos(x, null, x, 1, 33, 12), /period of 33 bits is not within 1 to 32/);
    assert.throws(() => ops.sinCos(x, null, x, 1, 0, 12), RangeError);
    assert.throws(() => ops.sinCos(x, null, x, 0.5, 17, 12), RangeError);
    assert.throws(() => ops.sinCos(x, null, x, 1, 17, 31), /2\^31 is not within/);
    assert.throws(() => ops.sinAdd(x, x, y, x, 1, 17, 12, 1), /sinAdd: lengths 4, 4, 3, 4 differ/);
    assert.throws(() => ops.sinAdd(x, x, x, x, 1, 17, 12, Number.NaN), RangeError);
    assert.throws(() => ops.cosAdd(x, x, x, x, 1, 17, 50, 2), /exceeds 2\^50/);
    assert.throws(() => ops.cosAdd(x, x, x, x, -1, 17, 12, 2), RangeError);
  });
});

test.run();
