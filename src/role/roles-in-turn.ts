/**
 * All roles of a session in one thread, or all but the provider, command by command: where threads cannot share memory, or
 * rounds are small. Every role has its own wasm memory, keys and shares, and the same messages cross as between threads.
 */
import { wipeMemory } from '../../bindings/memory.js';
import type { WasmModule } from '../../bindings/module.js';
import type { LinkBuffers } from '../links/link.js';
import { SharedMailbox } from '../links/shared-mailbox.js';
import { type Agreement, ownerApart } from '../party/agreement.js';
import { InTurn } from '../party/in-turn.js';
import type { Secure } from '../party/program.js';
import type { TranscriptEntry } from '../party/transcript.js';
import { seedSource } from './basis.js';
import { ClientRole } from './client-role.js';
import type { CommandName, ResultOf } from './command.js';
import type { Entry } from './commands.js';
import { ComputingRole } from './computing-role.js';
import type { Progress, RoleContext } from './context.js';
import type { Local } from './local.js';
import { located, type RoleEntry } from './role.js';
import type { TestSettings } from './test-settings.js';
import { RoleValues } from './values.js';

/** What the roles are started with. */
export interface InTurnBoot {
  readonly agreement: Agreement;
  readonly local: Pick<Local, 'discloses' | 'timeout'>;
  readonly testing: TestSettings;
  readonly module: WasmModule;
  /** Where the provider has a thread of its own: this thread's doorbell, and each role's link to the provider. */
  readonly apart?: { readonly bell: SharedArrayBuffer; readonly links: readonly LinkBuffers[] };
}

type Results = ResultOf<CommandName>[];
type Program = Secure<ResultOf<CommandName>>;

export class RolesInTurn {
  readonly #world: InTurn;
  readonly #roles = new Map<string, ComputingRole | ClientRole>();
  readonly #contexts: RoleContext[] = [];

  constructor({ agreement, local, testing, module, apart: beside }: InTurnBoot) {
    const { parties, provider, owner, clients, ring, fractionBits, prgRounds, fewRounds } = agreement;
    const apart = ownerApart(agreement);
    const transcripts = new Map<string, TranscriptEntry[]>(parties.map((party) => [party, []]));
    const keep = (party: string) => (entry: TranscriptEntry) => {
      transcripts.get(party)?.push(entry);
    };
    this.#world = new InTurn(module, {
      parties,
      provider,
      ...(apart !== null && { owner: apart }),
      ...(clients && { clients }),
      ring,
      fractionBits,
      prgRounds,
      discloses: local.discloses,
      seed: (from, to) => seedSource({ agreement, testing }, from)(to),
      ...(testing.transcripts && { transcript: keep }),
      oneLine: testing.oneLine,
      fewRounds,
      apart: beside && new SharedMailbox('the roles', beside.bell, beside.links, local.timeout),
    });
    const parts = (name: string) => ({ name, lockstep: null, profile: null });
    for (const rt of this.#world.roles) {
      const { name, heap } = rt;
      const context = { rt, owner, values: new RoleValues(heap), models: new Map(), report: () => {} };
      this.#contexts.push(context);
      const transcript = transcripts.get(name) ?? [];
      this.#roles.set(name, new ComputingRole({ ...parts(name), heap, transcript }, context));
    }
    const { owner: endpoint, clients: others } = this.#world;
    for (const client of [...(endpoint ? [endpoint] : []), ...others]) {
      const own = { ...parts(client.name), heap: client.heap, transcript: [] };
      this.#roles.set(client.name, new ClientRole(own, { endpoint: client, owner, fraction: fractionBits }));
    }
  }

  role(name: string): ComputingRole | ClientRole {
    const role = this.#roles.get(name);
    if (!role) throw new TypeError(`there is no role named ${name}`);
    return role;
  }

  /** Zeroes the memory of all roles here. */
  wipe(): void {
    const { roles, owner, clients } = this.#world;
    for (const { heap } of [...roles, ...(owner ? [owner] : []), ...clients]) wipeMemory(heap.memory);
  }

  /** Loads what batches of commands take. */
  async prepare(batches: ReadonlyMap<string, readonly RoleEntry[]>): Promise<void> {
    for (const [name, batch] of batches) await this.role(name).prepare(batch);
  }

  /** Runs a batch of commands, of which each role has its own copy; every role's results. */
  run(
    batches: ReadonlyMap<string, readonly RoleEntry[]>,
    report: (progress: Progress) => void,
  ): Map<string, Results> {
    const results = new Map<string, Results>([...batches.keys()].map((name) => [name, []]));
    this.#contexts[0].report = report;
    const [[, first]] = batches;
    for (const i of first.keys()) {
      for (const [name, result] of this.#runOne(new Map([...batches].map(([name, all]) => [name, all[i]])))) {
        results.get(name)?.push(result);
      }
    }
    return results;
  }

  /** Clients send before the others begin, and hear when they are done. */
  #runOne(entries: ReadonlyMap<string, RoleEntry>): Map<string, ResultOf<CommandName>> {
    const program = (name: string) => this.#program(name, entries.get(name));
    const clients = clientsIn(entries, this.#roles).map((name) => ({ name, running: program(name) }));
    const begun = clients.map(({ running }) => running.next());
    const outcome = this.#world.play((rt) => program(rt.name));
    const results = new Map(this.#world.roles.map(({ name }, i) => [name, outcome[i]]));
    for (const [i, { name, running }] of clients.entries()) {
      let step = begun[i];
      while (!step.done) step = running.next();
      results.set(name, step.value);
    }
    this.#world.checkInStep();
    return results;
  }

  #program(name: string, entry: RoleEntry | undefined): Program {
    if (!entry) throw new TypeError(`${name} has no part in a command`);
    return placed(this.role(name), name, entry);
  }
}

/** Clients that take part in a command. */
const clientsIn = (
  entries: ReadonlyMap<string, unknown>,
  roles: ReadonlyMap<string, ComputingRole | ClientRole>,
): string[] => [...entries.keys()].filter((name) => roles.get(name) instanceof ClientRole);

/** The program of a command; its errors say where they happened. */
function* placed(role: ComputingRole | ClientRole, name: string, entry: Entry): Program {
  try {
    return yield* role.program(entry);
  } catch (error) {
    throw located(error, `${name}, ${entry.name}${role.where}`);
  }
}
