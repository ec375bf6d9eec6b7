import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Accumulate, matmulOps } from '../../bindings/matmul.js';
import { assertWords, type Bits, kernels, makeHeap, Random, RINGS, scoped, vector } from '../world/ring.js';

const heap = makeHeap();
const exported = kernels(heap);
const ops = { 32: matmulOps(exported, heap, 32), 64: matmulOps(exported, heap, 64) };

/** out + sign * A·B, with words A[i, p] and B[p, j] read through index functions. */
function twin(
  k: number,
  n: number,
  a: (i: number, p: number) => bigint,
  b: (p: number, j: number) => bigint,
  out: bigint[],
  mode: Accumulate,
): bigint[] {
  return out.map((start, at) => {
    const i = Math.floor(at / n);
    let sum = 0n;
    for (let p = 0; p < k; p++) sum += a(i, p) * b(p, at % n);
    return mode === 0 ? sum : mode === 1 ? start + sum : start - sum;
  });
}

function check(bits: Bits, m: number, k: number, n: number, mode: Accumulate): void {
  const random = new Random(bits + m * 1009 + k * 31 + n);
  scoped(heap, () => {
    const a = random.words(bits, m * k);
    const b = random.words(bits, k * n);
    const o = random.words(bits, m * n);
    const x = vector(heap, bits, a);
    const y = vector(heap, bits, b);
    const what = `${bits} bits, ${m}x${k}x${n}, mode ${mode}`;

    const nn = vector(heap, bits, o);
    ops[bits].matmul(nn, x, y, m, k, n, mode);
    const plain = twin(
      k,
      n,
      (i, p) => a[i * k + p],
      (p, j) => b[p * n + j],
      o,
      mode,
    );
    assertWords(heap, bits, nn, plain, `matmul ${what}`);

    const tn = vector(heap, bits, o);
    ops[bits].matmulTN(tn, x, y, m, k, n, mode);
    const left = twin(
      k,
      n,
      (i, p) => a[p * m + i],
      (p, j) => b[p * n + j],
      o,
      mode,
    );
    assertWords(heap, bits, tn, left, `matmulTN ${what}`);

    const nt = vector(heap, bits, o);
    ops[bits].matmulNT(nt, x, y, m, k, n, mode);
    const right = twin(
      k,
      n,
      (i, p) => a[i * k + p],
      (p, j) => b[j * k + p],
      o,
      mode,
    );
    assertWords(heap, bits, nt, right, `matmulNT ${what}`);
    assertWords(heap, bits, x, a, `A is read only, ${what}`);
    assertWords(heap, bits, y, b, `B is read only, ${what}`);
  });
}

for (const bits of RINGS) {
  test(`every small shape of every product is the sum of products mod 2^${bits}`, () => {
    for (let m = 0; m <= 9; m++) {
      for (let n = 0; n <= 17; n++) {
        for (const k of [0, 1, 2, 3, 4, 5, 9]) check(bits, m, k, n, ((m + n + k) % 3) as Accumulate);
      }
    }
  });

  test(`wide, tall and ragged shapes agree in every mode mod 2^${bits}`, () => {
    const shapes = [
      [8, 13, 16],
      [8, 16, 3],
      [16, 8, 13],
      [1, 40, 70],
      [2, 19, 67],
      [3, 33, 35],
      [33, 7, 1],
      [5, 21, 39],
      [37, 18, 29],
    ];
    for (const [m, k, n] of shapes) for (const mode of [0, 1, 2] as const) check(bits, m, k, n, mode);
  });

  test(`an inner dimension of several blocks replaces, adds and subtracts once, mod 2^${bits}`, () => {
    for (const k of [511, 512, 513, 1100]) {
      for (const mode of [0, 1, 2] as const) {
        check(bits, 5, k, 11, mode);
        check(bits, 1, k, 3, mode);
        check(bits, 4, k, 6, mode);
      }
    }
  });

  test(`words at the ends of the ring multiply without carry errors mod 2^${bits}`, () => {
    const low = -(1n << BigInt(bits - 1));
    for (const [u, v] of [
      [-1n, -1n],
      [low, low],
      [low, -1n],
      [0xffffffffn, 0xffffffffn],
      [~low, ~low],
    ]) {
      scoped(heap, () => {
        const [m, k, n] = [5, 300, 9];
        const x = vector(heap, bits, new Array<bigint>(m * k).fill(u));
        const y = vector(heap, bits, new Array<bigint>(k * n).fill(v));
        const out = vector(heap, bits, new Array<bigint>(m * n).fill(0n));
        ops[bits].matmul(out, x, y, m, k, n, 0);
        assertWords(heap, bits, out, new Array<bigint>(m * n).fill(BigInt(k) * u * v), `${u} * ${v}`);
      });
    }
  });
}

test('shapes that do not fit their vectors are refused with both', () => {
  const v = (length: number) => ({ ptr: 0, length });
  assert.throws(
    () => ops[32].matmul(v(4), v(6), v(5), 2, 3, 2, 0),
    /matmul: \[2,3\]·\[3,2\] does not fit 6, 5 and 4/,
  );
  assert.throws(() => ops[32].matmulNT(v(5), v(6), v(6), 2, 3, 2, 0), /matmulNT/);
});

test.run();
