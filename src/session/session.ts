/** The session as users hold it: tensors in, tensors out, models, what it cost, and its end. */

import { checkArray, checkInteger, checkOptions, checkShape, kindOf } from '../options.js';
import type { Command } from '../role/commands.js';
import type { ShareArgs, ShareRowsArgs } from '../role/tensor-commands.js';
import { noteRows } from '../tensor/row-facts.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import type { AsyncDisposal } from './disposal.js';
import { OWNER, type SessionOptions, type Settings } from './options.js';
import { decodeWords, joinShares, splitForParties } from './owner.js';
import { RoleGroup } from './role-group.js';
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

/** Rows that one owner brings to a tensor of several. */
export interface RowsOfOwner {
  /** A party, or `'owner'` (the holder of the session). */
  readonly owner: string;
  /** Its rows, one after the other. */
  readonly values: Float32Array | Float64Array | readonly number[];
}

export interface ShareRowsOptions {
  /** Names of the numbers in a row's last dimension, for error messages. */
  columns?: readonly string[];
  /**
   * Numbers shared at a time. A tensor of more is stored by the roles outside wasm memory, and brought there batch by
   * batch. Default 2^20.
   */
  piece?: number;
}

export interface Session extends AsyncDisposal {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the member is defined below, where the platform has it
export class Session {
  /** The roles at work. */
  readonly roles: RoleGroup;
  #scopes: Set<SecureTensor>[] = [];

  private constructor(roles: RoleGroup) {
    this.roles = roles;
  }

  /** See {@link createSession}. */
  static async start(options: SessionOptions): Promise<Session> {
    return Session.of(await RoleGroup.start(options));
  }

