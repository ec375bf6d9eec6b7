import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  andCount,
  combineCount,
  combineEqCount,
  compareOps,
  MAX_DIGIT_BITS,
  MAX_DIGITS,
  subsetsCount,
} from '../../bindings/compare.js';
import { blocksFor, type Planes } from '../../bindings/memory.js';
import {
  assertGuard,
  bit,
  heap,
  kernels,
  planes,
  Random,
  scoped,
  setBit,
  sharePlanes,
} from '../world/shares.js';

const ops = compareOps(kernels, heap, 32);

/** Planes with bits f(plane, value); values past n stay zero. */
function filled(count: number, n: number, f: (j: number, i: number) => number): Planes {
  const out = planes(count, blocksFor(n));
  for (let j = 0; j < count; j++) for (let i = 0; i < n; i++) setBit(out, j, i, f(j, i) & 1);
  return out;
}

/** Xor of the parties' bits. */
const joined = (shares: Planes[], i: number): number => shares.reduce((x, p) => x ^ bit(p, 0, i), 0);

const masked = (random: Random, count: number, n: number, f: (j: number, i: number) => number) => {
  const mask = filled(count, n, () => Number(random.bits(1)));
  const open = filled(count, n, (j, i) => f(j, i) ^ bit(mask, j, i));
  return { mask, open };
};

for (let m = 1; m <= MAX_DIGIT_BITS; m++) {
  test(`subsets: every block has the product of the bits in S at S - 1, for every digit of ${m} bits`, () => {
    scoped(() => {
      const n = 2 ** m + 130;
      const out = planes(subsetsCount(m), blocksFor(n));
      ops.subsets(out.ptr, filled(m, n, (j, i) => i >> j).ptr, m, out.blocks);
      assertGuard(out);
      for (let S = 1; S < 2 ** m; S++) {
        for (let i = 0; i < n; i++) {
          const block = { ptr: out.ptr + subsetsCount(m) * (i >> 7) * 16, count: subsetsCount(m), blocks: 1 };
          assert.is(bit(block, S - 1, i & 127), (i & S) === S ? 1 : 0, `S ${S}, i ${i}`);
        }
      }
    });
  });

  test(`leaf: shares add up to Δ < δ and Δ = δ for all pairs of ${m}-bit digits, for 2 and 3 parties`, () => {
    const random = new Random(m);
    const n = 4 ** m;
    for (const parties of [2, 3]) {
      scoped(() => {
        const [low, high] = [(i: number) => i % 2 ** m, (i: number) => i >> m];
        const delta = filled(m, n, (j, i) => low(i) >> j);
        const secret = filled(m, n, (j, i) => high(i) >> j);
        const products = planes(subsetsCount(m), delta.blocks);
        ops.subsets(products.ptr, secret.ptr, m, delta.blocks);
        const [lt, eq, only]: Planes[][] = [[], [], []];
        sharePlanes(random, products, parties).forEach((own, p) => {
          for (const list of [lt, eq, only]) list.push(planes(1, delta.blocks));
          ops.leaf(lt[p].ptr, eq[p].ptr, delta.ptr, own.ptr, m, delta.blocks, p === 0);
          ops.leaf(only[p].ptr, null, delta.ptr, own.ptr, m, delta.blocks, p === 0);
        });
        for (const out of [...lt, ...eq, ...only]) assertGuard(out);
        for (let i = 0; i < n; i++) {
          assert.is(joined(lt, i), low(i) < high(i) ? 1 : 0, `${low(i)} < ${high(i)}`);
          assert.is(joined(only, i), low(i) < high(i) ? 1 : 0);
          assert.is(joined(eq, i), low(i) === high(i) ? 1 : 0, `${low(i)} = ${high(i)}`);
        }
      });
    }
  });
}

test('leaves: the digits of several numbers are those of each by itself', () => {
  const random = new Random(7);
  const digits = [4, 3, 6, 1];
  const total = digits.reduce((sum, m) => sum + m, 0);
  const count = digits.length;
  for (const blocks of [1, 3]) {
    for (const first of [true, false]) {
      scoped(() => {
        const numbers = 3;
        const n = blocks * 128;
        const delta = filled(numbers * total, n, () => Number(random.bits(1)));
        const products = filled(
          digits.reduce((sum, m) => sum + subsetsCount(m), 0),
          n,
          () => Number(random.bits(1)),
        );
        const out = planes(2 * count - 1, numbers * blocks);
        const region = total * blocks * 16;
        ops.leaves(out.ptr, delta.ptr, products.ptr, digits, numbers, blocks, region, first);
        assertGuard(out);
        for (let c = 0; c < numbers; c++) {
          let [from, product] = [delta.ptr + c * region, products.ptr];
          digits.forEach((m, d) => {
            const [lt, eq] = [planes(1, blocks), planes(1, blocks)];
            ops.leaf(lt.ptr, eq.ptr, from, product, m, blocks, first);
            for (let i = 0; i < n; i++) {
              assert.is(bit(out, d, c * n + i), bit(lt, 0, i), `lt of digit ${d}, number ${c}`);
              if (d > 0)
                assert.is(bit(out, count + d - 1, c * n + i), bit(eq, 0, i), `eq of digit ${d}, number ${c}`);
            }
            from += m * blocks * 16;
            product += subsetsCount(m) * blocks * 16;
          });
        }
      });
    }
  }
  assert.throws(() => ops.leaves(0, 0, 0, [7], 1, 1, 0, true), RangeError);
  assert.throws(() => ops.leaves(0, 0, 0, [], 1, 1, 0, true), RangeError);
});

