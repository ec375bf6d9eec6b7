/**
 * The roles at work in their worker threads, seen from outside.
 *
 * Calls queue commands; a batch goes to all roles at once, at the end of the current microtask or when a result is
 * awaited. The holder of the session is the model owner: what is revealed to it is joined here, and only here.
 */

import { proxy, type Remote, wrap } from 'comlink';
import { cores as hostCores } from '#host';
import { requireSharedMemory, startRole } from '#threads';
import { startHelpers } from '../../bindings/helpers.js';
import type { HostWorker } from '../../bindings/host/types.js';
import { compileKernels, type WasmModule } from '../../bindings/module.js';
import { JobError, revive } from '../errors.js';
import type { LedgerTotals } from '../party/ledger.js';
import { bootRecords, type RoleBoot, wipe } from './boot.js';
import { type Command, commandNamed } from './commands.js';
import { resolveOptions, type SessionOptions, type Settings } from './options.js';
import type { Times } from './profile.js';
import type { BatchResult, Progress, TranscriptEntry } from './role.js';
import type { RoleApi } from './role-worker.js';
import { NOT_TESTING, type TestSettings } from './test-settings.js';

/** One role as the session sees it. */
interface RoleHandle {
  readonly name: string;
  readonly worker: HostWorker;
  readonly helpers: readonly HostWorker[];
  readonly api: Remote<RoleApi>;
}

interface Queued {
  readonly command: Command;
  /** Data for one role each, by role name. */
  readonly payloads: Readonly<Record<string, unknown>>;
  readonly resolve?: (results: ReadonlyMap<string, unknown>) => void;
  readonly reject?: (error: unknown) => void;
  readonly report?: (progress: Progress) => void;
}

let compiled: Promise<WasmModule> | null = null;

/** The queue of commands, the workers, and how they end. Tensors and models are built on it. */
export class RoleGroup {
  readonly settings: Settings;
  readonly #roles: readonly RoleHandle[];
  /** What the roles share, until it is wiped. */
  #boots: readonly RoleBoot[];
  #queue: Queued[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #ended: Error | null = null;
  #scheduled = false;
  #nextNumber = 1;
  readonly #pending = new Set<Queued>();
  readonly #guards = new Set<(error: Error) => void>();
  #stopped: Promise<void> | null = null;

  private constructor(settings: Settings, roles: readonly RoleHandle[], boots: readonly RoleBoot[]) {
    this.settings = settings;
    this.#roles = roles;
    this.#boots = boots;
    for (const role of roles) {
      for (const worker of [role.worker, ...role.helpers]) {
        worker.onFailure((error) => void this.fail(new JobError(`${role.name} failed: ${error.message}`)));
      }
    }
  }

  /** Starts one worker a role and waits until all are linked. */
  static async start(options: SessionOptions, testing: TestSettings = NOT_TESTING): Promise<RoleGroup> {
    const resolved = resolveOptions(options, hostCores());
    const settings = { ...resolved, leastRows: testing.leastRows ?? resolved.leastRows };
    requireSharedMemory();
    compiled ??= compileKernels();
    const module = await compiled;
    const boots = bootRecords(settings, module, testing);
    const roles = boots.map((boot): RoleHandle => {
      const { name, memory } = boot;
      const helpers = startHelpers(settings.threads, { module, memory }, name);
      const worker = startRole(boot, name);
      return { name, worker, helpers, api: wrap<RoleApi>(worker.endpoint) };
    });
    const group = new RoleGroup(settings, roles, boots);
    await group.#guard(Promise.all(roles.map((role) => role.api.start())));
    return group;
  }

  /** True when the session has failed or was closed. */
  get ended(): boolean {
    return this.#ended !== null;
  }

  /** A number for a new value or model. */
  number(): number {
    return this.#nextNumber++;
  }

  /** Queues a command whose result nobody waits for. */
  send(command: Command, payloads: Readonly<Record<string, unknown>> = {}): void {
    this.#check();
    commandNamed(command.name);
    this.#add({ command, payloads });
  }

  /** Hands what is queued to the roles as a batch of its own, so that large payloads do not pile up at them. */
  flush(): void {
    void this.#flush().catch(() => {});
  }

  /** Queues a command and waits for every role's result. */
  call(
    command: Command,
    payloads: Readonly<Record<string, unknown>> = {},
    report?: (progress: Progress) => void,
  ): Promise<ReadonlyMap<string, unknown>> {
    this.#check();
    commandNamed(command.name);
    return new Promise((resolve, reject) => {
      this.#add({ command, payloads, resolve, reject, ...(report && { report }) });
    });
  }

