import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Words } from '../../bindings/memory.js';
import { vectorOps } from '../../bindings/vector.js';
import {
  assertWords,
  type Bits,
  kernels,
  LENGTHS,
  makeHeap,
  Random,
  RINGS,
  scoped,
  vector,
} from '../world/ring.js';

const heap = makeHeap();
const exported = kernels(heap);
const ops = { 32: vectorOps(exported, heap, 32), 64: vectorOps(exported, heap, 64) };

type Binary = (out: Words, a: Words, b: Words) => void;
type Twin = (a: bigint, b: bigint, out: bigint) => bigint;

function checkBinary(bits: Bits, name: string, run: Binary, twin: Twin): void {
  const random = new Random(bits);
  for (const n of LENGTHS) {
    scoped(heap, () => {
      const a = random.words(bits, n);
      const b = random.words(bits, n);
      const o = random.words(bits, n);
      const x = vector(heap, bits, a);
      const y = vector(heap, bits, b);
      const out = vector(heap, bits, o);
      run(out, x, y);
      assertWords(
        heap,
        bits,
        out,
        a.map((v, i) => twin(v, b[i], o[i])),
        `${name}${bits}, n = ${n}`,
      );
      assertWords(heap, bits, x, a, `${name}${bits}: a is read only`);
      run(y, x, y);
      assertWords(
        heap,
        bits,
        y,
        a.map((v, i) => twin(v, b[i], b[i])),
        `${name}${bits} onto b, n = ${n}`,
      );
      run(x, x, x);
      assertWords(
        heap,
        bits,
        x,
        a.map((v) => twin(v, v, v)),
        `${name}${bits} in place, n = ${n}`,
      );
    });
  }
}

function checkUnary(
  bits: Bits,
  name: string,
  run: (out: Words, a: Words) => void,
  twin: (a: bigint) => bigint,
): void {
  checkBinary(
    bits,
    name,
    (out, a) => run(out, a),
    (a) => twin(a),
  );
}

