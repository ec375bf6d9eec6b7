/**
 * The roles at work in their worker threads, seen from outside.
 *
 * Calls queue commands; a batch goes to all roles at once, at the end of the current microtask or when a result is
 * awaited. Commands go to the roles that are here; roles elsewhere have them from their own copy of the program.
 */

import { proxy, transfer } from 'comlink';
import { wipeMemory } from '../../bindings/memory.js';
import { JobError, LeftError } from '../errors.js';
import type { LinkState } from '../links/courier.js';
import type { CheckpointPosition } from '../links/hello.js';
import { fateOf, SESSION_CLOSED } from '../links/ring-buffer.js';
import { clientsOf } from '../party/agreement.js';
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { TranscriptEntry } from '../party/transcript.js';
import type { RoleBoot } from '../role/boot.js';
import type { Command, CommandName, Operation, OperationName, Payloads, ResultOf } from '../role/command.js';
import type { Progress } from '../role/context.js';
import type { Times } from '../role/profile.js';
import type { RoleEntry } from '../role/role.js';
import type { Results } from '../role/roles.js';
import { CommandQueue, namesOf, type Queued } from './command-queue.js';
import { CourierHandle } from './courier.js';
import { digestOf } from './digest.js';
import { atFault, endingOf, errorOf, failureOf, GRACE } from './fault.js';
import type { LinkEvent, NetworkOptions } from './network.js';
import type { SessionOptions, Settings, StopSignal } from './options.js';
import type { PortsOptions } from './ports.js';
import { broughtIn, type RoleHandle, workersOf } from './role-handle.js';
import type { SessionRoles } from './session-roles.js';
import { NO_TEST, type Testing } from './testing.js';
import { Turns } from './turns.js';
import { leave, wipe } from './wiring.js';
import { startWorkers } from './workers.js';