/** The documented order of combineDeal's planes: each a list of factors, `l` or `e` with the digit. */
function productOrder(D: number, withEq: boolean): string[][] {
  const first = withEq ? 0 : 1;
  const sets = (from: number, least: number): string[][] =>
    Array.from({ length: 2 ** Math.max(0, D - from) }, (_, S) =>
      Array.from({ length: D - from }, (_, t) => ((S >> t) & 1 ? `e${from + t}` : '')).filter(Boolean),
    ).filter((set) => set.length >= least);
  const pairs = Array.from({ length: D - 1 }, (_, d) => sets(d + 1, 1).map((set) => [`l${d}`, ...set]));
  return [...sets(first, 2), ...pairs.flat()];
}

for (let D = 1; D <= MAX_DIGITS; D++) {
  for (const withEq of [false, true]) {
    const name = `${D} digits${withEq ? ' with equality' : ''}`;
    const first = withEq ? 0 : 1;
    const eqCount = combineEqCount(D, withEq);

    test(`combineDeal: the products stand in the documented order, ${name}`, () => {
      scoped(() => {
        const random = new Random(D);
        const n = 200;
        const lt = filled(D, n, () => Number(random.bits(1)));
        const eq = filled(eqCount, n, () => Number(random.bits(1)));
        const order = productOrder(D, withEq);
        assert.is(combineCount(D, withEq), order.length);
        const out = planes(order.length, blocksFor(n));
        ops.combineDeal(out.ptr, lt.ptr, eq.ptr, D, withEq, out.blocks);
        assertGuard(out);
        order.forEach((factors, plane) => {
          for (let i = 0; i < n; i++) {
            const product = factors.every((f) =>
              bit(f[0] === 'l' ? lt : eq, Number(f[1]) - (f[0] === 'l' ? 0 : first), i),
            );
            assert.is(bit(out, plane, i), product ? 1 : 0, `plane ${plane} = ${factors.join('·')}`);
          }
        });
      });
    });

    test(`combine: shares add up to LT and EQ of all digits, ${name}, for 2 and 3 parties`, () => {
      const random = new Random(100 + D);
      for (const [parties, n] of [
        [2, 1500],
        [3, 129],
        [2, 1],
      ]) {
        scoped(() => {
          const ltBits = Array.from({ length: n }, () => Number(random.bits(D)));
          const eqBits = Array.from({ length: n }, () => Number(random.bits(D) | random.bits(D)));
          const lt = masked(random, D, n, (d, i) => ltBits[i] >> d);
          const eq = masked(random, eqCount, n, (t, i) => eqBits[i] >> (first + t));
          const blocks = blocksFor(n);
          const products = planes(combineCount(D, withEq), blocks);
          ops.combineDeal(products.ptr, lt.mask.ptr, eq.mask.ptr, D, withEq, blocks);
          const maskLt = sharePlanes(random, lt.mask, parties);
          const maskEq = sharePlanes(random, eq.mask, parties);
          const outLt: Planes[] = [];
          const outEq: Planes[] = [];
          sharePlanes(random, products, parties).forEach((own, p) => {
            outLt.push(planes(1, blocks));
            outEq.push(planes(1, blocks));
            ops.combine(
              outLt[p].ptr,
              withEq ? outEq[p].ptr : null,
              lt.open.ptr,
              eq.open.ptr,
              maskLt[p].ptr,
              maskEq[p].ptr,
              own.ptr,
              D,
              blocks,
              p === 0,
            );
          });
          for (const out of [...outLt, ...outEq]) assertGuard(out);
          for (let i = 0; i < n; i++) {
            let expected = 0;
            for (let d = 0; d < D; d++) {
              const above = eqBits[i] >> (d + 1) === 2 ** (D - 1 - d) - 1 ? 1 : 0;
              expected ^= (ltBits[i] >> d) & above;
            }
            assert.is(joined(outLt, i), expected, `LT of value ${i}`);
            if (withEq) assert.is(joined(outEq, i), eqBits[i] === 2 ** D - 1 ? 1 : 0, `EQ of value ${i}`);
          }
        });
      }
    });
  }
}

for (let m = 1; m <= MAX_DIGITS; m++) {
  test(`andDeal and andParty: shares add up to the product of ${m} bits, for 2 and 3 parties`, () => {
    const random = new Random(200 + m);
    const n = 2 ** m + 100;
    for (const parties of [2, 3]) {
      scoped(() => {
        const { mask, open } = masked(random, m, n, (t, i) => i >> t);
        const products = planes(andCount(m), mask.blocks);
        ops.andDeal(products.ptr, mask.ptr, m, mask.blocks);
        assertGuard(products);
        const masks = sharePlanes(random, mask, parties);
        const outs = sharePlanes(random, products, parties).map((own, p) => {
          const out = planes(1, mask.blocks);
          ops.andParty(out.ptr, open.ptr, masks[p].ptr, own.ptr, m, mask.blocks, p === 0);
          assertGuard(out);
          return out;
        });
        for (let i = 0; i < n; i++) assert.is(joined(outs, i), (i + 1) % 2 ** m === 0 ? 1 : 0, `value ${i}`);
      });
    }
  });
}

test('widths and counts that the kernels do not take are refused', () => {
  assert.throws(() => ops.subsets(0, 0, 7, 1), /subsets: width 7 is not within 1 to 6/);
  assert.throws(() => ops.leaf(0, null, 0, 0, 0, 1, true), RangeError);
  assert.throws(() => ops.combineDeal(0, 0, 0, 9, false, 1), /number of digits 9 is not within 1 to 8/);
  assert.throws(() => ops.combine(0, null, 0, 0, 0, 0, 0, 0, 1, true), RangeError);
  assert.throws(() => ops.andDeal(0, 0, 1.5, 1), RangeError);
  assert.throws(() => ops.andParty(0, 0, 0, 0, 9, 1, true), RangeError);
});

test.run();
