/**
 * SecureTensor: the eager API over the protocol. A handle on a value that only the roles hold, as shares under a
 * mask; operations return at once and run in the roles' workers. Shapes and public numbers are checked here, before
 * anything is sent: a refusal leaves the session as it was.
 *
 * Ranges of values cannot be checked: nobody sees them, and what does not fit comes out wrong. A tensor holds numbers below
 * 2^(k − 1 − f) in magnitude (2^43 in ring 64 with 20 fraction bits, 2^19 in ring 32 with 12). What is multiplied, and each
 * product, must be below 2^(k − 2 − 2f) (2^22, and 64), which is also what `share` takes. Public numbers, which all roles
 * see, are below 2^(k − 2 − f) (4.4·10¹², and 262,144).
 */
import { checkOptions } from '../options.js';
import { checkLabel } from '../party/disclosures.js';
import { numbersOf } from '../role/clear-words.js';
import { checkPresent } from '../role/present.js';
import { printsAsText } from './manners.js';
import { type Revealed, revealed } from './revealed.js';
import { TensorFunctions } from './tensor-functions.js';

/** What `reveal` takes. */
export interface RevealOptions {
  to?: string;
  label?: string;
}

/** A handle on a tensor that only the roles hold, on shares. Operations return at once; `reveal` waits. */
export class SecureTensor extends TensorFunctions {
  /**
   * x + y, elementwise; shapes broadcast as in NumPy. Exact, for sums below 2^(k − 1 − f). Free of rounds.
   * @param y a tensor, or a public number
   */
  add(y: this | number): this {
    if (typeof y === 'number') return this.unary('addPublic', { value: this.publicNumber('add', y) });
    return this.elementwise('add', y, null);
  }

  /** x − y, elementwise, with broadcasting. Exact, for differences below 2^(k − 1 − f). Free of rounds. */
  sub(y: this | number): this {
    if (typeof y === 'number') return this.unary('addPublic', { value: -this.publicNumber('sub', y) });
    return this.elementwise('sub', y, null);
  }

  /** −x, exact. Free of rounds. */
  neg(): this {
    return this.unary('neg', null);
  }

  /**
   * x · y, elementwise, with broadcasting. 2 rounds, |x·y| < 2^(k − 2 − 2f), error below 1 unit of the last place.
   *
   * A public integer y costs no round and is exact, for products below 2^(k − 1 − f). Another public number counts in full, in the
   * same rounds and range as a tensor: with the usual fraction bits, 12 in ring 32 and 20 in ring 64, the error is below 2
   * units of the last place and |x·y| / 2^(f + 1) of them, which is 1 at the end of ring 64 and nothing in ring 32. Numbers of up
   * to f bits, such as 0.5 or 0.75, are exact but for 1 unit, and take half the bytes of others. With fewer fraction bits the bytes
   * and the units are more, see src/protocol/public-factor.ts.
   */
  mul(y: this | number): this {
    if (typeof y === 'number') return this.unary('mulPublic', { value: this.publicNumber('mul', y) });
    return this.elementwise('mul', y, null);
  }

  /**
   * The matrix product [m,k]·[k,n] → [m,n]. 2 rounds. Each element of the result must be below 2^(k − 2 − 2f) in magnitude,
   * what it is summed from need not be. Error below 1 unit of the last place.
   */
  matmul(y: this): this {
    this.checkSession('matmul', y);
    const [m, k] = this.shape;
    const [k2, n] = y.shape;
    if (this.shape.length !== 2 || y.shape.length !== 2 || k !== k2) {
      const expected = this.shape.length === 2 ? `[${m},${k}]·[${k},n]` : '[m,k]·[k,n]';
      throw new RangeError(`matmul: expected ${expected}, got [${this.shape}]·[${y.shape}]`);
    }
    return this.operation('matmul', [this, y], null, [m, n]);
  }

  /** x², |x| < 2^(k/2 − 1 − f) (8 in ring 32 with 12 fraction bits, 2^11 in ring 64 with 20). 2 rounds, as {@link mul}. */
  square(): this {
    return this.operation('mul', [this, this], null, this.shape);
  }

  /**
   * The sum of all elements (shape []), or over one axis, which the shape loses. Exact and free of rounds for sums that the
   * ring holds, below 2^(k − 1 − f) in magnitude (2^19 in ring 32 with 12 fraction bits, 2^43 in ring 64 with 20). A sum that
   * is to be multiplied must be below 2^(k − 2 − 2f), see {@link mul}; for averages there is {@link mean}.
   * @param axis from 0, or −1 for the last, −2 for the one before, …
   * @throws RangeError for an axis that the tensor does not have
   */
  sum(axis?: number): this {
    return this.#along('sum', axis);
  }

  /**
   * The mean of all elements (shape []), or over one axis, which the shape loses; right for any number of elements below
   * 2^(k − 2 − 2f) in magnitude, even where their sum leaves the ring. Error below 1 unit of the last place where
   * their number is a power of two below 2^f, below 2 for others up to a million; no bias. 2 rounds there, 3 or 4 for others.
   * @param axis as in {@link sum}
   * @throws RangeError for an axis that the tensor does not have
   */
  mean(axis?: number): this {
    return this.#along('mean', axis);
  }

  #along(name: 'sum' | 'mean', given?: number): this {
    if (given === undefined) return this.unary(name, { axis: null }, []);
    const axis = this.axisOf(name, given);
    return this.unary(name, { axis }, this.shape.toSpliced(axis, 1));
  }

  /**
   * Opens the value to one role and to nobody else.
   * @param options `to`: the role, by default the model owner; `label`: what the roles' lists of disclosures call it, by
   *   default 'tensor'
   * @returns the numbers, row-major: a Float64Array that has its tensor's `shape` as well, and the numbers as nested arrays,
   *   `array()`; null where `to` runs in another process (see `session.isHere`)
   * @throws TypeError for other options, for a role that is none, and for a disposed tensor
   */
  reveal(options: RevealOptions = {}): Promise<Revealed> {
    checkOptions('reveal', options, ['to', 'label']);
    this.checkAlive('reveal');
    const { roles } = this.session;
    const { to = roles.settings.owner, label = 'tensor' } = options;
    checkPresent('reveal: to', to, roles);
    checkLabel('reveal', label);
    return this.#reveal(label, to);
  }

  async #reveal(label: string, to: string): Promise<Revealed> {
    const { roles } = this.session;
    const args = { label, to, size: this.size };
    const results = await roles.call({ name: 'reveal', in: [this.number], args });
    const clear = results.get(to);
    return (clear ? revealed(numbersOf(roles.settings.ring, clear), this.shape) : null) as Revealed;
  }

  /** What the tensor is, `SecureTensor [2, 3] of alice, bob`: never what it holds, which is not here. */
  override toString(): string {
    const { parties } = this.session.roles.settings;
    const disposed = this.disposed ? ' (disposed)' : '';
    return `SecureTensor [${this.shape.join(', ')}] of ${parties.join(', ')}${disposed}`;
  }

  /** @internal */
  protected like(number: number, shape: readonly number[]): this {
    return new SecureTensor(this.session, number, shape) as this;
  }
}

printsAsText(SecureTensor.prototype);
