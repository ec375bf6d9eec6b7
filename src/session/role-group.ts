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
import { loadKernels } from '../../bindings/module.js';
import { JobError } from '../errors.js';
import type { LedgerTotals } from '../party/ledger.js';
import { bootRecords, type RoleBoot, wipe } from '../role/boot.js';
import { type Command, commandNamed } from '../role/commands.js';
import type { Times } from '../role/profile.js';
import type { BatchResult, Progress, TranscriptEntry } from '../role/role.js';
import { NOT_TESTING, type TestSettings } from '../role/test-settings.js';
import type { RoleApi } from '../role/worker.js';
import { atFault, errorOf, failureOf } from './fault.js';
import { resolveOptions, type SessionOptions, type Settings } from './options.js';
import { Turns } from './turns.js';

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

const workersOf = ({ worker, helpers }: RoleHandle): HostWorker[] => [worker, ...helpers];

/** The queue of commands, the workers, and how they end. Tensors and models are built on it. */
export class RoleGroup {
  readonly settings: Settings;
  readonly #roles: readonly RoleHandle[];
  /** What the roles share, until it is wiped. */
  #boots: readonly RoleBoot[];
  readonly #turns = new Turns(() => void this.#stop());
  #queue: Queued[] = [];
  #scheduled = false;
  #nextNumber = 1;
  /** When it is, for messages: during which commands. */
  #moment = 'while idle';
  #stopped: Promise<void> | null = null;

