/**
 * The kinds of value (see ARCHITECTURE.md, "The life of a value"). Classes, not interfaces: their private brand
 * makes the compiler refuse a share where a masked value is needed.
 *
 * A value is x = integer / 2^fraction in the ring Z_2^k, stored row-major with the given shape.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import { type Shape, sizeOf } from '../shape.js';

/**
 * [x]: x = Σ xᵢ, one summand a party and one, a function of masks alone, at the provider.
 *
 * `words` is this role's summand. At the provider it is null while its summand is zero; `settled` says so to
 * every role (it is part of the program, not of the data). Only a settled share may be revealed.
 */
export class Share {
  readonly #brand = 'share';

  constructor(
    readonly words: Words | null,
    readonly shape: Shape,
    readonly fraction: number,
    readonly settled: boolean,
  ) {}

  /** Addresses of the value's blocks in wasm memory. */
  blocks(): number[] {
    return this.words ? [this.words.ptr] : [];
  }

  get kind(): string {
    return this.#brand;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}

/**
 * ⟨x⟩ = (Δ, [δ]) with Δ = x + δ: parties hold the public Δ and their share of the mask δ, the provider δ alone.
 * `own` is the party's share of x itself (Δ − δ₀ at the first party, −δᵢ at the others), made when first needed.
 */
export class Masked {
  readonly #brand = 'masked';
  /** The party's share of x, when some product has needed it. */
  own: Words | null = null;
  /**
   * What this role puts into products of factored values (protocol/multiply.ts): a party's is made when first needed, the
   * provider's comes with the mask.
   */
  factor: Words | null = null;

  constructor(
    readonly delta: Words | null,
    readonly mask: Words,
    readonly shape: Shape,
    readonly fraction: number,
    /**
     * What is known of the integers from how they were made, whatever the data: |x| ≤ 2^bound. Public, the same at every
     * role. A comparison takes bound + 2 bits.
     */
    public bound = Number.POSITIVE_INFINITY,
    /** Whether the provider has its factor of x. Public, the same at every role. */
    readonly factored = false,
  ) {}

  /** Addresses of the value's blocks in wasm memory. */
  blocks(): number[] {
    const blocks = [this.mask.ptr];
    for (const words of [this.delta, this.own, this.factor]) if (words) blocks.push(words.ptr);
    return blocks;
  }

  get kind(): string {
    return this.#brand;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}

/**
 * ⟨b⟩ over Z₂, one bit a value in a bit plane: b = c ⊕ r with c public at the parties (`open`; null at the
 * provider) and r XOR-shared (`mask`; the provider holds r). `arithmetic` is [r] over the ring, when needed.
 */
export class MaskedBit {
  readonly #brand = 'masked bit';
  /** This role's share of r as ring words (the provider: r), when some selection has needed it. */
  arithmetic: Words | null = null;

  constructor(
    readonly open: Planes | null,
    readonly mask: Planes,
    readonly shape: Shape,
  ) {}

  get kind(): string {
    return this.#brand;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}