  /** The session that holds these roles. */
  static of(roles: RoleGroup): Session {
    return new Session(roles);
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
   * @throws RangeError naming row and column (never the value) for what is not finite or too large, TypeError for what are
   *   no numbers and for unknown options; nothing has been sent then
   */
  share(input: TensorLike, options: ShareOptions = {}): SecureTensor {
    checkOptions('share', options, ['owner', 'shape', 'columns']);
    const { owner = OWNER } = options;
    const { ring, fractionBits } = this.settings;
    this.#checkOwner('share', owner);
    const checked = checkTensor('share', input, ring, fractionBits, options.shape, options.columns);
    const { values, shape } = checked;
    if (values.length <= PIECE || shape.length === 0) {
      const args: ShareArgs = { owner, shape };
      const tensor = this.make({ name: 'share', args }, shape, this.#payloads(owner, values.slice()));
      noteRows(tensor, [values]);
      return tensor;
    }
    const number = this.roles.number();
    for (const _ of this.#store(number, [{ owner, values }], shape, PIECE)) this.roles.flush();
    return this.#stored(number, shape, [values]);
  }

  /** The handle of a tensor that was stored in pieces. */
  #stored(
    number: number,
    shape: readonly number[],
    parts: readonly (Float32Array | Float64Array)[],
  ): SecureTensor {
    const tensor = new SecureTensor(this, number, shape);
    noteRows(tensor, parts);
    return tensor;
  }

  /**
   * Shares the rows of several owners as one tensor [rows, …rowShape], one owner's rows after the other's. Resolves
   * when the roles have it; large tensors go to them piece by piece, so that little is under way at a time.
   * @param rowShape shape of one row
   * @throws RangeError naming owner, row and column (never the value) for what is not finite or too large; nothing
   *   has been sent then
   */
  async shareRows(
    parts: readonly RowsOfOwner[],
    rowShape: readonly number[],
    options: ShareRowsOptions = {},
  ): Promise<SecureTensor> {
    checkOptions('shareRows', options, ['columns', 'piece']);
    const { columns, piece = PIECE } = options;
    checkInteger('shareRows: piece', piece, 1);
    checkArray('shareRows: parts', parts);
    checkShape('shareRows: rowShape', rowShape, 0);
    const { ring, fractionBits } = this.settings;
    const width = rowShape.reduce((a, b) => a * b, 1);
    if (parts.length === 0) throw new RangeError('shareRows: no owner');
    const checked = parts.map((part, i) => {
      checkOptions(`shareRows: part ${i}`, part, ['owner', 'values']);
      const { owner, values } = part;
      this.#checkOwner('shareRows', owner);
      const name = `shareRows: ${owner}`;
      if (!Array.isArray(values) && !(values instanceof Float32Array || values instanceof Float64Array)) {
        throw new TypeError(`${name}: expected flat numbers, got ${kindOf(values)}`);
      }
      const rows = values.length / width;
      if (!Number.isInteger(rows)) {
        throw new RangeError(`${name}: ${values.length} numbers are no whole rows of shape [${rowShape}]`);
      }
      return { owner, ...checkTensor(name, values, ring, fractionBits, [rows, ...rowShape], columns) };
    });
    const shape = [checked.reduce((sum, part) => sum + part.shape[0], 0), ...rowShape];
    if (shape[0] * width > piece) {
      const number = this.roles.number();
      for (const _ of this.#store(number, checked, shape, piece)) await this.ready();
      return this.#stored(
        number,
        shape,
        checked.map(({ values }) => values),
      );
    }
    const whole = this.tidy(() => {
      const [first, ...others] = checked.map(({ owner, values, shape: own }) =>
        this.share(values, { owner, shape: own }),
      );
      return others.length > 0 ? first.concat(...others) : first;
    });
    await this.ready();
    return whole;
  }

  /** Queues the filling of a stored tensor of `shape`, at most about `piece` numbers before each yield. */
  *#store(
    number: number,
    parts: readonly { readonly owner: string; readonly values: Float32Array | Float64Array }[],
    shape: readonly number[],
    piece: number,
  ): Iterable<void> {
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    const step = Math.max(1, Math.floor(piece / width));
    let start = 0;
    for (const { owner, values } of parts) {
      const end = start + values.length / width;
      for (let from = 0; start < end; from += step) {
        const rows = Math.min(step, end - start);
        const args: ShareRowsArgs = { owner, shape, start, rows };
        const part = values.slice(from * width, (from + rows) * width);
        this.roles.send({ name: 'shareRows', out: number, args }, this.#payloads(owner, part));
        start += rows;
        yield;
      }
    }
  }

  #checkOwner(operation: string, owner: string): void {
    const { parties } = this.settings;
    if (owner === OWNER || parties.includes(owner)) return;
    if (typeof owner !== 'string') {
      throw new TypeError(
        `${operation}: owner must be the name of a party or "${OWNER}", got ${kindOf(owner)}`,
      );
    }
    throw new TypeError(
      `${operation}: no party named "${owner}" (parties: ${parties.join(', ')}; or "${OWNER}")`,
    );
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
    if (typeof work !== 'function') throw new TypeError(`tidy: expected a function, got ${kindOf(work)}`);
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
   * The sums of private integers, one list a party, opened to all parties and to whoever holds the session, and to nobody
   * in parts. Whoever knows all parts of a total but one knows that one too: of two parties each learns the other's
   * list. Nothing here looks at how many rows a part sums, so bring sums over many rows or none.
   * @returns the totals as the first party sees them
   */
  async aggregate(values: Readonly<Record<string, BigInt64Array>>): Promise<BigInt64Array> {
    const { parties } = this.settings;
    checkOptions('aggregate', values, parties);
    const lengths = parties.map((party) => {
      if (!Object.hasOwn(values, party)) return undefined;
      if (values[party] instanceof BigInt64Array) return values[party].length;
      throw new TypeError(`aggregate: ${party}'s list must be a BigInt64Array, got ${kindOf(values[party])}`);
    });
    if (lengths.some((length) => length === undefined || length !== lengths[0])) {
      throw new RangeError(`aggregate: every party (${parties.join(', ')}) needs a list of the same length`);
    }
    const results = await this.roles.call({ name: 'aggregate' }, values);
    return results.get(parties[0]) as BigInt64Array;
  }

  /** Waits until everything asked for so far has been done at every role. @throws the error that ended the session */
  async ready(): Promise<void> {
    await this.roles.call({ name: 'dispose', in: [] });
  }

  /**
   * Ends the session and its workers. What has been asked for before is done first; what is asked for later is refused
   * with a JobError. Never rejects; a session that has failed told whoever waited. A session left open keeps the
   * process alive: close it, or hold it with `await using`.
   */
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
    if (typeof to !== 'string') {
      throw new TypeError(`reveal: to must be the name of a party or "${OWNER}", got ${kindOf(to)}`);
    }
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

if (Symbol.asyncDispose) {
  Object.defineProperty(Session.prototype, Symbol.asyncDispose, {
    value(this: Session) {
      return this.close();
    },
  });
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
