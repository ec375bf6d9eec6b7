/** A call of each kernel of a ring for the timing bench. A kernel without one is an error to the compiler. */
import { MATMUL_SCRATCH } from '../../bindings/matmul.js';
import { blocksFor } from '../../bindings/memory.js';
import { type Kernels, kernel } from '../../bindings/module.js';
import type { RingBits } from '../../bindings/ring.js';
import type { Inputs } from './classes.js';

/** Names of the kernels that there are for both widths, without the width; and those of the others. */
type RingKernel = keyof Kernels extends infer K ? (K extends `${infer Base}32` ? Base : never) : never;
export type PlainKernel = Exclude<keyof Kernels, `${RingKernel}${RingBits}`>;

/** Prepares a call on buffers of `inputs`. */
export type Prepare = (kernels: Kernels, inputs: Inputs, bits: RingBits) => () => unknown;

/** Words of a vector; rows and columns of the same as a matrix; blocks of a plane. */
export const N = 1024;
const [ROWS, COLS] = [32, 32];
export const BLOCKS = blocksFor(N);
const HARMONICS = 4;
const SHIFT = 12;

/** out = a op b. */
const ofTwo =
  (name: 'add' | 'sub' | 'mul' | 'mulAdd' | 'mulSub'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a, b] = inputs.vectors(3, N);
    return () => run(out, a, b, N);
  };

/** out = op a. */
const ofOne =
  (name: 'neg' | 'copy'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a] = inputs.vectors(2, N);
    return () => run(out, a, N);
  };

/** out = a op a public number. */
const ofNumber =
  (name: 'shl' | 'scale' | 'addConst'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a] = inputs.vectors(2, N);
    return () => run(out, a, 3, N);
  };

/** A row or a column spread over a matrix. */
const spread =
  (name: 'addRow' | 'mulRow' | 'addColumn' | 'mulColumn'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a, line] = inputs.vectors(3, N);
    return () => run(out, a, line, ROWS, COLS);
  };

/** Sums of a matrix. */
const sums =
  (name: 'sumRows' | 'sumColumns'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a] = inputs.vectors(2, N);
    return () => run(out, a, ROWS, COLS, 0);
  };

/** Rows moved by public numbers. */
const byIndex =
  (name: 'gatherRows' | 'addRowsAt'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, a] = inputs.vectors(2, N);
    const rows = inputs.rowNumbers(ROWS);
    return () => run(out, a, rows, ROWS, COLS);
  };

/** Images of 16 × 16 with two channels and their patches of 3 × 3. */
const ofImages =
  (name: 'patches' | 'unpatches'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [image, patches] = [inputs.words(16 * 16 * 2), inputs.words(16 * 16 * 9 * 2)];
    const [out, from] = name === 'patches' ? [patches, image] : [image, patches];
    return () => run(out, from, 16, 16, 2, 3, 3, 1, 1, 1, 1, 16, 16);
  };

/** Terms a·sin(Δ − δ), a·cos(Δ − δ). */
const term =
  (name: 'sinAdd' | 'cosAdd'): Prepare =>
  (kernels, inputs, bits) => {
    const run = kernel(kernels, `${name}${bits}`);
    const [out, delta, sin, cos] = inputs.vectors(4, N);
    return () => run(out, delta, sin, cos, N, 3, 17, 2 ** SHIFT);
  };

