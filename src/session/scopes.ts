/** Scopes of tensors: what is made in one is freed at its end, but for what it returns. */
import { kindOf } from '../options.js';
import { TensorHandle } from '../tensor/tensor-handle.js';

export class Scopes {
  readonly #open: Set<TensorHandle>[] = [];

  /** Takes note of a new tensor. */
  track(tensor: TensorHandle): void {
    this.#open.at(-1)?.add(tensor);
  }

  /** A tensor has been disposed of. */
  forget(tensor: TensorHandle): void {
    for (const scope of this.#open) scope.delete(tensor);
  }

  /** See `Session.tidy`. */
  tidy<T>(work: () => T): T {
    if (typeof work !== 'function') throw new TypeError(`tidy: expected a function, got ${kindOf(work)}`);
    this.#open.push(new Set());
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#end(null);
      throw error;
    }
    if (result instanceof Promise) {
      result.catch(() => {}); // it may work on what is freed here
      this.#end(null);
      throw new TypeError('tidy: the function must not be async');
    }
    this.#end(result);
    return result;
  }

  #end(result: unknown): void {
    const scope = this.#open.pop() as Set<TensorHandle>;
    for (const kept of tensorsIn(result)) {
      if (scope.delete(kept)) this.#open.at(-1)?.add(kept);
    }
    for (const tensor of scope) tensor.dispose();
  }
}

/** The tensors in a result: itself, or in arrays and plain objects. */
function* tensorsIn(result: unknown): Iterable<TensorHandle> {
  if (result instanceof TensorHandle) yield result;
  else if (Array.isArray(result)) for (const entry of result) yield* tensorsIn(entry);
  else if (result && typeof result === 'object' && Object.getPrototypeOf(result) === Object.prototype) {
    for (const entry of Object.values(result)) yield* tensorsIn(entry);
  }
}
