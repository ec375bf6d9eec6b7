/** One role at work: its runtime, its values and models, and the commands it runs. Lives in a worker. */
import { Heap } from '../../bindings/memory.js';
import { instantiateKernels } from '../../bindings/module.js';
import { Pool } from '../../bindings/pool.js';
import { createRing } from '../../bindings/ring.js';
import { publicRandom } from '../data/random.js';
import { ProtocolError } from '../errors.js';
import { Mailbox } from '../links/mailbox.js';
import type { LedgerTotals } from '../party/ledger.js';
import { PartyRuntime } from '../party/party.js';
import { ProviderRuntime } from '../party/provider.js';
import type { Runtime, RuntimeParts } from '../party/runtime.js';
import type { Stored } from '../party/stored.js';
import { SEED_BYTES, Streams } from '../party/streams.js';
import type { Masked } from '../party/values.js';
import type { RoleBoot } from './boot.js';
import { type Command, commandNamed } from './commands.js';
import type { RoleModel } from './model-commands.js';
import { Profile, type Times } from './profile.js';
import { RoleValues } from './values.js';

/** Progress of a long command. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What a role returns of a batch: one result a command that has one (shares for the owner, bytes). */
export type BatchResult = readonly unknown[];

/** One entry of a party's transcript. */
export interface TranscriptEntry {
  readonly label: string;
  readonly opened: Uint8Array;
  readonly received: readonly Uint8Array[];
}

/** What commands work on. */
export interface RoleContext {
  readonly rt: Runtime;
  readonly values: Map<number, Masked | Stored>;
  readonly models: Map<number, RoleModel>;
  report: (progress: Progress) => void;
}

/** The interface a worker exposes to the session through Comlink. */
export class Role {
  readonly #context: RoleContext;
  readonly #heap: Heap;
  readonly #transcript: TranscriptEntry[] = [];
  readonly #profile: Profile | null;

  constructor(boot: RoleBoot) {
    this.#profile = boot.settings.profile ? new Profile() : null;
    this.#heap = new Heap(boot.memory);
    const rt = createRuntime(boot, this.#heap, this.#profile, (label, opened, received) => {
      this.#transcript.push({ label, opened, received });
    });
    this.#context = { rt, values: new RoleValues(this.#heap), models: new Map(), report: () => {} };
  }

  /** Runs a batch of commands, in order; `payloads` are this role's own data, by the command's place. */
  run(
    batch: readonly Command[],
    payloads: ReadonlyMap<number, unknown>,
    report?: (progress: Progress) => void,
  ): BatchResult {
    const context = this.#context;
    context.report = report ?? (() => {});
    this.#profile?.begin('program');
    try {
      return batch.map((command, place) => {
        try {
          return commandNamed(command.name)(context, command, payloads.get(place));
        } catch (error) {
          const { name, operation } = context.rt;
          throw located(error, `${name}, ${command.name}, operation ${operation}`);
        }
      });
    } finally {
      this.#profile?.end();
    }
  }

  /** Seconds by kind of work so far, in sessions that take them. */
  times(): Times | null {
    return this.#profile?.times() ?? null;
  }

  /** What has crossed at this role so far. */
  totals(): LedgerTotals {
    return this.#context.rt.ledger.totals();
  }

  /**
   * Bytes of values and working memory held now, and the most held at once so far: blocks in wasm memory and data sets
   * stored outside it.
   */
  memoryUse(): { live: number; peak: number } {
    return { live: this.#heap.heldBytes, peak: this.#heap.peakBytes };
  }

  /** What this party has seen, when the session records it. */
  transcript(): readonly TranscriptEntry[] {
    return this.#transcript;
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

function createRuntime(
  boot: RoleBoot,
  heap: Heap,
  profile: Profile | null,
  transcript: PartyTranscript,
): Runtime {
  const { name, settings, testing } = boot;
  const kernels = instantiateKernels(boot.module, boot.memory);
  const pool = settings.threads > 0 ? new Pool(kernels, heap, settings.threads) : undefined;
  const kernelsOfRing = createRing(kernels, heap, settings.ring, pool);
  const ring = profile?.ring(kernelsOfRing) ?? kernelsOfRing;
  const idle = profile && { begin: () => profile.begin('waiting'), end: profile.end };
  const mailbox = new Mailbox(name, boot.bell, boot.links, settings.timeout, idle);
  const parts: RuntimeParts = {
    name,
    parties: settings.parties,
    provider: settings.provider,
    ring,
    heap,
    streams: new Streams(ring, heap, settings.prgRounds),
    mailbox: profile?.links(mailbox) ?? mailbox,
    fraction: settings.fractionBits,
    helped: settings.threads > 0,
  };
  if (name === settings.provider) return new ProviderRuntime(parts);
  const seed = seedSource(boot);
  return new PartyRuntime({ ...parts, seed, ...(testing.transcripts && { transcript }) });
}

type PartyTranscript = (label: string, opened: Uint8Array, received: readonly Uint8Array[]) => void;

/** Seeds from the operating system, or, in tests that ask for it, from the injected integer. */
function seedSource({ name, settings, testing }: RoleBoot): (peer: string) => Uint8Array {
  const { seed } = testing;
  if (seed === null) return () => crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const names = [...settings.parties, settings.provider];
  return (peer) => {
    const stream = names.indexOf(name) * names.length + names.indexOf(peer);
    const random = publicRandom(seed, stream);
    return Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));
  };
}
