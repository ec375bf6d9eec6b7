import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import { truncateOps } from '../../bindings/truncate.js';
import {
  type Bits,
  bit,
  blank,
  heap,
  kernels,
  LENGTHS,
  planes,
  Random,
  RINGS,
  read,
  scoped,
  setBit,
  words,
} from '../world/shares.js';

/** z within the promised range, both ends included, and the opened z + r for masks with extremes among them. */
function masked(random: Random, n: number, bits: Bits): { z: bigint[]; r: bigint[]; c: bigint[] } {
  const limit = 1n << BigInt(bits - 2);
  const z = Array.from({ length: n }, (_, i) => {
    if (i % 5 === 1) return [limit - 1n, 1n - limit, 0n, -1n][(i >> 3) & 3];
    return (random.bits(bits) % (2n * limit - 1n)) - limit + 1n;
  });
  const r = random.vector(n, bits);
  return { z, r, c: z.map((v, i) => BigInt.asUintN(bits, v + r[i])) };
}

/** The documented function: floor, plus one when (c + H) mod 2^s < z mod 2^s. */
function rounded(z: bigint, c: bigint, s: number, bits: Bits): bigint {
  const coin = BigInt.asUintN(s, c + (1n << BigInt(bits - 2))) < BigInt.asUintN(s, z);
  return (z >> BigInt(s)) + (coin ? 1n : 0n);
}

const sum = (vectors: bigint[][], bits: Bits): bigint[] =>
  vectors[0].map((_, i) =>
    BigInt.asUintN(
      bits,
      vectors.reduce((a, v) => a + v[i], 0n),
    ),
  );
const ring = (values: bigint[], bits: Bits): bigint[] => values.map((v) => BigInt.asUintN(bits, v));

function randomPlane(random: Random, n: number): Planes {
  const plane = planes(1, blocksFor(n));
  for (let i = 0; i < plane.blocks * 128; i++) setBit(plane, 0, i, Number(random.bits(1)));
  return plane;
}

