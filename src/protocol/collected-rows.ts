/** Masked rows that are collected batch by batch, in the order in which they come; all have one scale. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { Masked } from '../party/values.js';

export class CollectedRows {
  #value: Masked | null = null;
  #filled = 0;

  constructor(
    readonly rt: Runtime,
    readonly rows: number,
    readonly columns: number,
  ) {}

  get value(): Masked {
    if (!this.#value) throw new TypeError('there are no rows');
    return this.#value;
  }

  /** Addresses of the blocks that must outlive a batch's scope. */
  *blocks(): Iterable<number> {
    if (this.#value) yield* this.#value.blocks();
  }

  /** Copies the rows of y behind those that are there. */
  add(y: Masked): void {
    this.#value ??= this.#room(y);
    const { delta, mask, shape, fraction } = this.#value;
    if (y.fraction !== fraction)
      throw new TypeError(`rows of ${y.fraction} and of ${fraction} fraction bits`);
    const from = this.#filled * shape[1];
    if (delta && y.delta) this.#copy(delta, y.delta, from);
    this.#copy(mask, y.mask, from);
    this.#filled += y.shape[0];
    this.#value.bound = Math.max(this.#value.bound, y.bound);
  }

  #room({ fraction, bound }: Masked): Masked {
    const { rt, rows, columns } = this;
    const delta = rt.isProvider ? null : rt.words(rows * columns);
    return new Masked(delta, rt.words(rows * columns), [rows, columns], fraction, bound);
  }

  #copy(to: Words, from: Words, at: number): void {
    this.rt.ring.copy(this.rt.part(to, at, from.length), from);
  }
}
