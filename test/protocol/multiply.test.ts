/** Products before their rescale, which cost nothing: element by element, of matrices, by whichever share is there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Runtime } from '../../src/party/runtime.js';
import { Stored } from '../../src/party/stored.js';
import type { Masked } from '../../src/party/values.js';
import { integers } from '../../src/protocol/encode.js';
import { gatherRows } from '../../src/protocol/gather.js';
import { addTo, copyOf, factorOf, neg, own, sub } from '../../src/protocol/linear.js';
import {
  bilinear,
  Into,
  matmul,
  matrixProduct,
  multiply,
  product,
  square,
} from '../../src/protocol/multiply.js';
import { constant, increase } from '../../src/protocol/public-terms.js';
import { concat } from '../../src/protocol/rearrange.js';
import { rowsFrom } from '../../src/protocol/views.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const wrap = (world: Parties, values: readonly bigint[]): bigint[] =>
  values.map((value) => BigInt.asIntN(world.bits, value));

test('multiply and square: the products modulo 2^k, scales added', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const x = world.random.words(world.bits, size);
      const y = world.random.words(world.bits, size);
      const [mx, my] = [world.masked(x, 5), world.masked(y, 6)];
      const products = world.each((rt, role) => multiply(rt, mx[role], my[role]));
      assert.equal(
        world.joined(products),
        wrap(
          world,
          x.map((value, i) => value * y[i]),
        ),
        `${where}, ${size} values`,
      );
      assert.is(products[0].fraction, 11);
      const squares = world.each((rt, role) => square(rt, mx[role]));
      assert.equal(
        world.joined(squares),
        wrap(
          world,
          x.map((value) => value * value),
        ),
        `${where}, ${size} values`,
      );
    }
  });
});

test('product: with two parties one product a role, made of twice the product; with more as bilinear', () => {
  inEverySetting((world, where) => {
    const [m, k, n] = [5, 33, 7];
    for (const [rows, inner, columns] of [
      [m, k, n],
      [1, k, 40], // the second factor is the larger one
    ]) {
      const x = world.random.words(world.bits, rows * inner);
      const y = world.random.words(world.bits, inner * columns);
      const [mx, my] = [world.masked(x, 3, [rows, inner]), world.masked(y, 4, [inner, columns])];
      const products = world.each((rt, role) => {
        const map = matrixProduct(rt, 'nn', rows, inner, columns);
        return product(rt, null, [rows, columns], mx[role], my[role], map);
      });
      const extra = world.parties.length === 2 ? 1 : 0;
      assert.is(products[0].fraction, 7 + extra, where);
      const truth = Array.from({ length: rows * columns }, (_, at) => {
        let sum = 0n;
        for (let p = 0; p < inner; p++) {
          sum += x[Math.floor(at / columns) * inner + p] * y[p * columns + (at % columns)];
        }
        return sum << BigInt(extra);
      });
      assert.equal(world.joined(products), wrap(world, truth), where);
    }
  });
});

test('factors stay right through linear maps, views, public terms and storage', () => {
  inEverySetting((world, where) => {
    const [rows, columns] = [6, 4];
    const x = world.random.words(world.bits, rows * columns);
    const y = world.random.words(world.bits, rows * columns);
    const [mx, my] = [world.masked(x, 0, [rows, columns]), world.masked(y, 0, [rows, columns])];
    const order = Uint32Array.of(3, 0, 5);
    const picked = (values: readonly bigint[]) =>
      [...order].flatMap((row) => values.slice(row * columns, (row + 1) * columns));
    const sum = picked(x.map((value, i) => value - y[i]));
    const cases: [string, readonly bigint[], (rt: Runtime, role: number) => Masked][] = [
      ['rows of a difference', sum, (rt, role) => gatherRows(rt, sub(rt, mx[role], my[role]), order)],
      [
        'rows of a sum in place',
        picked(x.map((value, i) => value + y[i])),
        (rt, role) => gatherRows(rt, addTo(rt, copyOf(rt, mx[role]), my[role]), order),
      ],
      [
        'an integer less a value whose factor has been used',
        picked(x.map((value) => 5n - value)),
        (rt, role) => {
          const minus = neg(rt, mx[role]);
          if (minus.factored) factorOf(rt, minus);
          increase(rt, minus, 5);
          return gatherRows(rt, minus, order);
        },
      ],
      ['a part', x.slice(columns, 4 * columns), (rt, role) => rowsFrom(rt, mx[role], 1, 3)],
      [
        'values one after the other',
        [...x.slice(0, columns), ...y.slice(0, 2 * columns)],
        (rt, role) => concat(rt, [rowsFrom(rt, mx[role], 0, 1), rowsFrom(rt, my[role], 0, 2)]),
      ],
      [
        'stored rows',
        picked(x),
        (rt, role) => {
          const stored = new Stored(rt, [rows, columns], 0);
          stored.put(rt, 0, mx[role]);
          return stored.gather(rt, order);
        },
      ],
      [
        'a constant',
        Array.from({ length: 12 }, (_, i) => BigInt(i)),
        (rt) =>
          constant(
            rt,
            integers(
              rt,
              Array.from({ length: 12 }, (_, i) => BigInt(i)),
            ),
            [3, columns],
            0,
          ),
      ],
    ];
    for (const [name, values, made] of cases) {
      const left = world.each(made);
      assert.is(left[0].factored, world.parties.length === 2, name);
      const products = world.each((rt, role) => {
        const map = matrixProduct(rt, 'nt', 3, columns, rows);
        return product(rt, null, [3, rows], left[role], my[role], map);
      });
      const truth = Array.from({ length: 3 * rows }, (_, at) => {
        let total = 0n;
        for (let p = 0; p < columns; p++) {
          total += values[Math.floor(at / rows) * columns + p] * y[(at % rows) * columns + p];
        }
        return total << BigInt(world.parties.length === 2 ? 1 : 0);
      });
      assert.equal(world.joined(products), wrap(world, truth), `${where}, ${name}`);
    }
  });
});

test('matrix products in all three orientations', () => {
  inEverySetting((world, where) => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [8, 13, 16],
      [3, 129, 5],
      [17, 2, 31],
    ]) {
      const x = world.random.words(world.bits, m * k);
      const y = world.random.words(world.bits, k * n);
      const truth = Array.from({ length: m * n }, (_, at) => {
        let sum = 0n;
        for (let p = 0; p < k; p++) sum += x[Math.floor(at / n) * k + p] * y[p * n + (at % n)];
        return sum;
      });
      const transposed = (values: bigint[], rows: number, columns: number) =>
        values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
      const what = `${where}, [${m},${k}]·[${k},${n}]`;
      const nn = [world.masked(x, 3, [m, k]), world.masked(y, 4, [k, n])];
      const products = world.each((rt, role) => matmul(rt, nn[0][role], nn[1][role]));
      assert.equal(world.joined(products), wrap(world, truth), `${what}, nn`);
      assert.equal(products[0].shape, [m, n]);
      for (const [orientation, a, b] of [
        ['tn', world.masked(transposed(x, m, k), 3, [k, m]), nn[1]],
        ['nt', nn[0], world.masked(transposed(y, k, n), 4, [n, k])],
      ] as const) {
        const shares = world.each((rt, role) =>
          bilinear(rt, null, [m, n], a[role], b[role], matrixProduct(rt, orientation, m, k, n)),
        );
        assert.equal(world.joined(shares), wrap(world, truth), `${what}, ${orientation}`);
      }
    }
  });
});

test('whichever share a product takes, of x or of y, it is the same product, and only that share is made', () => {
  inEverySetting((world, where) => {
    for (const [m, k, n] of [
      [2, 3, 9], // x smaller than y
      [4, 3, 4], // of one size
      [9, 3, 2], // x larger than y
    ]) {
      const x = world.random.words(world.bits, m * k);
      const y = world.random.words(world.bits, k * n);
      const truth = Array.from({ length: m * n }, (_, at) => {
        let sum = 0n;
        for (let p = 0; p < k; p++) sum += x[Math.floor(at / n) * k + p] * y[p * n + (at % n)];
        return sum;
      });
      for (const [knownX, knownY] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const [mx, my] = [world.masked(x, 3, [m, k]), world.masked(y, 4, [k, n])];
        world.parties.forEach((rt, i) => {
          if (knownX) own(rt, mx[i]);
          if (knownY) own(rt, my[i]);
        });
        const products = world.each((rt, role) => matmul(rt, mx[role], my[role]));
        const what = `${where}, [${m},${k}]·[${k},${n}], known: x ${knownX}, y ${knownY}`;
        assert.equal(world.joined(products), wrap(world, truth), what);
        // a share that is there is taken, else that of the smaller factor
        const ofX = !knownX && !knownY && m < n;
        const made = [knownX || ofX, knownY || (!knownX && !ofX)];
        for (const i of world.parties.keys()) {
          assert.equal([mx[i].own !== null, my[i].own !== null], made, `${what}: shares made`);
        }
        assert.equal([world.opened(mx), world.opened(my)], [wrap(world, x), wrap(world, y)], 'left alone');
      }
    }
  });
});

test('an elementwise product takes the share that is there too', () => {
  inEverySetting((world, where) => {
    const [x, y] = [world.random.words(world.bits, 129), world.random.words(world.bits, 129)];
    const [mx, my] = [world.masked(x), world.masked(y)];
    world.parties.forEach((rt, i) => void own(rt, mx[i]));
    const products = world.each((rt, role) => multiply(rt, mx[role], my[role]));
    const truth = x.map((value, i) => value * y[i]);
    assert.equal(world.joined(products), wrap(world, truth), where);
    assert.ok(world.parties.every((_, i) => my[i].own === null));
  });
});

test('a product can be written over words that are there', () => {
  inEverySetting((world, where) => {
    const x = world.random.words(world.bits, 9);
    const masked = world.masked(x);
    const shares = world.each((rt, role) => {
      const out = world.words(rt, x);
      const share = bilinear(rt, out, [9], masked[role], masked[role], (to, a, b, into) => {
        if (into === Into.set) rt.ring.mul(to, a, b);
        else rt.ring.mulSub(to, a, b);
      });
      assert.is(share.words, out);
      return share;
    });
    assert.equal(
      world.joined(shares),
      wrap(
        world,
        x.map((value) => value * value),
      ),
      where,
    );
  });
});

test.run();