export const RING_CASES: Readonly<Record<RingKernel, Prepare>> = {
  add: ofTwo('add'),
  sub: ofTwo('sub'),
  mul: ofTwo('mul'),
  mulAdd: ofTwo('mulAdd'),
  mulSub: ofTwo('mulSub'),
  neg: ofOne('neg'),
  copy: ofOne('copy'),
  shl: ofNumber('shl'),
  scale: ofNumber('scale'),
  addConst: ofNumber('addConst'),
  fill(kernels, inputs, bits) {
    const run = kernel(kernels, `fill${bits}`);
    const out = inputs.words(N);
    return () => run(out, 3, N);
  },
  addRow: spread('addRow'),
  mulRow: spread('mulRow'),
  addColumn: spread('addColumn'),
  mulColumn: spread('mulColumn'),
  sumRows: sums('sumRows'),
  sumColumns: sums('sumColumns'),
  gatherRows: byIndex('gatherRows'),
  addRowsAt: byIndex('addRowsAt'),
  transpose(kernels, inputs, bits) {
    const run = kernel(kernels, `transpose${bits}`);
    const [out, a] = inputs.vectors(2, N);
    return () => run(out, a, ROWS, COLS);
  },
  matmul(kernels, inputs, bits) {
    const run = kernel(kernels, `matmul${bits}`);
    const [out, a, b] = inputs.vectors(3, N);
    const scratch = inputs.heap.alloc(MATMUL_SCRATCH);
    return () => run(out, COLS, a, COLS, 1, b, COLS, 1, ROWS, COLS, COLS, 0, scratch);
  },
  patches: ofImages('patches'),
  unpatches: ofImages('unpatches'),
  encode(kernels, inputs, bits) {
    const run = kernel(kernels, `encode${bits}`);
    const [out, reals] = [inputs.words(N), inputs.reals(N)];
    return () => run(out, reals, N, SHIFT);
  },
  decode(kernels, inputs, bits) {
    const run = kernel(kernels, `decode${bits}`);
    const [out, words] = [inputs.bytes(8 * N), inputs.words(N)];
    return () => run(out, words, N, SHIFT);
  },
  pack(kernels, inputs, bits) {
    const run = kernel(kernels, `pack${bits}`);
    const [out, words] = inputs.vectors(2, N);
    return () => run(out, words, N, 3);
  },
  unpack(kernels, inputs, bits) {
    const run = kernel(kernels, `unpack${bits}`);
    const [out, bytes] = inputs.vectors(2, N);
    return () => run(out, bytes, N, 3);
  },
  packHigh(kernels, inputs, bits) {
    const run = kernel(kernels, `packHigh${bits}`);
    const [out, words] = inputs.vectors(2, N);
    return () => run(out, words, N, bits - SHIFT);
  },
  addHigh(kernels, inputs, bits) {
    const run = kernel(kernels, `addHigh${bits}`);
    const [words, packed] = inputs.vectors(2, N);
    return () => run(words, packed, N, bits - SHIFT, 0);
  },
  dropLow(kernels, inputs, bits) {
    const run = kernel(kernels, `dropLow${bits}`);
    const [words] = inputs.vectors(1, N);
    return () => run(words, N, SHIFT, 3);
  },
  toPlanes(kernels, inputs, bits) {
    const run = kernel(kernels, `toPlanes${bits}`);
    const [out, words] = [inputs.planes(bits, BLOCKS), inputs.words(N)];
    const scratch = inputs.heap.alloc(4 * 512 + 16 * bits);
    return () => run(out, words, N, 0, bits, scratch);
  },
  differencePlanes(kernels, inputs, bits) {
    const run = kernel(kernels, `differencePlanes${bits}`);
    const [out, words, less] = [inputs.planes(2 * bits, BLOCKS), inputs.words(N), inputs.words(2)];
    const [difference, scratch] = [inputs.words(N), inputs.heap.alloc(4 * 512 + 16 * bits)];
    return () => run(out, words, less, 2, N, 0, bits, difference, scratch);
  },
  fromPlane(kernels, inputs, bits) {
    const run = kernel(kernels, `fromPlane${bits}`);
    const [out, plane] = [inputs.words(N), inputs.planes(1, BLOCKS)];
    return () => run(out, plane, N);
  },
  fromPlanes(kernels, inputs, bits) {
    const run = kernel(kernels, `fromPlanes${bits}`);
    const [out, planes] = [inputs.words(4 * N), inputs.planes(4, BLOCKS)];
    return () => run(out, planes, 4, N);
  },
  unmask(kernels, inputs, bits) {
    const run = kernel(kernels, `unmask${bits}`);
    const [out, planes, r] = [inputs.words(4 * N), inputs.planes(4, BLOCKS), inputs.words(4 * N)];
    return () => run(out, planes, r, 4, N, 1);
  },
  truncate(kernels, inputs, bits) {
    const run = kernel(kernels, `truncate${bits}`);
    const [out, base, c, mu] = inputs.vectors(4, N);
    return () => run(out, base, c, mu, N, SHIFT, 1);
  },
  lift(kernels, inputs, bits) {
    const run = kernel(kernels, `lift${bits}`);
    const [c, v, mu] = inputs.vectors(3, N);
    return () => run(c, v, mu, N, SHIFT, 1);
  },
  shr(kernels, inputs, bits) {
    const run = kernel(kernels, `shr${bits}`);
    const [out, input] = inputs.vectors(2, N);
    return () => run(out, input, N, SHIFT);
  },
  select(kernels, inputs, bits) {
    const run = kernel(kernels, `select${bits}`);
    const [out, c, rb, sigma, mu, rbmu] = inputs.vectors(6, N);
    const bit = inputs.planes(1, BLOCKS);
    return () => run(out, bit, c, rb, sigma, mu, rbmu, N, SHIFT, 1);
  },
  selectDeal(kernels, inputs, bits) {
    const run = kernel(kernels, `selectDeal${bits}`);
    const [sigma, part, rbmu, mu, r, rb] = inputs.vectors(6, N);
    return () => run(sigma, part, rbmu, mu, r, rb, N, SHIFT);
  },
  selectWords(kernels, inputs, bits) {
    const run = kernel(kernels, `selectWords${bits}`);
    const [out, delta, x, rb, rbd] = inputs.vectors(5, N);
    const bit = inputs.planes(1, BLOCKS);
    return () => run(out, bit, delta, x, rb, rbd, N);
  },
  unmaskBit(kernels, inputs, bits) {
    const run = kernel(kernels, `unmaskBit${bits}`);
    const [out, x, rx] = inputs.vectors(3, N);
    const bit = inputs.planes(1, BLOCKS);
    return () => run(out, bit, x, rx, N);
  },
  hornerMulAdd(kernels, inputs, bits) {
    const run = kernel(kernels, `hornerMulAdd${bits}`);
    const [out, x, factor, coefficients] = inputs.vectors(4, N);
    return () => run(out, x, coefficients, 3, factor, N);
  },
  harmonics(kernels, inputs, bits) {
    const run = kernel(kernels, `harmonics${bits}`);
    const [out, x] = [inputs.words(2 * HARMONICS * N), inputs.words(N)];
    return () => run(out, x, N, HARMONICS, 17, 2 ** SHIFT);
  },
  harmonicSum(kernels, inputs, bits) {
    const run = kernel(kernels, `harmonicSum${bits}`);
    const [out, slope, delta] = inputs.vectors(3, N);
    const dealt = inputs.words(2 * HARMONICS * N);
    const factors = inputs.constants(2 * HARMONICS);
    return () => run(out, slope, delta, dealt, N, HARMONICS, 17, factors);
  },
  sinCos(kernels, inputs, bits) {
    const run = kernel(kernels, `sinCos${bits}`);
    const [sin, cos, x] = inputs.vectors(3, N);
    return () => run(sin, cos, x, N, 3, 17, 2 ** SHIFT);
  },
  sinAdd: term('sinAdd'),
  cosAdd: term('cosAdd'),
};
