/** The update of a span of steps on shares: what delay.ts plans. */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import {
  type InnerProductOptions,
  innerProducts,
  prepareFactor,
  type RowRange,
} from '../protocol/inner-products.js';
import { mapMasked } from '../protocol/linear.js';
import { matrixProduct, product } from '../protocol/multiply.js';
import { concat } from '../protocol/rearrange.js';
import { widened } from '../protocol/scale.js';
import { addScaled } from '../protocol/sums.js';
import { rescaleNarrow } from '../protocol/truncate.js';
import { atScale, partOf, rowsFrom, shaped } from '../protocol/views.js';
import type { Span } from './delay.js';
import type { Due, Lack, Parameter } from './layers/layer.js';
import type { StepPlan } from './optimizers/optimizer.js';

/** The rows of several steps, one after the other. */
export function joinedRows(steps: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(steps.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const rows of steps) {
    all.set(rows, start);
    start += rows.length;
  }
  return all;
}

/** The update of one span, step by step. */
export class DelayedUpdate implements Lack {
  readonly #x: Masked;
  /** The rows of each step, all of them rows of x. */
  readonly #ranges: readonly RowRange[];
  #step = 0;
  /** ⟨−∂z⟩ of the steps so far. */
  #minus: Masked | null = null;
  /** ⟨η·x·xₛᵀ⟩ of all steps but the first, one block after the other. */
  #products: Masked | null = null;

  /**
   * @param x all rows of the span, [rows, …]; the caller owns it
   * @param rows of each step
   */
  constructor(
    readonly rt: Runtime,
    x: Masked,
    rows: readonly ArrayLike<number>[],
    readonly options: Pick<Span, 'exponent' | 'drop'> & Pick<InnerProductOptions, 'bare'>,
  ) {
    prepareFactor(rt, x); // now, not in the scope of a step, which the rows outlive
    this.#x = shaped(x, [x.shape[0], x.size / x.shape[0]]);
    let start = 0;
    this.#ranges = rows.map(({ length: count }) => {
      const range = { start, count };
      start += count;
      return range;
    });
  }

  /** A step of the whole span. */
  stepOf(plan: StepPlan): StepPlan {
    return { ...plan, exponent: this.options.exponent };
  }

  /** Whether the first step's gradient has come, and the inner products have not been asked for. */
  get wantsProducts(): boolean {
    return this.#step === 1 && this.#ranges.length > 1 && !this.#products;
  }

  /** Adds to [x·W], the product of this step's rows and of the weights as they stand, what these lack. Consumes it. */
  corrected(z: Share): Share {
    const { rt } = this;
    const [products, minus] = [this.#products, this.#minus];
    if (!products || !minus) return z;
    const { start, count } = this.#ranges[this.#step];
    const [, ...before] = this.#ranges.slice(0, this.#step);
    const at = before.reduce((sum, range) => sum + range.start * range.count, 0);
    const block = partOf(rt, products, at, [count, start]);
    const term = product(
      rt,
      null,
      z.shape,
      block,
      minus,
      matrixProduct(rt, 'nn', count, start, minus.shape[1]),
    );
    const bits = z.fraction - term.fraction;
    return addScaled(rt, bits < 0 ? widened(rt, z, -bits) : z, bits > 0 ? widened(rt, term, bits) : term, 1);
  }

  /**
   * Takes a step's gradient. @param minus ⟨−∂z⟩ [rows, units]; left alone
   * @returns what the update is made from, after the last step
   */
  take(minus: Masked, { exponent }: StepPlan): Due | null {
    const { rt } = this;
    if (exponent === null) throw new TypeError('a step that changes nothing is in no span');
    const bits = this.options.exponent - exponent;
    const same = mapMasked(rt, minus, minus.shape, (out, words) => rt.ring.shl(out, words, bits));
    if (this.#minus) {
      const all = concat(rt, [this.#minus, same]);
      rt.free(this.#minus, same);
      this.#minus = all;
    } else this.#minus = same;
    this.#step++;
    return this.#step === this.#ranges.length ? { x: this.#x, minus: this.#minus } : null;
  }

  /** The inner products that the later steps need, 2 rounds. @param parameter [inputs (+ 1 with bias), units] */
  *makeProducts({ value }: Parameter): Secure<void> {
    const { rt, options } = this;
    const { exponent } = options;
    const [, ...later] = this.#ranges;
    const plusOne = value.shape[0] > this.#x.shape[1];
    const sums = innerProducts(rt, this.#x, later, { ...options, plusOne });
    // with the gradients' bits they are at the scale of x·W
    const fraction = 2 * rt.fraction - (this.#minus as Masked).fraction;
    this.#products = atScale(yield* rescaleNarrow(rt, sums, sums.fraction - fraction + exponent), fraction);
  }

  /** The rows of the step at hand: a view. @param shape of the data, [rows, …] */
  rows([, ...shape]: readonly number[]): Masked {
    const { start, count } = this.#ranges[this.#step];
    return shaped(rowsFrom(this.rt, this.#x, start, count), [count, ...shape]);
  }

  /** Blocks that must outlive a step's scope. */
  blocks(): number[] {
    return [this.#products, this.#minus].flatMap((value) => value?.blocks() ?? []);
  }
}
