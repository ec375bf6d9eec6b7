import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksFor } from '../../bindings/memory.js';
import { planesOps } from '../../bindings/planes.js';
import {
  assertGuard,
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

for (const bits of RINGS) {
  const ops = planesOps(kernels, heap, bits);
  const ranges = [
    [0, 1],
    [0, 7],
    [0, 8],
    [3, 9],
    [5, 20],
    [bits - 1, 1],
    [0, bits - 1],
    [0, bits],
    [7, 17],
    [bits - 31, 31],
    ...(bits === 64
      ? ([
          [1, 33],
          [2, 40],
          [9, 48],
        ] as const)
      : []),
  ] as const;

  test(`toPlanes${bits}: plane j holds bit low + j of every word and zeros after the last`, () => {
    const random = new Random(bits);
    for (const n of [...LENGTHS, 1000]) {
      const values = random.vector(n, bits);
      for (const [low, count] of ranges) {
        scoped(() => {
          const out = planes(count, blocksFor(n));
          heap.bytes(out.ptr, count * out.blocks * 16).fill(0xff);
          ops.toPlanes(out, words(values, bits), low);
          assertGuard(out);
          for (let j = 0; j < count; j++) {
            for (let i = 0; i < out.blocks * 128; i++) {
              const expected = i < n ? Number((values[i] >> BigInt(low + j)) & 1n) : 0;
              if (bit(out, j, i) !== expected)
                assert.unreachable(`n ${n}, low ${low}, plane ${j}, value ${i}`);
            }
          }
        });
      }
    }
  });

  test(`differencePlanes${bits}: the planes of words less each of some numbers`, () => {
    const random = new Random(bits + 5);
    for (const n of [...LENGTHS, 1000]) {
      const values = random.vector(n, bits);
      const numbers = random.vector(3, bits);
      for (const [low, count] of ranges) {
        scoped(() => {
          const out = planes(3 * count, blocksFor(n));
          ops.differencePlanes(out, words(values, bits), words(numbers, bits), low);
          assertGuard(out);
          numbers.forEach((number, t) => {
            const expected = planes(count, blocksFor(n));
            const differences = values.map((value) => BigInt.asUintN(bits, value - number));
            ops.toPlanes(expected, words(differences, bits), low);
            const bytes = count * out.blocks * 16;
            assert.equal(heap.bytes(out.ptr + t * bytes, bytes), heap.bytes(expected.ptr, bytes));
          });
        });
      }
    }
    assert.throws(() => ops.differencePlanes(planes(3, 1), blank(5, bits), blank(2, bits), 0), RangeError);
    assert.throws(() => ops.differencePlanes(planes(2, 2), blank(5, bits), blank(2, bits), 0), RangeError);
  });

  test(`fromPlane${bits}: words are the bits of the chosen plane`, () => {
    const random = new Random(bits + 1);
    for (const n of LENGTHS) {
      scoped(() => {
        const source = planes(3, blocksFor(n));
        const expected: bigint[] = [];
        for (let i = 0; i < source.blocks * 128; i++) {
          for (let j = 0; j < 3; j++) setBit(source, j, i, Number(random.bits(1)));
          if (i < n) expected.push(BigInt(bit(source, 2, i)));
        }
        const out = blank(n, bits);
        ops.fromPlane(out, source, 2);
        assert.equal(read(out, bits), expected);
      });
    }
  });

  test(`fromPlanes${bits}: rows of words are the bits of the planes`, () => {
    const random = new Random(bits + 3);
    for (const n of LENGTHS) {
      scoped(() => {
        const source = planes(3, blocksFor(n));
        const expected: bigint[] = [];
        for (let j = 0; j < 3; j++) {
          for (let i = 0; i < source.blocks * 128; i++) {
            setBit(source, j, i, Number(random.bits(1)));
            if (i < n) expected.push(BigInt(bit(source, j, i)));
          }
        }
        const out = blank(3 * n, bits);
        ops.fromPlanes(out, source);
        assert.equal(read(out, bits), expected);
        assert.throws(() => ops.fromPlanes(blank(3 * n + 1, bits), source), RangeError);
      });
    }
  });

  test(`unmask${bits}: summands of a bit under a mask, from those of the mask, in place too`, () => {
    const random = new Random(bits + 4);
    for (const n of LENGTHS) {
      for (const place of ['out', 'r'] as const) {
        scoped(() => {
          const open = planes(2, blocksFor(n));
          const [mine, sums]: bigint[][] = [random.vector(2 * n, bits), []];
          const others = mine.map((word, i) => {
            const [j, at, r] = [i < n ? 0 : 1, i % n, random.bits(1)];
            const b = random.bits(1);
            setBit(open, j, at, Number(b ^ r));
            sums.push(b);
            return BigInt.asUintN(bits, r - word);
          });
          const shares = [mine, others].map((values, p) => {
            const r = words(values, bits);
            const out = place === 'r' ? r : blank(2 * n, bits);
            ops.unmask(out, open, r, p === 0);
            return read(out, bits);
          });
          const joined = shares[0].map((share, i) => BigInt.asUintN(bits, share + shares[1][i]));
          assert.equal(joined, sums);
          assert.throws(() => ops.unmask(blank(2 * n, bits), open, blank(2 * n + 1, bits), true), RangeError);
        });
      }
    }
  });

  test(`xor, and, not (${bits}): equal the bitwise operations on every byte, in place too`, () => {
    const random = new Random(bits + 2);
    for (let blocks = 0; blocks <= 9; blocks++) {
      for (const place of ['out', 'a', 'b'] as const) {
        for (const [name, f] of [
          ['xor', (x: number, y: number) => x ^ y],
          ['and', (x: number, y: number) => x & y],
          ['not', (x: number) => ~x & 255],
        ] as const) {
          scoped(() => {
            const [a, b, fresh] = [planes(3, blocks), planes(3, blocks), planes(3, blocks)];
            const size = 3 * blocks * 16;
            for (const p of [a, b]) {
              const bytes = heap.bytes(p.ptr, size);
              for (let i = 0; i < size; i++) bytes[i] = Number(random.bits(8));
            }
            const [x, y] = [a, b].map((p) => Uint8Array.from(heap.bytes(p.ptr, size)));
            const out = { out: fresh, a, b }[place];
            ops[name](out, a, b);
            assert.equal(
              Uint8Array.from(heap.bytes(out.ptr, size)),
              x.map((v, i) => f(v, y[i])),
            );
            for (const p of [a, b, fresh]) assertGuard(p);
          });
        }
      }
    }
  });

  test(`clearTail (${bits}): zeroes the bits from n on and no other`, () => {
    for (const n of [0, 1, 63, 64, 65, 100, 127, 128, 129, 200, 256]) {
      scoped(() => {
        const p = planes(3, 2);
        heap.bytes(p.ptr, 96).fill(0xff);
        ops.clearTail(p, n);
        assertGuard(p);
        for (let j = 0; j < 3; j++) for (let i = 0; i < 256; i++) assert.is(bit(p, j, i), i < n ? 1 : 0);
      });
    }
  });
}

test('sizes that do not fit together are refused', () => {
  const ops = planesOps(kernels, heap, 32);
  scoped(() => {
    const out = planes(4, 1);
    const x = blank(100, 32);
    assert.throws(() => ops.toPlanes(out, x, 29), /toPlanes: bits 29 to 32/);
    assert.throws(() => ops.toPlanes(out, x, -1), RangeError);
    assert.throws(() => ops.toPlanes(planes(0, 1), x, 0), RangeError);
    assert.throws(() => ops.toPlanes(planes(4, 2), x, 0), /2 blocks for 100 words/);
    assert.throws(() => ops.fromPlane(x, out, 4), /plane 4 of 4/);
    assert.throws(() => ops.fromPlane(x, planes(1, 2)), RangeError);
    assert.throws(() => ops.xor(out, out, planes(3, 1)), /xor: planes × blocks 4×1, 4×1, 3×1 differ/);
    assert.throws(() => ops.clearTail(out, 129), RangeError);
  });
});

test.run();