for (const bits of RINGS) {
  const ops = truncateOps(kernels, heap, bits);
  const msb = (x: bigint) => x >> BigInt(bits - 1);

  test(`truncate${bits}: parties and dealer sum to base + z/2^s, rounded by the public coin, for every s`, () => {
    const random = new Random(bits);
    for (let s = 0; s <= bits - 2; s++) {
      for (const parties of [2, 3]) {
        scoped(() => {
          const n = 97;
          const { z, r, c } = masked(random, n, bits);
          const base = random.vector(n, bits);
          const rho = blank(n, bits);
          ops.shr(rho, words(r, bits), s);
          const bases = random.shareAll(base, bits, parties);
          const outs = random.shareAll(r.map(msb), bits, parties).map((mu, p) => {
            const out = blank(n, bits);
            ops.truncate(out, words(bases[p], bits), words(c, bits), words(mu, bits), s, p === 0);
            return read(out, bits);
          });
          const expected = z.map((v, i) => base[i] + rounded(v, c[i], s, bits));
          assert.equal(sum([...outs, read(rho, bits).map((v) => -v)], bits), ring(expected, bits), `s ${s}`);
        });
      }
    }
  });

  test(`truncate${bits}: every length, with and without base, in place`, () => {
    const random = new Random(bits + 1);
    const half = 1n << BigInt(bits - 2);
    const s = 13n;
    for (const n of LENGTHS) {
      for (const first of [true, false]) {
        const [base, c, mu] = [random.vector(n, bits), random.vector(n, bits), random.vector(n, bits)];
        const term = c.map((v, i) => {
          const x = BigInt.asUintN(bits, v + half);
          return (first ? (x >> s) - (half >> s) : 0n) + (msb(x) ? 0n : mu[i] << (BigInt(bits) - s));
        });
        scoped(() => {
          const [b, x, m, out] = [words(base, bits), words(c, bits), words(mu, bits), blank(n, bits)];
          ops.truncate(out, null, x, m, 13, first);
          assert.equal(read(out, bits), ring(term, bits));
          ops.truncate(b, b, x, m, 13, first);
          assert.equal(read(b, bits), sum([base, term], bits));
          ops.truncate(m, null, x, m, 13, first);
          assert.equal(read(m, bits), ring(term, bits));
          ops.truncate(x, null, x, words(mu, bits), 13, first);
          assert.equal(read(x, bits), ring(term, bits));
        });
      }
    }
  });

  test(`shr${bits}: is the logical shift, for every s and length`, () => {
    const random = new Random(bits + 2);
    for (const n of LENGTHS) {
      for (let s = 0; s < bits; s += n === 17 ? 1 : 9) {
        scoped(() => {
          const values = random.vector(n, bits);
          const x = words(values, bits);
          const out = blank(n, bits);
          ops.shr(out, x, s);
          const expected = values.map((v) => v >> BigInt(s));
          assert.equal(read(out, bits), expected);
          ops.shr(x, x, s);
          assert.equal(read(x, bits), expected);
        });
      }
    }
  });

  test(`select${bits}: parties and dealer sum to b·(z/2^s), for both values of bit and r_b, every s`, () => {
    const random = new Random(bits + 3);
    for (let s = 0; s <= bits - 2; s++) {
      const n = s === 12 ? 300 : LENGTHS[s % LENGTHS.length];
      for (const parties of [2, 3]) {
        scoped(() => {
          const { z, r, c } = masked(random, n, bits);
          const rb = Array.from({ length: n }, () => random.bits(1));
          const plane = randomPlane(random, n);
          const [sigma, term, rbmu, mu] = [0, 1, 2, 3].map(() => blank(n, bits));
          ops.selectDeal(sigma, term, rbmu, mu, words(r, bits), words(rb, bits), s);
          const share = (x: Words) => random.shareAll(read(x, bits), bits, parties);
          const dealt = [share(words(rb, bits)), share(sigma), share(mu), share(rbmu)];
          const outs = Array.from({ length: parties }, (_, p) => {
            const [rbP, sigmaP, muP, rbmuP] = dealt.map((d) => words(d[p], bits));
            const out = [blank(n, bits), sigmaP, rbP][p];
            ops.select(out, plane, words(c, bits), rbP, sigmaP, muP, rbmuP, s, p === 0);
            return read(out, bits);
          });
          const expected = z.map((v, i) =>
            (BigInt(bit(plane, 0, i)) ^ rb[i]) === 1n ? rounded(v, c[i], s, bits) : 0n,
          );
          assert.equal(sum([...outs, read(term, bits)], bits), ring(expected, bits), `s ${s}, n ${n}`);
        });
      }
    }
  });

  test(`selectDeal${bits}: is what its equations say, for every length`, () => {
    const random = new Random(bits + 4);
    const s = 11n;
    for (const n of LENGTHS) {
      scoped(() => {
        const r = random.vector(n, bits);
        const rb = Array.from({ length: n }, () => random.bits(1));
        const [sigma, term, rbmu, mu] = [0, 1, 2, 3].map(() => blank(n, bits));
        ops.selectDeal(sigma, term, rbmu, mu, words(r, bits), words(rb, bits), Number(s));
        assert.equal(
          read(sigma, bits),
          ring(
            r.map((v, i) => (v >> s) * (1n - 2n * rb[i])),
            bits,
          ),
        );
        assert.equal(
          read(term, bits),
          ring(
            r.map((v, i) => -(v >> s) * rb[i]),
            bits,
          ),
        );
        assert.equal(
          read(rbmu, bits),
          r.map((v, i) => msb(v) * rb[i]),
        );
        assert.equal(read(mu, bits), r.map(msb));
      });
    }
  });

  test(`selectWords${bits}: parties sum to b·x, for every length and both values of bit and r_b`, () => {
    const random = new Random(bits + 5);
    for (const n of LENGTHS) {
      for (const parties of [2, 3]) {
        scoped(() => {
          const x = random.vector(n, bits);
          const mask = random.vector(n, bits);
          const delta = sum([x, mask], bits);
          const rb = Array.from({ length: n }, () => random.bits(1));
          const plane = randomPlane(random, n);
          const rbShares = random.shareAll(rb, bits, parties);
          const rbdShares = random.shareAll(
            rb.map((v, i) => v * mask[i]),
            bits,
            parties,
          );
          const outs = random.shareAll(mask, bits, parties).map((d, p) => {
            const own = words(p === 0 ? d.map((v, i) => delta[i] - v) : d.map((v) => -v), bits);
            const out = p === 0 ? blank(n, bits) : own;
            ops.selectWords(
              out,
              plane,
              words(delta, bits),
              own,
              words(rbShares[p], bits),
              words(rbdShares[p], bits),
            );
            return read(out, bits);
          });
          const expected = x.map((v, i) => ((BigInt(bit(plane, 0, i)) ^ rb[i]) === 1n ? v : 0n));
          assert.equal(sum(outs, bits), expected);
        });
      }
    }
  });

  test(`unmaskBit${bits}: parties sum to b·x from x and r_b·x, for every length and both values of bit and r_b`, () => {
    const random = new Random(bits + 6);
    for (const n of LENGTHS) {
      for (const parties of [2, 3]) {
        scoped(() => {
          const x = random.vector(n, bits);
          const rb = Array.from({ length: n }, () => random.bits(1));
          const plane = randomPlane(random, n);
          const shares = random.shareAll(x, bits, parties);
          const products = random.shareAll(
            x.map((v, i) => v * rb[i]),
            bits,
            parties,
          );
          const outs = shares.map((own, p) => {
            const [a, b] = [words(own, bits), words(products[p], bits)];
            const out = [blank(n, bits), a, b][p % 3];
            ops.unmaskBit(out, plane, a, b);
            return read(out, bits);
          });
          const expected = x.map((v, i) => ((BigInt(bit(plane, 0, i)) ^ rb[i]) === 1n ? v : 0n));
          assert.equal(sum(outs, bits), expected);
        });
      }
    }
  });
}

test('lengths and shifts that do not fit are refused', () => {
  const ops = truncateOps(kernels, heap, 32);
  scoped(() => {
    const [x, y] = [blank(4, 32), blank(3, 32)];
    assert.throws(() => ops.truncate(x, null, x, y, 5, true), /truncate: lengths 4, 4, 4, 3 differ/);
    assert.throws(() => ops.truncate(x, y, x, x, 5, true), RangeError);
    assert.throws(() => ops.truncate(x, null, x, x, 31, true), /shift 31 is not within 0 to 30/);
    assert.throws(() => ops.truncate(x, null, x, x, 1.5, true), RangeError);
    assert.throws(() => ops.shr(x, y, 5), /shr: lengths 4, 3 differ/);
    assert.throws(() => ops.shr(x, x, 32), RangeError);
    assert.throws(() => ops.select(x, planes(1, 1), x, x, x, y, x, 5, true), RangeError);
    assert.throws(() => ops.select(x, planes(1, 2), x, x, x, x, x, 5, true), /2 blocks for 4 words/);
    assert.throws(() => ops.selectDeal(x, x, x, x, x, y, 5), RangeError);
    assert.throws(() => ops.selectWords(x, planes(1, 1), x, x, x, y), RangeError);
    assert.throws(() => ops.unmaskBit(x, planes(1, 1), x, y), RangeError);
    assert.throws(() => ops.unmaskBit(x, planes(1, 2), x, x), /2 blocks for 4 words/);
  });
});

test.run();