for (const bits of RINGS) {
  const ring = ops[bits];
  const factors = [
    0,
    1,
    -1,
    3,
    4096,
    -(2 ** 31),
    2 ** 31,
    2 ** 52 + 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    1e10 * 2 ** 20,
    -(2 ** 62) - 2 ** 40,
    2 ** 63 - 1024,
  ];

  test(`elementwise arithmetic is arithmetic mod 2^${bits}`, () => {
    checkBinary(bits, 'add', ring.add, (a, b) => a + b);
    checkBinary(bits, 'sub', ring.sub, (a, b) => a - b);
    checkBinary(bits, 'mul', ring.mul, (a, b) => a * b);
    checkBinary(bits, 'mulAdd', ring.mulAdd, (a, b, o) => o + a * b);
    checkBinary(bits, 'mulSub', ring.mulSub, (a, b, o) => o - a * b);
    checkUnary(bits, 'neg', ring.neg, (a) => -a);
    checkUnary(bits, 'copy', ring.copy, (a) => a);
  });

  test(`public integers scale, shift, shift by addition and fill mod 2^${bits}`, () => {
    for (const c of factors) {
      checkUnary(
        bits,
        'scale',
        (out, a) => ring.scale(out, a, c),
        (a) => a * BigInt(c),
      );
      checkUnary(
        bits,
        'addConst',
        (out, a) => ring.addConst(out, a, c),
        (a) => a + BigInt(c),
      );
      checkUnary(
        bits,
        'fill',
        (out) => ring.fill(out, c),
        () => BigInt(c),
      );
    }
    for (const s of [0, 1, 12, bits - 1]) {
      checkUnary(
        bits,
        'shl',
        (out, a) => ring.shl(out, a, s),
        (a) => a << BigInt(s),
      );
    }
  });

  test(`rows and columns spread over a matrix mod 2^${bits}`, () => {
    const random = new Random(7 + bits);
    const spreads = [
      ['addRow', (x: bigint, r: bigint) => x + r],
      ['mulRow', (x: bigint, r: bigint) => x * r],
      ['addColumn', (x: bigint, _: bigint, c: bigint) => x + c],
      ['mulColumn', (x: bigint, _: bigint, c: bigint) => x * c],
    ] as const;
    for (const rows of [0, 1, 3, 8]) {
      for (const cols of [1, 2, 3, 4, 5, 10, 13, 16, 17, 33]) {
        for (const [name, twin] of spreads) {
          scoped(heap, () => {
            const a = random.words(bits, rows * cols);
            const row = random.words(bits, cols);
            const column = random.words(bits, rows);
            const x = vector(heap, bits, a);
            const out = vector(heap, bits, random.words(bits, a.length));
            const spread = vector(heap, bits, name.endsWith('Row') ? row : column);
            const expected = a.map((v, i) => twin(v, row[i % cols], column[Math.floor(i / cols)]));
            ring[name](out, x, spread, rows, cols);
            assertWords(heap, bits, out, expected, `${name}${bits} ${rows}x${cols}`);
            ring[name](x, x, spread, rows, cols);
            assertWords(heap, bits, x, expected, `${name}${bits} ${rows}x${cols} in place`);
          });
        }
      }
    }
  });

  test(`sums down and across set or accumulate mod 2^${bits}`, () => {
    const random = new Random(11 + bits);
    for (const rows of [0, 1, 2, 5, 8]) {
      for (const cols of [0, 1, 2, 3, 4, 7, 8, 13, 16, 17, 37]) {
        for (const acc of [0, 1] as const) {
          scoped(heap, () => {
            const a = random.words(bits, rows * cols);
            const x = vector(heap, bits, a);
            const down = random.words(bits, cols);
            const across = random.words(bits, rows);
            const d = vector(heap, bits, down);
            const c = vector(heap, bits, across);
            ring.sumRows(d, x, rows, cols, acc);
            ring.sumColumns(c, x, rows, cols, acc);
            const sum = (xs: bigint[]) => xs.reduce((s, v) => s + v, 0n);
            const start = (v: bigint) => (acc ? v : 0n);
            const what = `${rows}x${cols}, acc ${acc}, ${bits} bits`;
            assertWords(
              heap,
              bits,
              d,
              down.map((v, j) => start(v) + sum(a.filter((_, i) => i % cols === j))),
              what,
            );
            assertWords(
              heap,
              bits,
              c,
              across.map((v, i) => start(v) + sum(a.slice(i * cols, (i + 1) * cols))),
              what,
            );
          });
        }
      }
    }
  });

  test(`rows are gathered and matrices transposed word for word, ${bits} bits`, () => {
    const random = new Random(13 + bits);
    for (const rows of [1, 2, 3, 4, 5, 9]) {
      for (const cols of [1, 2, 3, 4, 5, 8, 13, 300]) {
        scoped(heap, () => {
          const a = random.words(bits, rows * cols);
          const x = vector(heap, bits, a);
          const indices = Array.from({ length: 6 }, () => random.below(rows));
          const list = heap.alloc(24);
          heap.u32(list, 6).set(indices);
          const picked = vector(heap, bits, random.words(bits, 6 * cols));
          ring.gatherRows(picked, x, list, 6, cols);
          const expected = indices.flatMap((r) => a.slice(r * cols, (r + 1) * cols));
          assertWords(heap, bits, picked, expected, `gatherRows${bits} ${rows}x${cols}`);
          const flipped = vector(heap, bits, random.words(bits, a.length));
          ring.transpose(flipped, x, rows, cols);
          const twin = a.map((_, i) => a[(i % rows) * cols + Math.floor(i / rows)]);
          assertWords(heap, bits, flipped, twin, `transpose${bits} ${rows}x${cols}`);
        });
      }
    }
  });
}

test('lengths that differ are refused by name', () => {
  const v = (length: number) => ({ ptr: 0, length });
  const ring = ops[32];
  assert.throws(() => ring.add(v(3), v(4), v(4)), /add: lengths 3, 4, 4 differ/);
  assert.throws(() => ring.neg(v(3), v(4)), /neg: lengths 3, 4 differ/);
  assert.throws(() => ring.addRow(v(6), v(6), v(2), 2, 3), /addRow: row has 2 words, expected 3/);
  assert.throws(() => ring.sumColumns(v(3), v(6), 2, 3, 0), /sumColumns: out has 3 words, expected 2/);
  assert.throws(() => ring.transpose(v(6), v(6), 2, 4), /transpose: lengths 6, 6, 8 differ/);
});

test('a public factor must be an integer below 2^63 and a shift smaller than the ring', () => {
  const v = { ptr: 0, length: 0 };
  for (const c of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 63, -(2 ** 63)]) {
    assert.throws(() => ops[64].scale(v, v, c), /is not an integer below 2\^63/);
    assert.throws(() => ops[64].fill(v, c), /is not an integer below 2\^63/);
  }
  assert.throws(() => ops[32].shl(v, v, 32), /shl: 32 is not in 0..31/);
});

test.run();
