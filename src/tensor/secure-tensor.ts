/**
 * SecureTensor: the eager API over the protocol. A handle on a value that only the roles hold, as shares under a
 * mask; operations return at once and run in the roles' workers. Shapes and public numbers are checked here, before
 * anything is sent: a refusal leaves the session as it was.
 */
import { checkNumber, checkOptions, checkShape, kindOf } from '../options.js';
import { keepConcat, keepRows, keepSlice } from './row-facts.js';
import { TensorFunctions } from './tensor-functions.js';
import { type Operand, sizeOf } from './tensor-handle.js';

export type { Operand };

export class SecureTensor extends TensorFunctions {
  /**
   * x + y, elementwise; shapes broadcast as in NumPy. Free of rounds.
   * @param y a tensor, or a public number below 2^(k − 2 − f) in magnitude: 262,144 in ring 32 with 12 fraction bits,
   *   4.4·10¹² in ring 64 with 20
   */
  add(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.unary('addPublic', { values: [this.publicNumber('add', y)] });
    return this.elementwise('add', y);
  }

  /** x − y, elementwise, with broadcasting. Free of rounds. A public y as in {@link add}. */
  sub(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.unary('addPublic', { values: [-this.publicNumber('sub', y)] });
    return this.elementwise('sub', y);
  }

  /** −x. Free of rounds. */
  neg(): SecureTensor {
    return this.unary('neg');
  }

  /** x · y, elementwise, with broadcasting. 2 rounds; a public integer costs none. |x·y| < 2^(k − 2 − 2f). A public y as in {@link add}. */
  mul(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.unary('mulPublic', { values: [this.publicNumber('mul', y)] });
    return this.elementwise('mul', y);
  }

  /** The matrix product [m,k]·[k,n] → [m,n]. 2 rounds. Sums below 2^(k − 2 − 2f) in magnitude. */
  matmul(y: SecureTensor): SecureTensor {
    this.checkSession('matmul', y);
    const [m, k] = this.shape;
    const [k2, n] = y.shape;
    if (this.shape.length !== 2 || y.shape.length !== 2 || k !== k2) {
      const expected = this.shape.length === 2 ? `[${m},${k}]·[${k},n]` : '[m,k]·[k,n]';
      throw new RangeError(`matmul: expected ${expected}, got [${this.shape}]·[${y.shape}]`);
    }
    return this.binary('matmul', y, [m, n]);
  }

  /** x². 2 rounds. */
  square(): SecureTensor {
    return this.binary('mul', this, this.shape);
  }

  /** The sum of all elements (shape []), or over one axis of a matrix. Free of rounds. */
  sum(axis?: 0 | 1): SecureTensor {
    if (axis === undefined) return this.unary('sum', { axis: null }, []);
    this.checkMatrix('sum over an axis');
    if (axis !== 0 && axis !== 1) throw new RangeError('sum: axis must be 0 or 1');
    return this.unary('sum', { axis }, [this.shape[axis === 0 ? 1 : 0]]);
  }

  /** The matrix with rows and columns exchanged. Free of rounds. */
  transpose(): SecureTensor {
    this.checkMatrix('transpose');
    return this.take({ kind: 'transpose' }, [this.shape[1], this.shape[0]]);
  }

  /** The same elements under another shape. Free of rounds. */
  reshape(shape: readonly number[]): SecureTensor {
    checkShape('reshape: shape', shape, 0);
    if (sizeOf(shape) !== this.size) {
      throw new RangeError(`reshape: [${this.shape}] has ${this.size} elements, not the shape [${shape}]`);
    }
    const result = this.take({ kind: 'reshape', shape: [...shape] }, [...shape]);
    keepRows(result, this);
    return result;
  }

  /** The part that starts at `begin` and has `size` elements in each dimension (−1: to the end). */
  slice(begin: number | readonly number[], size?: number | readonly number[]): SecureTensor {
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

  /** This tensor's rows, then the others' (the first dimension grows). Free of rounds. */
  concat(...others: readonly SecureTensor[]): SecureTensor {
    const [rows, ...rest] = this.shape;
    for (const other of others) {
      this.checkSession('concat', other);
      if (this.shape.length === 0 || String(other.shape.slice(1)) !== String(rest)) {
        throw new RangeError(`concat: [${other.shape}] does not follow [${this.shape}]`);
      }
    }
    const total = others.reduce((sum, other) => sum + other.shape[0], rows);
    const result = this.command('concat', [this, ...others], undefined, [total, ...rest]);
    keepConcat(result, [this, ...others]);
    return result;
  }

  /**
   * Opens the value to one role and to nobody else: `'owner'` (the default) is the holder of the session, a
   * party's name that party. Resolves to the numbers, row-major.
   * @throws TypeError for options that are no `{ to }`, for a role that is none, and for a disposed tensor
   */
  reveal(options: { to?: string } = {}): Promise<Float64Array> {
    checkOptions('reveal', options, ['to']);
    this.checkAlive('reveal');
    return this.session.reveal(this, options.to ?? 'owner');
  }
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
