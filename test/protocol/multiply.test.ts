/** Products before their rescale, which cost nothing: element by element, of matrices, by whichever share is there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { own } from '../../src/protocol/linear.js';
import { bilinear, Into, matmul, matrixProduct, multiply, square } from '../../src/protocol/multiply.js';
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
