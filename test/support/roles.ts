/**
 * All roles of a protocol on one thread, driven round by round.
 *
 * Each role has its own memory, kernels and streams, as in a session. The provider runs a program to its end first,
 * its corrections wait in memory; then all parties take a step, their openings are exchanged, and so on.
 */
import { createRing } from '../../bindings/ring.js';
import type { LedgerTotals } from '../../src/party/ledger.js';
import { difference } from '../../src/party/ledger.js';
import { PartyRuntime } from '../../src/party/party.js';
import type { Opening, Secure } from '../../src/party/program.js';
import { ProviderRuntime } from '../../src/party/provider.js';
import type { Runtime } from '../../src/party/runtime.js';
import { SEED_BYTES, Streams } from '../../src/party/streams.js';
import type { Cost, Setting } from '../../src/protocol/cost.js';
import { Post } from './memory-links.js';
import { type Bits, kernels, makeHeap, Random } from './ring.js';
import { seed as testSeed } from './seed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

export interface RolesOptions {
  readonly parties: number;
  readonly bits: Bits;
  /** Working fraction bits; 12 or 20 unless given, as in sessions. */
  readonly fraction?: number;
  readonly seed?: number;
  /** The class of a party that is not an ordinary one, for planted faults. */
  readonly runtimeOf?: (party: number) => typeof PartyRuntime | undefined;
  /** The class of every role's streams, when it is not the ordinary one. */
  readonly streams?: typeof Streams;
  /** Work in one piece, as roles with helper threads do. */
  readonly helped?: boolean;
  /** The seed that a party shares with the provider; drawn from the test's generator unless given. */
  readonly providerSeed?: (party: number) => Uint8Array | null;
}

/** What one party saw of one opening. */
export interface Seen {
  readonly party: string;
  readonly label: string;
  readonly opened: Uint8Array;
  readonly received: readonly Uint8Array[];
}

/** What a run cost: alike at every party, dealt bytes as the provider counts them. */
export interface Run<T> {
  /** One result a role, the provider's last. */
  readonly results: T[];
  readonly cost: Cost;
  readonly ledgers: readonly LedgerTotals[];
}

export class Roles {
  readonly bits: Bits;
  readonly fraction: number;
  readonly setting: Setting;
  readonly random: Random;
  readonly parties: readonly PartyRuntime[];
  readonly provider: ProviderRuntime;
  /** The parties, then the provider. */
  readonly roles: readonly Runtime[];
  /** Everything that parties have seen in openings since the last {@link forget}. */
  seen: Seen[] = [];
  /** All messages under way; watch them with its `watch`. */
  readonly post = new Post();

  constructor(options: RolesOptions) {
    const { parties, bits, fraction = bits === 32 ? 12 : 20, seed = testSeed } = options;
    const StreamsOf = options.streams ?? Streams;
    this.bits = bits;
    this.fraction = fraction;
    this.setting = { bits, parties };
    this.random = new Random(seed);
    const names = NAMES.slice(0, parties);
    const provider = 'provider';
    const seeds = new Map<string, Uint8Array>();
    for (const [i, from] of names.entries()) {
      for (const to of [...names, provider]) {
        const drawn = Uint8Array.from({ length: SEED_BYTES }, () => this.random.below(256));
        const bytes = (to === provider && options.providerSeed?.(i)) || drawn;
        seeds.set(`${from} ${to}`, bytes);
        if (to !== provider && to !== from) this.post.announce(from, [to], 0, [bytes.slice()]);
      }
    }
    const parts = (name: string) => {
      const heap = makeHeap();
      const ring = createRing(kernels(heap), heap, bits);
      const streams = new StreamsOf(ring, heap, 12);
      return {
        name,
        parties: names,
        provider,
        ring,
        heap,
        streams,
        fraction,
        helped: options.helped ?? false,
        mailbox: this.post.links(name),
      };
    };
    this.parties = names.map(
      (name, i) =>
        new (options.runtimeOf?.(i) ?? PartyRuntime)({
          ...parts(name),
          seed: (peer) => seeds.get(`${name} ${peer}`) as Uint8Array,
          transcript: (label, opened, received) => this.seen.push({ party: name, label, opened, received }),
        }),
    );
    this.provider = new ProviderRuntime(parts(provider));
    this.roles = [...this.parties, this.provider];
  }

