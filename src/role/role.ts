/** One role at work in its worker: it runs the commands of its session, in order. */
import type { Heap } from '../../bindings/memory.js';
import { ProtocolError } from '../errors.js';
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { TranscriptEntry } from '../party/transcript.js';
import type { CommandName, ResultOf } from './command.js';
import type { Entry } from './commands.js';
import type { Progress } from './context.js';
import type { Lockstep, Step } from './lockstep.js';
import type { Profile, Times } from './profile.js';

/** A command as it comes to one role. */
export type RoleEntry = Entry & {
  /** Place and digest, where some roles are in other processes. */
  readonly step: Step | null;
};

/** What every role has, whatever it does. */
export interface RoleParts {
  readonly name: string;
  readonly heap: Heap;
  readonly lockstep: Pick<Lockstep, 'begin' | 'sync' | 'part'> | null;
  readonly profile: Profile | null;
  readonly transcript: readonly TranscriptEntry[];
}

/** The interface a worker exposes to the session through Comlink. */
export abstract class Role {
  constructor(protected readonly parts: RoleParts) {}

  /** Loads what a batch of commands takes; it comes before they are run. */
  async prepare(_batch: readonly RoleEntry[]): Promise<void> {}

  /** Runs a batch of commands, in order; what each returns. */
  run(
    batch: readonly RoleEntry[],
    report?: (progress: Progress) => void,
  ): ResultOf<CommandName>[] | Promise<ResultOf<CommandName>[]> {
    const { lockstep, profile, name } = this.parts;
    this.reportTo(report ?? (() => {}));
    profile?.begin('program');
    try {
      return batch.map((entry) => {
        try {
          if (entry.step) lockstep?.begin(entry.step);
          const result = this.runOne(entry);
          if (entry.name === 'sync') lockstep?.sync();
          if (entry.name === 'leave') lockstep?.part(entry.command.args.client);
          return result;
        } catch (error) {
          throw located(error, `${name}, ${entry.name}${this.where}`);
        }
      });
    } finally {
      profile?.end();
    }
  }

  protected abstract runOne(entry: RoleEntry): ResultOf<CommandName>;
  protected abstract reportTo(report: (progress: Progress) => void): void;
  /** Where the role is within a command, for messages. */
  abstract readonly where: string;

  /** Ends what the role writes, where it writes something that outlives it. */
  finish(): void {}

  /** What has crossed at this role so far. */
  abstract totals(): LedgerTotals;

  /** What has become clear at this role's word so far. */
  abstract disclosed(): readonly Disclosed[];

  /** Seconds by kind of work so far, in sessions that take them. */
  times(): Times | null {
    return this.parts.profile?.times() ?? null;
  }

  /**
   * Bytes of values and working memory held now, and the most held at once so far: blocks in wasm memory and data sets
   * stored outside it.
   */
  memoryUse(): { live: number; peak: number } {
    return { live: this.parts.heap.heldBytes, peak: this.parts.heap.peakBytes };
  }

  /** What this party has seen, when the session records it. */
  transcript(): readonly TranscriptEntry[] {
    return this.parts.transcript;
  }
}

/** Says where an error happened: at which role, in which command and operation; keeps its kind. */
export function located(error: unknown, place: string): unknown {
  if (!(error instanceof Error)) return new ProtocolError(`${String(error)} (${place})`);
  const kind = error instanceof ProtocolError || error instanceof RangeError || error instanceof TypeError;
  if (kind) {
    error.message = `${error.message} (${place})`;
    return error;
  }
  return new ProtocolError(`${error.message} (${place})`, { cause: error });
}