  /** What has crossed so far, by role. */
  async totals(): Promise<ReadonlyMap<string, LedgerTotals>> {
    return this.#askAll((api) => api.totals());
  }

  /**
   * Bytes that each role holds now, and the most it has held at once: values and working memory in wasm memory, and
   * data sets stored outside it.
   */
  async memoryUse(): Promise<ReadonlyMap<string, { live: number; peak: number }>> {
    return this.#askAll((api) => api.memoryUse());
  }

  /** What each role has seen, in test sessions that record it (src/testing.ts). */
  async transcripts(): Promise<ReadonlyMap<string, readonly TranscriptEntry[]>> {
    return this.#askAll((api) => api.transcript());
  }

  /** Seconds by kind of work so far, by role, in sessions with `profile: true`. */
  async times(): Promise<ReadonlyMap<string, Times | null>> {
    return this.#askAll((api) => api.times());
  }

  /** Ends one role as a crash would, for tests of what happens then. */
  kill(name: string): void {
    const role = this.#roles.find((candidate) => candidate.name === name);
    if (!role) throw new TypeError(`no role named ${name}`);
    role.worker.kill();
  }

  /** Ends the session after what is queued; waits until no worker is left. */
  async close(): Promise<void> {
    if (!this.#ended) {
      await this.#flush().catch(() => {});
      this.#ended ??= new JobError('the session is closed');
    }
    await this.#stop();
  }

  /** Ends the session with an error: everything that waits is told, no worker stays behind. */
  async fail(error: Error): Promise<void> {
    if (!this.#ended) {
      this.#ended = error;
      const waiting = [...this.#queue, ...this.#pending];
      this.#queue = [];
      this.#pending.clear();
      const stopped = this.#stop();
      for (const queued of waiting) queued.reject?.(error);
      this.#rejectGuards(error);
      await stopped;
    }
  }

  #rejectGuards(error: Error): void {
    for (const reject of this.#guards) reject(error);
    this.#guards.clear();
  }

  /** Waits for `promise`, or for the end of the session; an error of the roles ends it. */
  async #guard<T>(promise: Promise<T>): Promise<T> {
    this.#check();
    return new Promise<T>((resolve, reject) => {
      this.#guards.add(reject);
      promise
        .then(resolve, (error: unknown) => {
          const cause = revive(error);
          void this.fail(cause);
          reject(this.#ended ?? cause);
        })
        .finally(() => this.#guards.delete(reject));
    });
  }

  async #askAll<T>(ask: (api: Remote<RoleApi>) => Promise<T>): Promise<ReadonlyMap<string, T>> {
    await this.#flush();
    const answers = await this.#guard(Promise.all(this.#roles.map((role) => ask(role.api))));
    return new Map(this.#roles.map((role, i) => [role.name, answers[i]]));
  }

  #check(): void {
    if (this.#ended) throw this.#ended;
  }

  #add(queued: Queued): void {
    this.#queue.push(queued);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  #flush(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length > 0) this.#flushing = this.#flushing.then(() => this.#run(batch));
    return this.#flushing;
  }

  async #run(batch: readonly Queued[]): Promise<void> {
    if (this.#ended) {
      for (const queued of batch) queued.reject?.(this.#ended);
      return;
    }
    for (const queued of batch) this.#pending.add(queued);
    const list = batch.map(({ command }) => command);
    const report = batch.find((queued) => queued.report)?.report;
    const answers = this.#roles.map((role, place): Promise<BatchResult> => {
      const payloads = new Map<number, unknown>();
      batch.forEach((queued, i) => {
        if (Object.hasOwn(queued.payloads, role.name)) payloads.set(i, queued.payloads[role.name]);
      });
      const callback = place === 0 && report ? proxy(report) : undefined;
      return role.api.run(list, payloads, callback) as Promise<BatchResult>;
    });
    const results = await this.#guard(Promise.all(answers));
    batch.forEach((queued, i) => {
      this.#pending.delete(queued);
      queued.resolve?.(new Map(this.#roles.map((role, r) => [role.name, results[r][i]])));
    });
  }

  #stop(): Promise<void> {
    this.#stopped ??= Promise.all(
      this.#roles.flatMap((role) => [role.worker, ...role.helpers].map((worker) => worker.stop())),
    ).then(() => {
      wipe(this.#boots); // from here, so that it happens whatever state the roles were in
      this.#boots = [];
    });
    return this.#stopped;
  }
}