  /** Runs local code at every role: the provider, then the parties in order, but `last` (who receives) at the end. */
  each<T>(work: (rt: Runtime, role: number) => T, last?: string): T[] {
    const results = new Map<Runtime, T>();
    const late = this.roles.filter((rt) => rt.name === last);
    for (const rt of [this.provider, ...this.parties.filter((party) => party.name !== last), ...late]) {
      results.set(rt, work(rt, this.roles.indexOf(rt)));
    }
    return this.roles.map((rt) => results.get(rt) as T);
  }

  /**
   * Runs a protocol at every role.
   * @throws Error when the roles are not in step: rounds, operations, costs, or something sent and not received
   */
  run<T>(program: (rt: Runtime, role: number) => Secure<T>): Run<T> {
    const before = this.roles.map((rt) => rt.ledger.totals());
    const last = this.provider.run(program(this.provider, this.parties.length));
    const running = this.parties.map((rt, i) => program(rt, i));
    let steps = running.map((generator) => generator.next());
    while (!steps.every((step) => step.done)) {
      const openings = steps.map((step) => {
        if (step.done) throw new Error('a party ended before the others');
        return step.value;
      });
      this.#exchange(openings);
      steps = running.map((generator) => generator.next());
    }
    const results = [...steps.map((step) => step.value as T), last];
    this.checkInStep();
    const ledgers = this.roles.map((rt, i) => difference(rt.ledger.totals(), before[i]));
    return { results, cost: this.#cost(ledgers), ledgers };
  }

  #exchange(openings: readonly (readonly Opening[])[]): void {
    this.parties.forEach((rt, i) => {
      const pieces = openings[i].map(({ ptr, bytes }) => rt.heap.bytes(ptr, bytes));
      const peers = rt.parties.filter((name) => name !== rt.name);
      if (pieces.length > 0) this.post.announce(rt.name, peers, rt.operation + 1, pieces);
    });
    this.parties.forEach((rt, i) => {
      rt.round(openings[i]);
    });
  }

  /** @throws Error unless all roles stand at the same operation and nothing is left on a link */
  checkInStep(): void {
    const operations = this.roles.map((rt) => rt.operation);
    if (operations.some((operation) => operation !== operations[0])) {
      throw new Error(`roles out of step: operations ${operations}`);
    }
    const [left] = this.post.undelivered;
    if (left !== undefined) throw new Error(`${left}: something was sent and never received`);
  }

  #cost(ledgers: readonly LedgerTotals[]): Cost {
    const provider = ledgers[ledgers.length - 1];
    const [{ rounds, online }] = ledgers;
    for (const [i, ledger] of ledgers.entries()) {
      const isLast = i === this.parties.length - 1;
      const expected = i === this.parties.length ? 0 : online;
      const dealt = isLast || i === this.parties.length ? provider.dealt : 0;
      if (ledger.rounds !== rounds || ledger.online !== expected || ledger.dealt !== dealt) {
        throw new Error(
          `the ledgers of ${this.roles[0].name} and ${this.roles[i].name} contradict each other`,
        );
      }
    }
    return { rounds, online, dealt: provider.dealt };
  }

  /** Runs `work`, then frees what it allocated at every role. */
  scoped<T>(work: () => T): T {
    const scopes = this.roles.map((rt) => rt.heap.beginScope());
    try {
      return work();
    } finally {
      this.roles.forEach((rt, i) => {
        rt.heap.endScope(scopes[i]);
      });
    }
  }

  forget(): void {
    this.seen = [];
  }

  /** The last words that the first party saw opened under `label`, as unsigned integers. */
  lastOpened(label: string): bigint[] {
    const entry = this.seen.findLast((seen) => seen.label === label && seen.party === this.parties[0].name);
    if (!entry) throw new Error(`nothing was opened as ${label}`);
    const { buffer } = entry.opened.slice();
    return this.bits === 32 ? Array.from(new Uint32Array(buffer), BigInt) : [...new BigUint64Array(buffer)];
  }
}