  private constructor(settings: Settings, roles: readonly RoleHandle[], boots: readonly RoleBoot[]) {
    this.settings = settings;
    this.#roles = roles;
    this.#boots = boots;
    for (const role of roles) {
      for (const worker of workersOf(role)) {
        worker.onFailure((error) => void this.fail(failureOf(role.name, this.#moment, error)));
      }
    }
  }

  /** Starts one worker a role and waits until all are linked. Where that fails, no worker is left. */
  static async start(options: SessionOptions, testing: TestSettings = NOT_TESTING): Promise<RoleGroup> {
    const resolved = resolveOptions(options, hostCores());
    const settings = { ...resolved, leastRows: testing.leastRows ?? resolved.leastRows };
    requireSharedMemory();
    const module = await loadKernels();
    const boots = bootRecords(settings, module, testing);
    const roles = startAll(boots, (boot): RoleHandle => {
      const { name, memory } = boot;
      const helpers = startHelpers(settings.threads, { module, memory }, name);
      const worker = startRole(boot, name);
      return { name, worker, helpers, api: wrap<RoleApi>(worker.endpoint) };
    });
    const group = new RoleGroup(settings, roles, boots);
    try {
      await group.#ask('start', ({ api }) => api.start());
    } catch (error) {
      await group.#stop();
      throw error;
    }
    return group;
  }

  /** True when the session has failed, or was closed or is about to: it takes nothing more. */
  get ended(): boolean {
    return this.#turns.refusal !== null;
  }

  /** A number for a new value or model. */
  number(): number {
    return this.#nextNumber++;
  }

  /**
   * Queues a command whose result nobody waits for; where it fails, whoever comes later is told.
   * @throws the error that ended the session
   */
  send(command: Command, payloads: Readonly<Record<string, unknown>> = {}): void {
    if (this.#turns.refusal) throw this.#turns.refusal;
    commandNamed(command.name);
    this.#add({ command, payloads });
  }

  /** Hands what is queued to the roles as a batch of its own, so that large payloads do not pile up at them. */
  flush(): void {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    const batch = this.#queue;
    this.#queue = [];
    this.#turns
      .take(() => this.#run(batch))
      .then(
        (results) => {
          batch.forEach(({ resolve }, i) => {
            resolve?.(new Map(this.#roles.map(({ name }, r) => [name, results[r][i]])));
          });
        },
        (error) => {
          for (const { reject } of batch) reject?.(error);
        },
      );
  }

  /**
   * Queues a command and waits for every role's result; rejects with the error that ended the session. A promise that
   * nobody looks at is no unhandled rejection: whoever comes later is told the same error.
   */
  call(
    command: Command,
    payloads: Readonly<Record<string, unknown>> = {},
    report?: (progress: Progress) => void,
  ): Promise<ReadonlyMap<string, unknown>> {
    commandNamed(command.name);
    const results = new Promise<ReadonlyMap<string, unknown>>((resolve, reject) => {
      this.#add({ command, payloads, resolve, reject, ...(report && { report }) });
    });
    results.catch(() => {});
    return results;
  }

  /** What has crossed so far, by role. */
  async totals(): Promise<ReadonlyMap<string, LedgerTotals>> {
    return this.#ask('totals', ({ api }) => api.totals());
  }

  /**
   * Bytes that each role holds now, and the most it has held at once: values and working memory in wasm memory, and
   * data sets stored outside it.
   */
  async memoryUse(): Promise<ReadonlyMap<string, { live: number; peak: number }>> {
    return this.#ask('memoryUse', ({ api }) => api.memoryUse());
  }

  /** What each role has seen, in test sessions that record it (src/testing.ts). */
  async transcripts(): Promise<ReadonlyMap<string, readonly TranscriptEntry[]>> {
    return this.#ask('transcripts', ({ api }) => api.transcript());
  }

  /** Seconds by kind of work so far, by role, in sessions with `profile: true`. */
  async times(): Promise<ReadonlyMap<string, Times | null>> {
    return this.#ask('times', ({ api }) => api.times());
  }

  /** Ends one role as a crash would, for tests of what happens then. */
  kill(name: string): void {
    const role = this.#roles.find((candidate) => candidate.name === name);
    if (!role) throw new TypeError(`no role named ${name}`);
    role.worker.kill();
  }

  /**
   * Ends the session: what was asked for before is done, what comes after is refused. Resolves when no worker is left,
   * also when the session has failed or fails meanwhile.
   */
  async close(): Promise<void> {
    this.flush();
    await this.#turns.close(new JobError('the session is closed'));
    await this.#stop();
  }

  /** Ends the session with an error: everything that waits is told, no worker stays behind. */
  async fail(error: Error): Promise<void> {
    this.#turns.end(error);
    await this.#stop();
  }

  /** A turn of its own, after what is queued: every role's answer, by its name. */
  async #ask<T>(what: string, ask: (role: RoleHandle) => Promise<T>): Promise<ReadonlyMap<string, T>> {
    this.flush();
    const answers = await this.#turns.take(() => this.#everyone(what, ask));
    return new Map(this.#roles.map(({ name }, i) => [name, answers[i]]));
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

  #add(queued: Queued): void {
    this.#queue.push(queued);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  #run(batch: readonly Queued[]): Promise<BatchResult[]> {
    const list = batch.map(({ command }) => command);
    const report = batch.find((queued) => queued.report)?.report;
    return this.#everyone(namesOf(list), (role) => {
      const payloads = new Map<number, unknown>();
      batch.forEach((queued, i) => {
        if (Object.hasOwn(queued.payloads, role.name)) payloads.set(i, queued.payloads[role.name]);
      });
      const callback = role === this.#roles[0] && report ? proxy(report) : undefined;
      return role.api.run(list, payloads, callback) as Promise<BatchResult>;
    });
  }

  #stop(): Promise<void> {
    this.#stopped ??= Promise.allSettled(this.#roles.flatMap(workersOf).map((worker) => worker.stop())).then(
      () => {
        wipe(this.#boots); // from here, so that it happens whatever state the roles were in
        this.#boots = [];
      },
    );
    return this.#stopped;
  }
}

/** Starts one role after the other; where one cannot be started, those before it are stopped. */
function startAll(records: readonly RoleBoot[], start: (boot: RoleBoot) => RoleHandle): RoleHandle[] {
  const started: RoleHandle[] = [];
  try {
    for (const boot of records) started.push(start(boot));
    return started;
  } catch (error) {
    for (const worker of started.flatMap(workersOf)) void worker.stop();
    throw error;
  }
}

/** What a batch does, for messages: 'share, relu, reveal'. */
function namesOf(commands: readonly Command[]): string {
  const names = [...new Set(commands.map(({ name }) => name))];
  return names.length > 4 ? `${names.slice(0, 2).join(', ')} … ${names[names.length - 1]}` : names.join(', ');
}
