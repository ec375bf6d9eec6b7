/** The session as users hold it: tensors in, tensors out, models, what it cost, and its end. */

import { SecureTensor } from '../tensor/secure-tensor.js';
import type { Command } from './commands.js';
import { OWNER, type SessionOptions, type Settings } from './options.js';
import { decodeWords, joinShares, splitForParties } from './owner.js';
import { RoleGroup } from './role-group.js';
import type { ShareArgs, ShareRowsArgs } from './tensor-commands.js';
import { checkTensor, type TensorLike } from './validate.js';

/** Numbers that go to the roles at a time; larger tensors are stored outside wasm memory. */
const PIECE = 2 ** 20;

export interface ShareOptions {
  /** Whose numbers these are: a party, or `'owner'` (the holder of the session). */
  owner?: string;
  /** Shape, when the numbers come flat. */
  shape?: readonly number[];
  /** Names of the columns, for error messages. */
  columns?: readonly string[];
}

export class Session {
  /** The roles at work. */
  readonly roles: RoleGroup;
  #scopes: Set<SecureTensor>[] = [];

  private constructor(roles: RoleGroup) {
    this.roles = roles;
  }

  /** See {@link createSession}. */
  static async start(options: SessionOptions): Promise<Session> {
    return new Session(await RoleGroup.start(options));
  }

  get settings(): Settings {
    return this.roles.settings;
  }

  /** Names of the compute parties. */
  get parties(): readonly string[] {
    return this.settings.parties;
  }

  /**
   * Shares an owner's numbers among the parties.
   * @param input numbers below 2^(k − 2 − 2f) in magnitude: 64 for ring 32 with 12 fraction bits
   * @throws RangeError naming row and column (never the value) for what is not finite or too large; nothing has
   *   been sent then
   */
  share(input: TensorLike, options: ShareOptions = {}): SecureTensor {
    const owner = options.owner ?? OWNER;
    const { ring, fractionBits, parties } = this.settings;
    if (owner !== OWNER && !parties.includes(owner)) {
      throw new TypeError(`share: no party named "${owner}" (parties: ${parties.join(', ')}; or "${OWNER}")`);
    }
    const checked = checkTensor('share', input, ring, fractionBits, options.shape, options.columns);
    const { values, shape } = checked;
    if (values.length <= PIECE || shape.length === 0) {
      const args: ShareArgs = { owner, shape };
      return this.make({ name: 'share', args }, shape, this.#payloads(owner, values.slice()));
    }
    const number = this.roles.number();
    const width = values.length / shape[0];
    const step = Math.max(1, Math.floor(PIECE / width));
    for (let start = 0; start < shape[0]; start += step) {
      const rows = Math.min(step, shape[0] - start);
      const args: ShareRowsArgs = { owner, shape, start, rows };
      const part = values.slice(start * width, (start + rows) * width);
      this.roles.send({ name: 'shareRows', out: number, args }, this.#payloads(owner, part));
      this.roles.flush();
    }
    return new SecureTensor(this, number, shape);
  }

  /** What each role is handed of an owner's numbers. */
  #payloads(owner: string, values: Float32Array | Float64Array): Record<string, unknown> {
    if (owner !== OWNER) return { [owner]: values };
    const { ring, fractionBits, parties } = this.settings;
    const shares = splitForParties(ring, values, fractionBits, parties.length);
    return Object.fromEntries(parties.map((party, i) => [party, shares[i]]));
  }

  /** Frees every tensor that `work` makes, but for those it returns. */
  tidy<T>(work: () => T): T {
    this.#scopes.push(new Set());
    const end = (result: unknown) => {
      const scope = this.#scopes.pop() as Set<SecureTensor>;
      for (const kept of tensorsIn(result)) {
        if (scope.delete(kept)) this.#scopes.at(-1)?.add(kept);
      }
      for (const tensor of scope) tensor.dispose();
    };
    let result: T;
    try {
      result = work();
    } catch (error) {
      end(null);
      throw error;
    }
    if (result instanceof Promise) {
      end(null);
      throw new TypeError('tidy: the function must not be async');
    }
    end(result);
    return result;
  }

  /**
   * The sums of private integers, one list a party, opened to all parties and to nobody else in parts: each party
   * learns the totals. Resolves to the totals as the first party sees them.
   */
  async aggregate(values: Readonly<Record<string, BigInt64Array>>): Promise<BigInt64Array> {
    const { parties } = this.settings;
    const lengths = parties.map((party) => values[party]?.length);
    if (lengths.some((length) => length === undefined || length !== lengths[0])) {
      throw new RangeError(`aggregate: every party (${parties.join(', ')}) needs a list of the same length`);
    }
    const results = await this.roles.call({ name: 'aggregate' }, values);
    return results.get(parties[0]) as BigInt64Array;
  }

  /** Waits until everything asked for so far has been done at every role. */
  async ready(): Promise<void> {
    await this.roles.call({ name: 'dispose', in: [] });
  }

  /** Ends the session and its workers. Handles are of no use afterwards. */
  close(): Promise<void> {
    return this.roles.close();
  }

  /** Queues a command that makes one tensor. */
  make(
    command: Omit<Command, 'out'>,
    shape: readonly number[],
    payloads: Readonly<Record<string, unknown>> = {},
  ): SecureTensor {
    const number = this.roles.number();
    this.roles.send({ ...command, out: number }, payloads);
    return new SecureTensor(this, number, shape);
  }

  /** See {@link SecureTensor.reveal}. */
  async reveal(tensor: SecureTensor, to: string): Promise<Float64Array> {
    const { ring, fractionBits, parties } = this.settings;
    if (to !== OWNER && !parties.includes(to)) {
      throw new TypeError(`reveal: no role named "${to}" (parties: ${parties.join(', ')}; or "${OWNER}")`);
    }
    const results = await this.roles.call({ name: 'reveal', in: [tensor.number], args: { to } });
    const readers = to === OWNER ? parties : [to];
    const shares = readers.map((party) => results.get(party) as Uint8Array);
    return decodeWords(joinShares(ring, shares), fractionBits);
  }

  /** Takes note of a new tensor, for {@link tidy}. */
  track(tensor: SecureTensor): void {
    this.#scopes.at(-1)?.add(tensor);
  }

  /** Frees a disposed tensor at the roles. */
  forget(tensor: SecureTensor): void {
    for (const scope of this.#scopes) scope.delete(tensor);
    if (!this.roles.ended) this.roles.send({ name: 'dispose', in: [tensor.number] });
  }
}

/** The tensors in a result: itself, or in arrays and plain objects. */
function* tensorsIn(result: unknown): Iterable<SecureTensor> {
  if (result instanceof SecureTensor) yield result;
  else if (Array.isArray(result)) for (const entry of result) yield* tensorsIn(entry);
  else if (result && typeof result === 'object' && Object.getPrototypeOf(result) === Object.prototype) {
    for (const entry of Object.values(result)) yield* tensorsIn(entry);
  }
}

/**
 * Starts a session: one worker thread for each party and one for the provider, linked by shared memory.
 *
 * All roles run on this machine, so it shows what the protocol costs and computes, and protects nothing from whoever
 * owns the process.
 * @throws TypeError or RangeError for options that make no sense
 */
export const createSession = (options: SessionOptions = {}): Promise<Session> => Session.start(options);
