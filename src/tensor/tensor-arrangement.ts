/** Rearrangements of tensors: the same elements in another order or shape. Free of rounds, and exact. */
import { checkNumber, checkShape, kindOf } from '../options.js';
import { sizeOf } from '../shape.js';
import { keepConcat, keepRows, keepSlice } from './row-facts.js';
import { TensorHandle } from './tensor-handle.js';

export abstract class TensorArrangement extends TensorHandle {
  /** The matrix with rows and columns exchanged. Free of rounds. */
  transpose(): this {
    this.checkMatrix('transpose');
    return this.take({ kind: 'transpose' }, [this.shape[1], this.shape[0]]);
  }

  /** The same elements under another shape. Free of rounds. */
  reshape(shape: readonly number[]): this {
    checkShape('reshape: shape', shape, 0);
    if (sizeOf(shape) !== this.size) {
      throw new RangeError(`reshape: [${this.shape}] has ${this.size} elements, not the shape [${shape}]`);
    }
    const result = this.take({ kind: 'reshape', shape: [...shape] }, [...shape]);
    keepRows(result, this);
    return result;
  }

  /** The part that starts at `begin` and has `size` elements in each dimension (−1: to the end). */
  slice(begin: number | readonly number[], size?: number | readonly number[]): this {
    const rank = this.shape.length;
    const starts = fill('begin', begin, rank, 0);
    const sizes = fill('size', size === undefined ? -1 : size, rank, -1).map((s, d) =>
      s === -1 ? this.shape[d] - starts[d] : s,
    );
    for (let d = 0; d < rank; d++) {
      const whole = Number.isInteger(starts[d]) && Number.isInteger(sizes[d]);
      const ok = whole && starts[d] >= 0 && sizes[d] > 0 && starts[d] + sizes[d] <= this.shape[d];
      if (!ok) throw new RangeError(`slice: [${starts}] + [${sizes}] is outside [${this.shape}]`);
    }
    const result = this.take({ kind: 'slice', begin: starts, shape: sizes }, sizes);
    keepSlice(result, this, starts[0]);
    return result;
  }

  /**
   * This tensor, then the others along an axis: by default the first, so that their rows follow its own. Free of rounds. Columns
   * of the same rows that lie with several owners are joined by `alice.concat(bob, 1)`.
   * @param others tensors whose shapes are the same but along the axis; the axis may stand behind them, from 0, or −1 for the last
   * @throws TypeError for what is no tensor of this session, RangeError for other shapes and for an axis that is none
   */
  concat(...others: readonly this[] | readonly [...tensors: this[], axis: number]): this {
    const [tensors, given] = tensorsAndAxis(others);
    const axis = this.axisOf('concat', given);
    const but = ({ shape }: this): string =>
      `${shape.slice(0, axis)}·${shape.length}·${shape.slice(axis + 1)}`;
    for (const other of tensors) {
      this.checkSession('concat', other);
      if (but(other) !== but(this)) {
        const along = axis === 0 ? '' : ` along axis ${axis}`;
        throw new RangeError(`concat: [${other.shape}] does not follow [${this.shape}]${along}`);
      }
    }
    const total = tensors.reduce((sum, other) => sum + other.shape[axis], this.shape[axis]);
    const shape = this.shape.toSpliced(axis, 1, total);
    const result = this.operation('concat', [this, ...tensors], { axis }, shape);
    if (axis === 0) keepConcat(result, [this, ...tensors]);
    return result;
  }

  /**
   * This tensor and the others side by side along an axis that is new, by default the first: k tensors [m, n] become
   * [k, m, n], or [m, k, n] by `x.stack(y, z, 1)`. Free of rounds.
   * @param others tensors of the same shape; the axis may stand behind them, from 0 to their number of axes, or −1 for a new
   *   last one
   * @throws TypeError for what is no tensor of this session, RangeError for other shapes and for an axis that cannot be
   */
  stack(...others: readonly this[] | readonly [...tensors: this[], axis: number]): this {
    const [tensors, given] = tensorsAndAxis(others);
    const rank = this.shape.length;
    const axis = given < 0 ? given + rank + 1 : given;
    if (!(Number.isInteger(axis) && axis >= 0 && axis <= rank)) {
      throw new RangeError(`stack: axis must be an integer from ${-rank - 1} to ${rank} for [${this.shape}]`);
    }
    for (const other of tensors) {
      this.checkSession('stack', other);
      if (String(other.shape) !== String(this.shape)) {
        throw new RangeError(`stack: [${other.shape}] is not [${this.shape}]`);
      }
    }
    for (const tensor of [this, ...tensors]) tensor.checkAlive('stack');
    const shape = this.shape.toSpliced(axis, 0, 1);
    const [first, ...rest] = [this, ...tensors].map((tensor) => tensor.reshape(shape));
    const result = first.concat(...rest, axis);
    for (const part of [first, ...rest]) part.dispose();
    return result;
  }
}

/** Operands behind which an axis may stand; else it is the first. */
function tensorsAndAxis<T extends TensorHandle>(
  others: readonly T[] | readonly [...tensors: T[], axis: number],
): [tensors: readonly T[], axis: number] {
  const last = others.at(-1);
  return typeof last === 'number' ? [others.slice(0, -1) as T[], last] : [others as readonly T[], 0];
}

/** One entry a dimension; missing ones take the default. */
function fill(name: string, value: number | readonly number[], rank: number, missing: number): number[] {
  const given = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(given)) {
    throw new TypeError(`slice: ${name} must be a number or an array of numbers, got ${kindOf(value)}`);
  }
  for (let d = 0; d < given.length; d++) checkNumber(`slice: ${name}, entry ${d}`, given[d]);
  if (given.length > rank) {
    throw new RangeError(`slice: ${name} has ${given.length} entries, the tensor ${rank} dimensions`);
  }
  return Array.from({ length: rank }, (_, d) => given[d] ?? missing);
}
