/** What every tensor is: a handle on a value that only the roles hold, and how its operations are asked for. */
import { checkNumber, kindOf } from '../options.js';
import type { TakeArgs } from '../protocol/rearrange.js';
import type { Command } from '../role/commands.js';
import type { Session } from '../session/session.js';
import { sizeOf } from '../shape.js';
import type { SecureTensor } from './secure-tensor.js';

/** A second operand: another tensor of the session, or a public number. */
export type Operand = SecureTensor | number;

export abstract class TensorHandle {
  #disposed = false;

  /** Made by a session, not by users. */
  constructor(
    readonly session: Session,
    /** Number by which the roles know the value. */
    readonly number: number,
    readonly shape: readonly number[],
  ) {
    session.track(this.self);
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Frees the value at every role. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.forget(this.self);
  }

  /** Throws when the tensor has been disposed. */
  checkAlive(operation: string): void {
    if (this.#disposed) throw new TypeError(`${operation}: the tensor has been disposed`);
  }

  /** There is one class of tensors; this is one of them. */
  protected get self(): SecureTensor {
    return this as unknown as SecureTensor;
  }

  protected checkMatrix(operation: string): void {
    if (this.shape.length !== 2) throw new RangeError(`${operation}: expected a matrix, got [${this.shape}]`);
  }

  protected checkSession(operation: string, other: SecureTensor): void {
    if (!(other instanceof TensorHandle)) {
      throw new TypeError(`${operation}: expected a tensor, got ${kindOf(other)}`);
    }
    if (other.session !== this.session) throw new TypeError(`${operation}: tensors of different sessions`);
  }

  /** An elementwise operation on this tensor and another, broadcast to one shape. */
  protected elementwise(operation: string, other: SecureTensor, args?: unknown): SecureTensor {
    const [a, b] = this.#broadcast(operation, other);
    const result = a.binary(operation, b, a.shape, args);
    for (const made of [a, b]) if (made !== this.self && made !== other) made.dispose();
    return result;
  }

  /**
   * The number, when the ring can hold it at the working scale: below 2^(k − 2 − f) in magnitude. A sum or difference with
   * a value of that size stays in the ring, and every kernel takes its 2^f-fold, an integer below 2^62.
   */
  protected publicNumber(operation: string, value: number, what = 'the number'): number {
    const { ring, fractionBits } = this.session.settings;
    const limit = 2 ** (ring - 2 - fractionBits);
    if (Math.abs(finite(operation, value, what)) < limit) return value;
    throw new RangeError(`${operation}: ${what} must be below ${limit} in magnitude`);
  }

  /** Both operands under the shape they broadcast to. */
  #broadcast(operation: string, other: SecureTensor): [SecureTensor, SecureTensor] {
    this.checkSession(operation, other);
    if (String(this.shape) === String(other.shape)) return [this.self, other];
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
      String(x.shape) === String(shape) ? x : x.take({ kind: 'broadcast', shape }, shape);
    return [expand(this.self), expand(other)];
  }

  protected take(args: TakeArgs, shape: readonly number[]): SecureTensor {
    return this.command('take', [this.self], args, shape);
  }

  protected unary(name: string, args?: unknown, shape: readonly number[] = this.shape): SecureTensor {
    return this.command(name, [this.self], args, shape);
  }

  protected binary(
    name: string,
    other: SecureTensor,
    shape: readonly number[],
    args?: unknown,
  ): SecureTensor {
    return this.command(name, [this.self, other], args, shape);
  }

  protected command(
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

/** The number, when it is one that can be encoded. */
export function finite(operation: string, value: number, what = 'the number'): number {
  checkNumber(`${operation}: ${what}`, value);
  if (!Number.isFinite(value)) throw new RangeError(`${operation}: ${what} must be finite`);
  return value;
}
