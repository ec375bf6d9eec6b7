/**
 * SecureTensor: the eager API over the protocol. A handle on a value that only the roles hold, as shares under a
 * mask; operations return at once and run in the roles' workers. Shapes are checked here, before anything is sent.
 */
import type { Session } from '../session/session.js';
import type { Command } from '../session/commands.js';
import type { TakeArgs } from '../session/tensor-commands.js';
import { DEFAULT_DOMAIN } from '../protocol/polynomial.js';

/** A second operand: another tensor of the session, or a public number. */
export type Operand = SecureTensor | number;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export class SecureTensor {
  #disposed = false;

  /** Made by a session, not by users. */
  constructor(
    readonly session: Session,
    /** Number by which the roles know the value. */
    readonly number: number,
    readonly shape: readonly number[],
  ) {
    session.track(this);
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** x + y, elementwise; shapes broadcast as in NumPy. Free of rounds. */
  add(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.#unary('addPublic', { values: [finite('add', y)] });
    const [a, b] = this.#broadcast('add', y);
    return a.#binary('add', b, a.shape);
  }

  /** x − y, elementwise, with broadcasting. Free of rounds. */
  sub(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.add(-y);
    const [a, b] = this.#broadcast('sub', y);
    return a.#binary('sub', b, a.shape);
  }

  /** −x. Free of rounds. */
  neg(): SecureTensor {
    return this.#unary('neg');
  }

  /** x · y, elementwise, with broadcasting. 2 rounds; a public integer costs none. |x·y| < 2^(k − 2 − 2f). */
  mul(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.#unary('mulPublic', { values: [finite('mul', y)] });
    const [a, b] = this.#broadcast('mul', y);
    return a.#binary('mul', b, a.shape);
  }

  /** The matrix product [m,k]·[k,n] → [m,n]. 2 rounds. Sums below 2^(k − 2 − 2f) in magnitude. */
  matmul(y: SecureTensor): SecureTensor {
    this.#sameSession('matmul', y);
    const [m, k] = this.shape;
    const [k2, n] = y.shape;
    if (this.shape.length !== 2 || y.shape.length !== 2 || k !== k2) {
      const expected = this.shape.length === 2 ? `[${m},${k}]·[${k},n]` : '[m,k]·[k,n]';
      throw new RangeError(`matmul: expected ${expected}, got [${this.shape}]·[${y.shape}]`);
    }
    return this.#binary('matmul', y, [m, n]);
  }

  /** max(0, x). A comparison and a product: 3 rounds in ring 32, 4 in ring 64. */
  relu(): SecureTensor {
    return this.#unary('relu');
  }

  /** x². 2 rounds. */
  square(): SecureTensor {
    return this.#binary('mul', this, this.shape);
  }

  /**
   * a₀ + a₁x + … + a_d x^d with public coefficients. 2 rounds where the degree fits the ring, else 2 more for each
   * doubling of the degree (see ARCHITECTURE.md).
   * @param domain bound of |x|, by default 4
   */
  polynomial(coefficients: readonly number[], { domain = DEFAULT_DOMAIN } = {}): SecureTensor {
    if (coefficients.length === 0) throw new RangeError('polynomial: no coefficients');
    for (const a of coefficients) finite('polynomial', a);
    if (!(domain > 0 && Number.isFinite(domain))) throw new RangeError('polynomial: domain must be positive');
    return this.#unary('polynomial', { coefficients: [...coefficients], domain });
  }

  /** 1 / (1 + e^−x) for |x| ≤ 12, error below 5·10⁻⁴ (ring 32) or 3·10⁻⁶ (ring 64). 3 rounds. */
  sigmoid(): SecureTensor {
    return this.#unary('sigmoid');
  }

  /** tanh x for |x| ≤ 6, error below 10⁻³ (ring 32) or 6·10⁻⁶ (ring 64). 3 rounds. */
  tanh(): SecureTensor {
    return this.#unary('tanh');
  }

  /** 1 where x > y, else 0, with broadcasting. 3 rounds in ring 32, 4 in ring 64. */
  greater(y: Operand): SecureTensor {
    if (typeof y === 'number') return this.greater(this.mul(0).add(y));
    const [a, b] = this.#broadcast('greater', y);
    return a.#binary('greater', b, a.shape);
  }

  /** The sum of all elements (shape []), or over one axis of a matrix. Free of rounds. */
  sum(axis?: 0 | 1): SecureTensor {
    if (axis === undefined) return this.#unary('sum', { axis: null }, []);
    this.#matrix('sum over an axis');
    if (axis !== 0 && axis !== 1) throw new RangeError('sum: axis must be 0 or 1');
    return this.#unary('sum', { axis }, [this.shape[axis === 0 ? 1 : 0]]);
  }

  /** The matrix with rows and columns exchanged. Free of rounds. */
  transpose(): SecureTensor {
    this.#matrix('transpose');
    return this.#take({ kind: 'transpose' }, [this.shape[1], this.shape[0]]);
  }

  /** The same elements under another shape. Free of rounds. */
  reshape(shape: readonly number[]): SecureTensor {
    if (sizeOf(shape) !== this.size) {
      throw new RangeError(`reshape: [${this.shape}] has ${this.size} elements, [${shape}] ${sizeOf(shape)}`);
    }
    return this.#take({ kind: 'reshape', shape: [...shape] }, shape);
  }

  /** The part that starts at `begin` and has `size` elements in each dimension (−1: to the end). */
  slice(begin: number | readonly number[], size?: number | readonly number[]): SecureTensor {
    const rank = this.shape.length;
    const starts = fill(begin, rank, 0);
    const sizes = fill(size ?? -1, rank, -1).map((s, d) => (s === -1 ? this.shape[d] - starts[d] : s));
    for (let d = 0; d < rank; d++) {
      const ok = starts[d] >= 0 && sizes[d] > 0 && starts[d] + sizes[d] <= this.shape[d];
      if (!ok) throw new RangeError(`slice: [${starts}] + [${sizes}] is outside [${this.shape}]`);
    }
    return this.#take({ kind: 'slice', begin: starts, shape: sizes }, sizes);
  }

  /** This tensor's rows, then the others' (the first dimension grows). Free of rounds. */
  concat(...others: readonly SecureTensor[]): SecureTensor {
    const [rows, ...rest] = this.shape;
    for (const other of others) {
      this.#sameSession('concat', other);
      if (this.shape.length === 0 || String(other.shape.slice(1)) !== String(rest)) {
        throw new RangeError(`concat: [${other.shape}] does not follow [${this.shape}]`);
      }
    }
    const total = others.reduce((sum, other) => sum + other.shape[0], rows);
    return this.#command('concat', [this, ...others], undefined, [total, ...rest]);
  }

  /**
   * Opens the value to one role and to nobody else: `'owner'` (the default) is the holder of the session, a
   * party's name that party. Resolves to the numbers, row-major.
   */
  reveal({ to = 'owner' }: { to?: string } = {}): Promise<Float64Array> {
    this.checkAlive('reveal');
    return this.session.reveal(this, to);
  }

  /** Frees the value at every role. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.forget(this);
  }

  /** Throws when the tensor has been disposed. */
  checkAlive(operation: string): void {
    if (this.#disposed) throw new TypeError(`${operation}: the tensor has been disposed`);
  }

  #matrix(operation: string): void {
    if (this.shape.length !== 2) throw new RangeError(`${operation}: expected a matrix, got [${this.shape}]`);
  }

  #sameSession(operation: string, other: SecureTensor): void {
    if (!(other instanceof SecureTensor)) throw new TypeError(`${operation}: expected a tensor`);
    if (other.session !== this.session) throw new TypeError(`${operation}: tensors of different sessions`);
  }

  #broadcast(operation: string, other: SecureTensor): [SecureTensor, SecureTensor] {
    this.#sameSession(operation, other);
    if (String(this.shape) === String(other.shape)) return [this, other];
    const rank = Math.max(this.shape.length, other.shape.length);
    const shape = Array.from({ length: rank }, (_, d) => {
      const a = this.shape[this.shape.length - rank + d] ?? 1;
      const b = other.shape[other.shape.length - rank + d] ?? 1;
      if (a !== b && a !== 1 && b !== 1) {
        throw new RangeError(`${operation}: shapes [${this.shape}] and [${other.shape}] do not broadcast`);
      }
      return Math.max(a, b);
    });
    const expand = (x: SecureTensor) =>
      String(x.shape) === String(shape) ? x : x.#take({ kind: 'broadcast', shape }, shape);
    return [expand(this), expand(other)];
  }

  #take(args: TakeArgs, shape: readonly number[]): SecureTensor {
    return this.#command('take', [this], args, shape);
  }

  #unary(name: string, args?: unknown, shape: readonly number[] = this.shape): SecureTensor {
    return this.#command(name, [this], args, shape);
  }

  #binary(name: string, other: SecureTensor, shape: readonly number[]): SecureTensor {
    return this.#command(name, [this, other], undefined, shape);
  }

  #command(
    name: string,
    inputs: readonly SecureTensor[],
    args: unknown,
    shape: readonly number[],
  ): SecureTensor {
    for (const x of inputs) x.checkAlive(name);
    const command: Omit<Command, 'out'> = { name, in: inputs.map((x) => x.number), args };
    return this.session.make(command, shape);
  }
}

function finite(operation: string, value: number): number {
  if (typeof value !== 'number') throw new TypeError(`${operation}: expected a tensor or a number`);
  if (!Number.isFinite(value)) throw new RangeError(`${operation}: the number must be finite`);
  return value;
}

/** One entry a dimension; missing ones take the default. */
function fill(value: number | readonly number[], rank: number, missing: number): number[] {
  const given = typeof value === 'number' ? [value] : value;
  return Array.from({ length: rank }, (_, d) => given[d] ?? missing);
}