/** The workers, what they are asked, and how they end. Tensors and models are built on it. */
export class RoleGroup implements SessionRoles {
  readonly settings: Settings;
  #roles: readonly RoleHandle[];
  /** Clients that have left. */
  readonly #left = new Set<string>();
  /** What the roles share, until it is wiped. */
  #boots: readonly RoleBoot[];
  readonly #turns = new Turns(
    () => new JobError('the session is closed'),
    (reason) => void this.#stop(reason),
  );
  readonly #queue = new CommandQueue(async (batch) => {
    const answers = await this.#turns.take(() => this.#run(batch));
    return batch.map((_, i) => this.#byRole(answers.map((answer) => answer[i])));
  }, this.#turns);
  #nextNumber = 1;
  /** Commands so far, where some roles are elsewhere. */
  #place = 0;
  #courier: Promise<CourierHandle> | null = null;
  #deafen = () => {};
  #checkpoints: ReadonlyMap<string, readonly CheckpointPosition[]> = new Map();
  /** When it is, for messages: during which commands. */
  #moment = 'while idle';
  #stopped: Promise<void> | null = null;

  private constructor(settings: Settings, roles: readonly RoleHandle[], boots: readonly RoleBoot[]) {
    this.settings = settings;
    this.#roles = roles;
    this.#boots = boots;
    for (const role of roles) {
      for (const worker of workersOf(role)) {
        worker.onFailure((error) => void this.fail(failureOf(role.thread ?? role.name, this.#moment, error)));
      }
    }
  }

  /** @internal Starts one worker for each role that is here, and waits until all are linked. Where that fails, no worker is left. */
  static async start(options: SessionOptions, testing: Testing = NO_TEST): Promise<RoleGroup> {
    const { signal } = options;
    if (signal?.aborted) throw endingOf(signal);
    const { settings, roles, boots, network } = await startWorkers(options, testing);
    const group = new RoleGroup(settings, roles, boots);
    if (signal) group.#heed(signal);
    try {
      if (network) await group.#link(network);
      await group.#ask('start', ({ api }) => api.start());
      const courier = await group.#courier;
      if (courier) group.#checkpoints = await group.#turns.take(() => courier.checkpoints());
    } catch (error) {
      await group.#stop(error);
      throw error;
    }
    return group;
  }

  /** Fails when `signal` is aborted, until it has ended. */
  #heed(signal: StopSignal): void {
    const abort = () => void this.fail(endingOf(signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    this.#deafen = () => signal.removeEventListener('abort', abort);
  }

  /** Starts the courier. */
  async #link(network: NetworkOptions | PortsOptions): Promise<void> {
    const failed = (error: Error) => void this.fail(failureOf('the courier', this.#moment, error));
    const ended = (link: LinkState) => this.#missed(link);
    const onLink = (event: LinkEvent) => {
      try {
        network.onLink?.(event);
      } catch (error) {
        void this.fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const told = { ...network, onLink };
    const own = this.#roles.find((role) => role.own)?.own;
    this.#courier = CourierHandle.start(told, this.settings, this.#boots, failed, ended, own);
    await this.#courier;
  }

  /**
   * A link to a role elsewhere has ended before the run has: it ends too, whether or not a role here has waited for that one
   * yet. Where one has, its own error says more.
   */
  #missed({ self, peer, reason }: LinkState): void {
    if (reason === null || reason === SESSION_CLOSED || this.#left.has(peer)) return;
    const moment = this.#moment.replace(/^during /, ''); // as roles say it
    setTimeout(() => {
      if (this.#stopped === null) {
        void this.fail(new LeftError(`${self}: ${fateOf(peer, reason)} (${self}, ${moment})`));
      }
    }, GRACE);
  }

  get checkpointsElsewhere(): ReadonlyMap<string, readonly CheckpointPosition[]> {
    return this.#checkpoints;
  }

  /** True when the session has failed, or was closed or is about to: it takes nothing more. */
  get ended(): boolean {
    return this.#turns.refusal !== null;
  }

  get taped(): boolean {
    return this.settings.tape !== undefined || this.#dealing;
  }

  /** Whether the provider is here alone and writes tapes. */
  get #dealing(): boolean {
    return this.#boots.some(({ deal }) => deal);
  }

  isHere(role: string): boolean {
    return this.settings.here.includes(role);
  }

  /** @internal */
  number(): number {
    return this.#nextNumber++;
  }

  /** @internal */
  operate<N extends OperationName>(operation: Operation<N>): void {
    this.#queue.add(operation);
  }

  /** @internal */
  send<N extends CommandName>(command: Command<N>, payloads: Payloads<N> = {}): void {
    this.#queue.add(command, payloads);
  }

  /** @internal Hands what is queued to the roles as a batch of its own, so that large payloads do not pile up at them. */
  flush(): void {
    this.#queue.flush();
  }

  /** @internal */
  call<N extends CommandName>(
    command: Command<N>,
    payloads: Payloads<N> = {},
    report?: (progress: Progress) => void,
  ): Promise<Results<N>> {
    return this.#queue.call(command, payloads, report);
  }

  /** What has crossed so far, by role; roles that hold no share count nothing. */
  async totals(): Promise<ReadonlyMap<string, LedgerTotals>> {
    return this.#computing(await this.#ask('totals', ({ api }) => api.totals()));
  }

  /** What has become clear so far, and to whom, by role. */
  async disclosed(): Promise<ReadonlyMap<string, readonly Disclosed[]>> {
    return this.#ask('disclosed', ({ api }) => api.disclosed());
  }

  /**
   * Bytes that each role holds now, and the most it has held at once: values and working memory in wasm memory, and
   * data sets stored outside it.
   */
  async memoryUse(): Promise<ReadonlyMap<string, { live: number; peak: number }>> {
    return this.#computing(await this.#ask('memoryUse', ({ api }) => api.memoryUse()));
  }

  /** What each role has seen, in test sessions that record it (src/testing.ts). */
  async transcripts(): Promise<ReadonlyMap<string, readonly TranscriptEntry[]>> {
    return this.#computing(await this.#ask('transcripts', ({ api }) => api.transcript()));
  }

  /** Seconds by kind of work so far, by role, in sessions with `profile: true`. */
  async times(): Promise<ReadonlyMap<string, Times | null>> {
    return this.#computing(await this.#ask('times', ({ api }) => api.times()));
  }

  /** Ends one role as a crash would, for tests of what happens then. */
  kill(name: string): void {
    const role = this.#roles.find((candidate) => candidate.name === name);
    if (!role) throw new TypeError(`no role named ${name}`);
    role.worker.kill();
  }

  /**
   * Ends the session: what was asked for before is done, what comes after is refused. Resolves when no worker is left,
   * also when the session has failed or fails meanwhile. Where some roles are elsewhere, it waits until they have come to
   * the same end, and rejects where they do not.
   */
  async close(): Promise<void> {
    const apart = !this.ended && this.#boots.some(({ elsewhere }) => elsewhere.length > 0);
    const together = apart ? this.call({ name: 'sync' }) : null;
    this.flush();
    const dealt =
      this.#dealing && !this.ended ? this.#ask('the end of the tapes', ({ api }) => api.finish()) : null;
    dealt?.catch(() => {}); // told below
    await this.#turns.close();
    await this.#stop();
    await together;
    await dealt;
  }

  /**
   * A client takes no part in what follows; where it is here its worker ends, and the session with the last one.
   * @returns whether no role is here any more
   */
  async leave(client: string): Promise<boolean> {
    await this.call({ name: 'leave', args: { client } });
    this.#left.add(client);
    const own = this.#roles.find(({ name }) => name === client);
    if (!own) return false;
    if (this.#roles.length === 1) {
      await this.#turns.close();
      await this.#stop();
      return true;
    }
    this.#roles = this.#roles.filter((role) => role !== own);
    await Promise.all(workersOf(own).map((worker) => worker.stop()));
    const boots = this.#boots.filter(({ name }) => name === client);
    leave(boots, SESSION_CLOSED);
    for (const { memory } of boots) wipeMemory(memory);
    return false;
  }

  hasLeft(role: string): boolean {
    return this.#left.has(role);
  }

  /** Ends the session with an error: everything that waits is told, no worker stays behind. */
  async fail(error: Error): Promise<void> {
    this.#turns.end(error);
    await this.#stop();
  }

  /** Without the roles that hold no share. */
  #computing<T>(answers: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
    const clients = clientsOf(this.settings);
    return new Map([...answers].filter(([name]) => !clients.includes(name)));
  }

  /** A turn of its own, after what is queued: every role's answer, by its name. */
  async #ask<T>(what: string, ask: (role: RoleHandle) => Promise<T>): Promise<ReadonlyMap<string, T>> {
    this.flush();
    const answers = await this.#turns.take(() => this.#everyone(what, ask));
    return this.#byRole(answers);
  }

  #byRole<T>(answers: readonly T[]): ReadonlyMap<string, T> {
    const roles = this.#roles.map(({ name, aside }, i) => ({ aside, entry: [name, answers[i]] as const }));
    return new Map(roles.filter(({ aside }) => !aside).map(({ entry }) => entry));
  }

  /** Every role's answer. @throws the error of the role at fault, where several fail */
  async #everyone<T>(what: string, ask: (role: RoleHandle) => Promise<T>): Promise<T[]> {
    this.#moment = `during ${what}`;
    const answers = this.#roles.map((role) =>
      ask(role).catch((error: unknown) => {
        throw errorOf(role.name, this.#moment, error);
      }),
    );
    try {
      return await Promise.all(answers);
    } catch (error) {
      throw await atFault(error, answers);
    } finally {
      this.#moment = 'while idle';
    }
  }

  async #run(batch: readonly Queued[]): Promise<ResultOf<CommandName>[][]> {
    const report = batch.find((queued) => queued.report)?.report;
    const steps = await this.#steps(batch);
    return this.#everyone(namesOf(batch), (role) => {
      // a command and its payload are of one name: `send` and `call` saw to it
      const entries = batch.map(({ command, payloads }, i) => {
        const payload = Object.hasOwn(payloads, role.name) ? payloads[role.name] : undefined;
        return { name: command.name, command, payload, step: steps?.[i] ?? null } as RoleEntry;
      });
      const callback = role === this.#roles[0] && report ? proxy(report) : undefined;
      return role.api.run(transfer(entries, broughtIn(entries)), callback) as Promise<
        ResultOf<CommandName>[]
      >;
    });
  }

  /** Places and digests of commands, which roles elsewhere compare with theirs; null where all roles are here. */
  async #steps(batch: readonly Queued[]) {
    if (!this.#dealing && this.#boots.every(({ elsewhere }) => elsewhere.length === 0)) return null;
    return Promise.all(
      batch.map(async ({ command }) => {
        const place = ++this.#place;
        return { place, name: command.name, digest: await digestOf(command) };
      }),
    );
  }

  async #end(reason: string): Promise<void> {
    this.#deafen();
    await Promise.allSettled(this.#roles.flatMap(workersOf).map((worker) => worker.stop()));
    leave(this.#boots, reason);
    const courier = await this.#courier?.catch(() => null); // which may still be starting
    await courier?.finish(reason).catch(() => {}); // whoever is here is gone: what peers were not told they notice
    await Promise.allSettled(this.#roles.map(({ own }) => own?.stop()));
    if (this.#dealing) {
      const { removeUnfinished } = await import('../tape/tape-writer.js');
      for (const { deal } of this.#boots)
        for (const { path, header } of deal?.tapes ?? []) removeUnfinished(path, header);
    }
    wipe(this.#boots, this.#courier !== null); // from here, so that it happens whatever state the roles were in
    this.#boots = [];
  }

  #stop(reason?: unknown): Promise<void> {
    this.#stopped ??= this.#end(reason instanceof Error ? reason.message : SESSION_CLOSED);
    return this.#stopped;
  }
}
