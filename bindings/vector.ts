/**
 * Vectors and dense matrices of ring words. Every method checks its lengths and then makes one call into the
 * module. `out` may be one of the inputs where a line does not say otherwise; scalars are public integers below 2^63 in
 * magnitude, which a double holds exactly and the module converts exactly.
 */
import type { Source } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

export type VectorOps = ReturnType<typeof vectorOps>;

/** @throws RangeError when the three lengths are not one. */
function same(name: string, x: number, y: number, z: number): void {
  if (x !== y || x !== z) throw new RangeError(`${name}: lengths ${x}, ${y}, ${z} differ`);
}

function same2(name: string, x: number, y: number): void {
  if (x !== y) throw new RangeError(`${name}: lengths ${x}, ${y} differ`);
}

function length(name: string, what: string, expected: number, got: number): void {
  if (expected !== got) throw new RangeError(`${name}: ${what} has ${got} words, expected ${expected}`);
}

/** Doubles that are integers become 64-bit words exactly below this, also beyond 2^53. */
const INTEGER_LIMIT = 2 ** 63;

function integer(name: string, c: number): void {
  if (Number.isInteger(c) && Math.abs(c) < INTEGER_LIMIT) return;
  throw new RangeError(`${name}: ${c} is not an integer below 2^63 in magnitude`);
}

