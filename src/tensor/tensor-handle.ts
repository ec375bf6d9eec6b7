/** What every tensor is: a handle on a value that only the roles hold, and how its operations are asked for. */
import { checkNumber, kindOf } from '../options.js';
import type { TakeArgs } from '../protocol/rearrange.js';
import type { OperationName, Operations } from '../role/command.js';
import type { Roles } from '../role/roles.js';
import { sizeOf } from '../shape.js';
import { type Disposal, disposesInUsing } from './manners.js';

/** A session, as tensors need it. */
export interface TensorHost {
  /** @internal */
  readonly roles: Roles;
  /** Takes note of a new tensor. */
  track(tensor: TensorHandle): void;
  /** Frees a disposed tensor at the roles. */
  forget(tensor: TensorHandle): void;
}

/** What all tensors have: a shape, a session, an end. */
export interface TensorHandle extends Disposal {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the member is defined below, where the platform has it
export abstract class TensorHandle {
  #disposed = false;

  /** Made by a session, not by users. */
  constructor(
    readonly session: TensorHost,
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

  /** Frees the value at every role, as `using` does at the end of its block. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.forget(this);
  }

  /** Throws when the tensor has been disposed. */
  checkAlive(operation: string): void {
    if (this.#disposed) throw new TypeError(`${operation}: the tensor has been disposed`);
  }

  /** @internal A handle like this one on another value of the session. */
  protected abstract like(number: number, shape: readonly number[]): this;

  protected checkMatrix(operation: string): void {
    if (this.shape.length !== 2) throw new RangeError(`${operation}: expected a matrix, got [${this.shape}]`);
  }

  /** @internal The axis from 0, when it is one of the tensor's; negative ones count from the end. */
  protected axisOf(operation: string, axis: number): number {
    checkNumber(`${operation}: axis`, axis);
    const rank = this.shape.length;
    const from = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(from) && from >= 0 && from < rank) return from;
    throw new RangeError(`${operation}: [${this.shape}] has no axis ${axis}`);
  }

  protected checkSession(operation: string, other: TensorHandle): void {
    if (!(other instanceof TensorHandle)) {
      throw new TypeError(`${operation}: expected a tensor, got ${kindOf(other)}`);
    }
    if (other.session !== this.session) throw new TypeError(`${operation}: tensors of different sessions`);
  }

  /** @internal An elementwise operation on this tensor and another, broadcast to one shape. */
  protected elementwise<N extends OperationName>(name: N, other: this, args: Operations[N]): this {
    const [a, b] = this.#broadcast(name, other);
    const result = a.operation(name, [a, b], args, a.shape);
    for (const made of [a, b]) if (made !== this && made !== other) made.dispose();
    return result;
  }

  /**
   * The number, when the ring can hold it at the working scale: below 2^(k − 2 − f) in magnitude. A sum or difference with
   * a value of that size stays in the ring, and every kernel takes its 2^f-fold, an integer below 2^62.
   */
  protected publicNumber(operation: string, value: number, what = 'the number'): number {
    this.checkAlive(operation);
    const { ring, fractionBits } = this.session.roles.settings;
    const limit = 2 ** (ring - 2 - fractionBits);
    if (Math.abs(finite(operation, value, what)) < limit) return value;
    throw new RangeError(`${operation}: ${what} must be below ${limit} in magnitude`);
  }

  /** A public number as the ring holds it: to the nearest unit of the last place. */
  protected rounded(value: number): number {
    const unit = 2 ** this.session.roles.settings.fractionBits;
    return Math.round(value * unit) / unit;
  }

  /** Both operands under the shape they broadcast to. */
  #broadcast(operation: string, other: this): [this, this] {
    this.checkSession(operation, other);
    for (const x of [this, other]) x.checkAlive(operation);
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
    const expand = (x: this): this =>
      String(x.shape) === String(shape) ? x : x.take({ kind: 'broadcast', shape }, shape);
    return [expand(this), expand(other)];
  }

  /** @internal */
  protected take(args: TakeArgs, shape: readonly number[]): this {
    this.checkAlive(args.kind);
    return this.operation('take', [this], args, shape);
  }

  /** @internal An operation on this tensor alone. */
  protected unary<N extends OperationName>(
    name: N,
    args: Operations[N],
    shape: readonly number[] = this.shape,
  ): this {
    return this.operation(name, [this], args, shape);
  }

  /** @internal */
  protected operation<N extends OperationName>(
    name: N,
    inputs: readonly TensorHandle[],
    args: Operations[N],
    shape: readonly number[],
  ): this {
    for (const x of inputs) x.checkAlive(name);
    const { roles } = this.session;
    const out = roles.number();
    roles.operate({ name, in: inputs.map((x) => x.number), out, args });
    return this.like(out, shape);
  }
}

disposesInUsing(TensorHandle.prototype);

/** The number, when it is one that can be encoded. */
export function finite(operation: string, value: number, what = 'the number'): number {
  checkNumber(`${operation}: ${what}`, value);
  if (!Number.isFinite(value)) throw new RangeError(`${operation}: ${what} must be finite`);
  return value;
}
