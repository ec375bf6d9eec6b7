/**
 * A masked value outside wasm memory, for data sets of any size: Δ and the mask are in ordinary buffers, from which rows
 * are copied into wasm memory batch by batch. A role holds, and learns, the same as with {@link Masked}.
 */
import type { Words } from '../../bindings/memory.js';
import { type Shape, sizeOf } from '../shape.js';
import type { Runtime } from './runtime.js';
import { Masked } from './values.js';

export class Stored {
  /** Bytes of one row. */
  readonly #rowBytes: number;
  readonly #delta: Uint8Array | null;
  readonly #mask: Uint8Array;
  readonly #factor: Uint8Array | null;
  /** As of a {@link Masked}. */
  readonly factored: boolean;

  /** @param shape [rows, …] */
  constructor(
    rt: Runtime,
    readonly shape: Shape,
    readonly fraction: number,
  ) {
    const bytes = sizeOf(shape) * rt.ring.bytes;
    this.#rowBytes = bytes / shape[0];
    this.#delta = rt.isProvider ? null : new Uint8Array(bytes);
    this.#mask = new Uint8Array(bytes);
    this.factored = rt.factored;
    this.#factor = this.factored && rt.isProvider ? new Uint8Array(bytes) : null;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#mask.length + (this.#delta?.length ?? 0) + (this.#factor?.length ?? 0);
  }

  /** Copies the rows of a value in, from row `start` on. */
  put(rt: Runtime, start: number, rows: Masked): void {
    if (rows.factored !== this.factored) throw new TypeError('stored rows are factored as the runtime says');
    const at = start * this.#rowBytes;
    if (this.#delta && rows.delta) this.#delta.set(this.#view(rt, rows.delta), at);
    this.#mask.set(this.#view(rt, rows.mask), at);
    if (this.#factor && rows.factor) this.#factor.set(this.#view(rt, rows.factor), at);
  }

  /** The rows that `order` names, as a value in wasm memory. */
  gather(rt: Runtime, order: Uint32Array): Masked {
    const shape = [order.length, ...this.shape.slice(1)];
    const take = (from: Uint8Array): Words => {
      const words = rt.words(sizeOf(shape));
      const target = this.#view(rt, words);
      order.forEach((row, i) => {
        const begin = row * this.#rowBytes;
        target.set(from.subarray(begin, begin + this.#rowBytes), i * this.#rowBytes);
      });
      return words;
    };
    const delta = this.#delta && take(this.#delta);
    const rows = new Masked(delta, take(this.#mask), shape, this.fraction, undefined, this.factored);
    if (this.#factor) rows.factor = take(this.#factor);
    return rows;
  }

  /** All of it in wasm memory. */
  load(rt: Runtime): Masked {
    return this.gather(
      rt,
      Uint32Array.from({ length: this.shape[0] }, (_, i) => i),
    );
  }

  #view(rt: Runtime, words: Words): Uint8Array {
    return rt.heap.bytes(words.ptr, words.length * rt.ring.bytes);
  }
}