/** The vector kernels of the ring of `bits` bits, bound to the memory that `kernels` was instantiated on. */
export function vectorOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const add = kernel(kernels, `add${bits}`);
  const sub = kernel(kernels, `sub${bits}`);
  const mul = kernel(kernels, `mul${bits}`);
  const mulAdd = kernel(kernels, `mulAdd${bits}`);
  const mulSub = kernel(kernels, `mulSub${bits}`);
  const neg = kernel(kernels, `neg${bits}`);
  const shl = kernel(kernels, `shl${bits}`);
  const scale = kernel(kernels, `scale${bits}`);
  const addConst = kernel(kernels, `addConst${bits}`);
  const fill = kernel(kernels, `fill${bits}`);
  const copy = kernel(kernels, `copy${bits}`);
  const addRow = kernel(kernels, `addRow${bits}`);
  const mulRow = kernel(kernels, `mulRow${bits}`);
  const addColumn = kernel(kernels, `addColumn${bits}`);
  const mulColumn = kernel(kernels, `mulColumn${bits}`);
  const sumRows = kernel(kernels, `sumRows${bits}`);
  const sumColumns = kernel(kernels, `sumColumns${bits}`);
  const gatherRows = kernel(kernels, `gatherRows${bits}`);
  const transpose = kernel(kernels, `transpose${bits}`);

  return {
    /** out[i] = a[i] + b[i]. */
    add(out: Words, a: ReadonlyWords, b: ReadonlyWords): void {
      same('add', out.length, a.length, b.length);
      add(out.ptr, a.ptr, b.ptr, out.length);
    },

    /** out[i] = a[i] - b[i]. */
    sub(out: Words, a: ReadonlyWords, b: ReadonlyWords): void {
      same('sub', out.length, a.length, b.length);
      sub(out.ptr, a.ptr, b.ptr, out.length);
    },

    /** out[i] = a[i] * b[i]. */
    mul(out: Words, a: ReadonlyWords, b: ReadonlyWords): void {
      same('mul', out.length, a.length, b.length);
      mul(out.ptr, a.ptr, b.ptr, out.length);
    },

    /** out[i] += a[i] * b[i]. */
    mulAdd(out: Words, a: ReadonlyWords, b: ReadonlyWords): void {
      same('mulAdd', out.length, a.length, b.length);
      mulAdd(out.ptr, a.ptr, b.ptr, out.length);
    },

    /** out[i] -= a[i] * b[i]. */
    mulSub(out: Words, a: ReadonlyWords, b: ReadonlyWords): void {
      same('mulSub', out.length, a.length, b.length);
      mulSub(out.ptr, a.ptr, b.ptr, out.length);
    },

    /** out[i] = -a[i]. */
    neg(out: Words, a: ReadonlyWords): void {
      same2('neg', out.length, a.length);
      neg(out.ptr, a.ptr, out.length);
    },

    /** out[i] = a[i] * 2^s, 0 <= s < bits. */
    shl(out: Words, a: ReadonlyWords, s: number): void {
      same2('shl', out.length, a.length);
      if (!(Number.isInteger(s) && s >= 0 && s < bits))
        throw new RangeError(`shl: ${s} is not in 0..${bits - 1}`);
      shl(out.ptr, a.ptr, s, out.length);
    },

    /** out[i] = a[i] * c. */
    scale(out: Words, a: ReadonlyWords, c: number): void {
      same2('scale', out.length, a.length);
      integer('scale', c);
      scale(out.ptr, a.ptr, c, out.length);
    },

    /** out[i] = a[i] + c. */
    addConst(out: Words, a: ReadonlyWords, c: number): void {
      same2('addConst', out.length, a.length);
      integer('addConst', c);
      addConst(out.ptr, a.ptr, c, out.length);
    },

    /** out[i] = c. */
    fill(out: Words, c: number): void {
      integer('fill', c);
      fill(out.ptr, c, out.length);
    },

    /** out[i] = a[i]; the two may overlap in any way. */
    copy(out: Words, a: ReadonlyWords): void {
      same2('copy', out.length, a.length);
      copy(out.ptr, a.ptr, out.length);
    },

    /** out[i, j] = a[i, j] + row[j]; out and a are rows x cols. */
    addRow(out: Words, a: ReadonlyWords, row: ReadonlyWords, rows: number, cols: number): void {
      same('addRow', out.length, a.length, rows * cols);
      length('addRow', 'row', cols, row.length);
      addRow(out.ptr, a.ptr, row.ptr, rows, cols);
    },

    /** out[i, j] = a[i, j] * row[j]. */
    mulRow(out: Words, a: ReadonlyWords, row: ReadonlyWords, rows: number, cols: number): void {
      same('mulRow', out.length, a.length, rows * cols);
      length('mulRow', 'row', cols, row.length);
      mulRow(out.ptr, a.ptr, row.ptr, rows, cols);
    },

    /** out[i, j] = a[i, j] + column[i]. */
    addColumn(out: Words, a: ReadonlyWords, column: ReadonlyWords, rows: number, cols: number): void {
      same('addColumn', out.length, a.length, rows * cols);
      length('addColumn', 'column', rows, column.length);
      addColumn(out.ptr, a.ptr, column.ptr, rows, cols);
    },

    /** out[i, j] = a[i, j] * column[i]. */
    mulColumn(out: Words, a: ReadonlyWords, column: ReadonlyWords, rows: number, cols: number): void {
      same('mulColumn', out.length, a.length, rows * cols);
      length('mulColumn', 'column', rows, column.length);
      mulColumn(out.ptr, a.ptr, column.ptr, rows, cols);
    },

    /** out[j] (acc 0: =, 1: +=) sum over i of a[i, j]; out overlaps nothing. */
    sumRows(out: Words, a: ReadonlyWords, rows: number, cols: number, acc: 0 | 1): void {
      length('sumRows', 'a', rows * cols, a.length);
      length('sumRows', 'out', cols, out.length);
      sumRows(out.ptr, a.ptr, rows, cols, acc);
    },

    /** out[i] (acc 0: =, 1: +=) sum over j of a[i, j]; out overlaps nothing. */
    sumColumns(out: Words, a: ReadonlyWords, rows: number, cols: number, acc: 0 | 1): void {
      length('sumColumns', 'a', rows * cols, a.length);
      length('sumColumns', 'out', rows, out.length);
      sumColumns(out.ptr, a.ptr, rows, cols, acc);
    },

    /**
     * out[i, :] = a[indices[i], :] for `count` public row numbers, 32-bit words at address `indices`. The caller
     * answers for their range; out overlaps nothing.
     */
    gatherRows(out: Words, a: ReadonlyWords, indices: Source, count: number, cols: number): void {
      length('gatherRows', 'out', count * cols, out.length);
      if (cols > 0 && a.length % cols !== 0) {
        throw new RangeError(`gatherRows: ${a.length} words are no whole rows of ${cols}`);
      }
      gatherRows(out.ptr, a.ptr, indices, count, cols);
    },

    /** out (cols x rows) = transpose of a (rows x cols); not in place. */
    transpose(out: Words, a: ReadonlyWords, rows: number, cols: number): void {
      same('transpose', out.length, a.length, rows * cols);
      transpose(out.ptr, a.ptr, rows, cols);
    },
  };
}
