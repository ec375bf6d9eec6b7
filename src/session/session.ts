/** The session as users hold it: tensors in, tensors out, models, what it cost, and its end. */

import type { CheckpointPosition } from '../links/hello.js';
import { checkArray, checkInteger, checkOptions, checkShape, kindOf } from '../options.js';
import { clientsOf } from '../party/agreement.js';
import { checkRole, type Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import { checkPresent } from '../role/present.js';
import type { Times } from '../role/profile.js';
import { sizeOf } from '../shape.js';
import { printsAsText } from '../tensor/manners.js';
import { noteRows } from '../tensor/row-facts.js';
import { SecureTensor } from '../tensor/secure-tensor.js';
import type { TensorHandle, TensorHost } from '../tensor/tensor-handle.js';
import type { TensorLike } from './clear-numbers.js';
import type { AsyncDisposal } from './disposal.js';
import type { SessionOptions, Settings } from './options.js';
import { PIECE, shareParts, shareWhole } from './pieces.js';
import { RoleGroup } from './role-group.js';
import { type Brought, checkOwner, checkRows, type RowsOfOwner } from './rows.js';
import { Scopes } from './scopes.js';
import type { SessionRoles } from './session-roles.js';
import { checkTensor } from './validate.js';

export type { RowsOfOwner } from './rows.js';

/** What `session.share` takes. */
export interface ShareOptions {
  /** Whose numbers these are: a party, the model owner, or a client. Default the model owner. */
  owner?: string;
  /** Shape, when the numbers come flat; needed when they are in another process. */
  shape?: readonly number[];
  /** Names of the columns, for error messages. */
  columns?: readonly string[];
}

/** What `session.aggregate` takes. */
export interface AggregateOptions {
  /** Words of a list, where none of those that bring lists is here. */
  length?: number;
  /** Clients that bring a list as parties do. Default: none. */
  clients?: readonly string[];
  /** Words of 64 bits of one integer, low first, 1 to 4: sums are modulo 2^(64 · words). Default 1. */
  words?: number;
}

/** What `session.shareRows` takes. */
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
export class Session implements TensorHost {
  /** @internal The roles at work. */
  readonly roles: SessionRoles;
  readonly #scopes = new Scopes();

  private constructor(roles: SessionRoles) {
    this.roles = roles;
  }

  /** See {@link createSession}. */
  static async start(options: SessionOptions): Promise<Session> {
    return Session.of(await RoleGroup.start(options));
  }

  /** @internal The session that holds these roles. */
  static of(roles: SessionRoles): Session {
    return new Session(roles);
  }

  get settings(): Settings {
    return this.roles.settings;
  }

  /** Names of the compute parties. */
  get parties(): readonly string[] {
    return this.settings.parties;
  }

  /** Whether this role runs in this process: its data are given here, and what is revealed to it is known here. */
  isHere(role: string): boolean {
    return this.roles.isHere(role);
  }

  /**
   * The checkpoints that roles elsewhere have, by role, as each said when it came (`network.checkpoints`); those that it has
   * kept since are not among them. So a training goes on where all parties can:
   *
   *     model.fit(x, y, { checkpoint: dir, resume: { dir, positions: Object.fromEntries(session.checkpoints) } })
   */
  get checkpoints(): ReadonlyMap<string, readonly CheckpointPosition[]> {
    return this.roles.checkpointsElsewhere;
  }

  /**
   * Shares an owner's numbers among the parties.
   * @param input numbers below 2^(k − 2 − 2f) in magnitude: 64 for ring 32 with 12 fraction bits. A number, a typed array,
   *   arrays nested as deep as the tensor has axes, or a tensor of TensorFlow.js (float32, int32, bool). Null where their
   *   owner is not here
   * @throws RangeError naming row and column (never the value) for what is not finite or too large, TypeError for what are
   *   no numbers and for unknown options; nothing has been sent then
   */
  share(input: TensorLike | null, options: ShareOptions = {}): SecureTensor {
    checkOptions('share', options, ['owner', 'shape', 'columns']);
    const { owner = this.settings.owner } = options;
    const { ring, fractionBits } = this.settings;
    checkOwner('share', owner, this.roles);
    if (!this.isHere(owner)) return this.#shareElsewhere(input, owner, options.shape);
    const numbers = input as TensorLike; // null is refused there
    const { values, shape } = checkTensor(
      'share',
      numbers,
      ring,
      fractionBits,
      options.shape,
      options.columns,
    );
    const tensor = this.#share({ owner, values, shape });
    noteRows(tensor, [{ values, shape }]);
    return tensor;
  }

  #shareElsewhere(input: unknown, owner: string, shape: readonly number[] | undefined): SecureTensor {
    if (input !== null)
      throw new TypeError(`share: ${owner} is not here, so its numbers cannot be; give null`);
    checkShape('share: shape', shape, 0);
    return this.#share({ owner, values: null, shape });
  }

  /** One owner's numbers as a tensor. */
  #share(brought: Brought): SecureTensor {
    return new SecureTensor(this, shareWhole(this.roles, brought), brought.shape);
  }

  /**
   * Shares the rows of several owners as one tensor [rows, …rowShape], one owner's rows after the other's. Resolves
   * when the roles have it; large tensors go to them piece by piece, so that little is under way at a time.
   * @param parts an owner that is not here gives null and its number of rows
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
    const { ring, fractionBits } = this.settings;
    const place = {
      ring,
      fractionBits,
      isHere: (owner: string) => this.isHere(owner),
      checkOwner: (owner: string) => checkOwner('shareRows', owner, this.roles),
    };
    const checked = checkRows(place, parts, rowShape, columns);
    const shape = [checked.reduce((sum, part) => sum + part.shape[0], 0), ...rowShape];
    const number = this.roles.number();
    const pieces = shareParts(this.roles, number, checked, shape, piece);
    if (sizeOf(shape) > piece) for (const _ of pieces) await this.ready();
    else for (const _ of pieces); // all parts at once
    const tensor = new SecureTensor(this, number, shape);
    noteRows(tensor, checked);
    await this.ready();
    return tensor;
  }

  /** Frees every tensor that `work` makes, but for those it returns. */
  tidy<T>(work: () => T): T {
    return this.#scopes.tidy(work);
  }

  /**
   * The sums of private integers, one list a party, opened to all parties and to the clients that bring lists, and to nobody in
   * parts. Whoever knows all parts
   * of a total but one knows that one too: of two parties each learns the other's list. Nothing here looks at how many rows
   * a part sums, so bring sums over many rows or none.
   * @param values the lists of the parties and clients that are here
   * @returns the totals as the first of these that is here sees them; null where none is
   */
  async aggregate(
    values: Readonly<Record<string, BigInt64Array>>,
    options: AggregateOptions = {},
  ): Promise<BigInt64Array> {
    checkOptions('aggregate', options, ['length', 'clients', 'words']);
    const { clients = [], words = 1 } = options;
    checkInteger('aggregate: words', words, 1, 4);
    checkArray('aggregate: clients', clients);
    const apart = clientsOf(this.settings);
    for (const client of clients) {
      checkPresent('aggregate: clients', client, this.roles);
      if (!apart.includes(client)) throw new TypeError(`aggregate: clients: ${client} is a party`);
      if (clients.indexOf(client) !== clients.lastIndexOf(client)) {
        throw new RangeError(`aggregate: clients: ${client} stands there twice`);
      }
    }
    const parties = this.parties.filter((party) => this.isHere(party));
    const here = [...parties, ...clients.filter((client) => this.isHere(client))];
    checkOptions('aggregate', values, here);
    const lengths = here.map((party) => {
      if (!Object.hasOwn(values, party)) return undefined;
      if (values[party] instanceof BigInt64Array) return values[party].length;
      throw new TypeError(`aggregate: ${party}'s list must be a BigInt64Array, got ${kindOf(values[party])}`);
    });
    const { length = lengths[0] } = options;
    if (length === undefined || lengths.some((other) => other !== length)) {
      throw new RangeError(`aggregate: every party (${here.join(', ')}) needs a list of the same length`);
    }
    if (length % words !== 0)
      throw new RangeError(`aggregate: ${length} words are no whole integers of ${words}`);
    const results = await this.roles.call({ name: 'aggregate', args: { length, words, clients } }, values);
    return (results.get(here[0] ?? '') ?? null) as BigInt64Array;
  }

  /**
   * A client leaves, at this point of the program of every role: it brings, hears and is shown nothing more. Its process may
   * end then:
   *
   *     if (await session.leave('carol')) return;
   *
   * @returns whether no role is here any more: the session has ended
   * @throws TypeError for what is no client, or has left already
   */
  async leave(client: string): Promise<boolean> {
    const { clients = [] } = this.settings;
    checkRole('leave', client, clients);
    checkPresent('leave', client, this.roles);
    return this.roles.leave(client);
  }

  /** Waits until everything asked for so far has been done at every role. @throws the error that ended the session */
  async ready(): Promise<void> {
    await this.roles.call({ name: 'sync' });
  }

  /** What has crossed so far, by role; roles that hold no share count nothing. */
  totals(): Promise<ReadonlyMap<string, LedgerTotals>> {
    return this.roles.totals();
  }

  /**
   * Bytes that each role holds now, and the most it has held at once: values and working memory in wasm memory, and data
   * sets stored outside it.
   */
  memoryUse(): Promise<ReadonlyMap<string, { live: number; peak: number }>> {
    return this.roles.memoryUse();
  }

  /** Seconds by kind of work so far, by role, in sessions with `profile: true`. */
  times(): Promise<ReadonlyMap<string, Times | null>> {
    return this.roles.times();
  }

  /** What has become clear so far, and to whom, as the roles here have it: each kind once, in the order in which it came. */
  async disclosed(): Promise<readonly Disclosed[]> {
    const lists = await this.roles.disclosed();
    return [...lists.values()][0] ?? [];
  }

  /**
   * Ends the session and its workers. What has been asked for before is done first; what is asked for later is refused
   * with a JobError, and a `fit` under way rejects. A session that has failed told whoever waited, and this does not reject. Where some roles are
   * elsewhere, it waits for them to come to the same end, and rejects where they do not. A session left open keeps the
   * process alive: close it, or hold it with `await using`.
   */
  close(): Promise<void> {
    return this.roles.close();
  }

  /** What the session is, `Session of alice, bob (ring 64, 20 fraction bits)`. */
  toString(): string {
    const { ring, fractionBits } = this.settings;
    const closed = this.roles.ended ? ', closed' : '';
    return `Session of ${this.parties.join(', ')} (ring ${ring}, ${fractionBits} fraction bits${closed})`;
  }

  /** Takes note of a new tensor, for {@link tidy}. */
  track(tensor: TensorHandle): void {
    this.#scopes.track(tensor);
  }

  /** Frees a disposed tensor at the roles. */
  forget(tensor: TensorHandle): void {
    this.#scopes.forget(tensor);
    if (!this.roles.ended) this.roles.send({ name: 'dispose', in: [tensor.number] });
  }
}

printsAsText(Session.prototype);

if (Symbol.asyncDispose) {
  Object.defineProperty(Session.prototype, Symbol.asyncDispose, {
    value(this: Session) {
      return this.close();
    },
  });
}

/**
 * Starts a session: one worker thread for each role that is here (each party, the provider and the model owner), linked by
 * shared memory.
 *
 * Where all roles run on this machine, it shows what the protocol costs and computes, and protects nothing from whoever
 * owns the process.
 * @throws TypeError or RangeError for options that make no sense
 */
export const createSession = (options: SessionOptions = {}): Promise<Session> => Session.start(options);
