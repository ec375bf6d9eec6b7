/**
 * All roles of a protocol on one thread, driven round by round: for tests, where threads cannot share memory, and where rounds
 * are small. It protects nothing from whoever owns the thread.
 *
 * Each role has its own memory, kernels and streams, as in a session. All make a step, the provider first, since what it
 * deals waits in memory for the parties; then their openings are exchanged, and so on. A provider that has a thread of its
 * own runs ahead there, as far as its links have room.
 */
import { createMemory, Heap } from '../../bindings/memory.js';
import { instantiateKernels, type WasmModule } from '../../bindings/module.js';
import { createRing, type RingBits } from '../../bindings/ring.js';
import { withOneApart } from '../links/apart.js';
import { Post } from '../links/in-memory.js';
import type { Mailbox } from '../links/mailbox.js';
import { ClientEndpoint } from './client.js';
import type { Disclosure } from './disclosures.js';
import { PartyRuntime } from './party.js';
import type { Opening, Secure } from './program.js';
import { ProviderRuntime } from './provider.js';
import type { Runtime } from './runtime.js';
import { Streams } from './streams.js';
import type { Transcript } from './transcript.js';

export interface InTurnOptions {
  readonly parties: readonly string[];
  readonly provider?: string;
  /** The model owner as a role of its own; none unless it is given. */
  readonly owner?: string;
  /** Other roles that hold no share. */
  readonly clients?: readonly string[];
  readonly ring: RingBits;
  readonly fractionBits: number;
  /** Rounds of the generator. Default 12. */
  readonly prgRounds?: 8 | 12 | 20;
  /** What each role agrees to disclose; everything unless it is given. */
  readonly discloses?: readonly Disclosure[] | null;
  /** The seed that one role makes for another; drawn by `from`. */
  readonly seed: (from: string, to: string) => Uint8Array;
  /** The class of a party that is not an ordinary one, for planted faults. */
  readonly runtimeOf?: (party: number) => typeof PartyRuntime | undefined;
  /** The class of every role's streams, when it is not the ordinary one. */
  readonly streams?: typeof Streams;
  /** Whether vectors are worked on as a whole instead of in tiles, as by roles with helper threads. */
  readonly helped?: boolean;
  /** See `RuntimeParts`. */
  readonly taped?: boolean;
  readonly oneLine?: boolean;
  readonly fewRounds?: boolean | undefined;
  /** The links of the roles here to a provider in another thread, by their names; the provider is here without them. */
  readonly apart?: Mailbox | undefined;
  /** Told of everything that a party sees opened. */
  readonly transcript?: (party: string) => Transcript;
}

export class InTurn {
  readonly parties: readonly PartyRuntime[];
  readonly #provider: ProviderRuntime | null;
  /** The owner's endpoint, which takes no part in programs; null where there is none. */
  readonly owner: ClientEndpoint | null = null;
  /** The endpoints of the other clients. */
  readonly clients: readonly ClientEndpoint[];
  /** The parties, then the provider where it is here. */
  readonly roles: readonly Runtime[];
  /** All messages under way; watch them with its `watch`. */
  readonly post = new Post();

  /** @param module the compiled kernels */
  constructor(module: WasmModule, options: InTurnOptions) {
    const { parties, provider = 'provider', ring: bits, seed, prgRounds: rounds = 12 } = options;
    const StreamsOf = options.streams ?? Streams;
    const seeds = new Map<string, Uint8Array>();
    for (const from of parties) {
      for (const to of [...parties, provider]) {
        const bytes = seed(from, to);
        seeds.set(`${from} ${to}`, bytes);
        if (to !== provider && to !== from) this.post.announce(from, [to], 0, [bytes.slice()]);
      }
    }
    const parts = (name: string) => {
      const heap = new Heap(createMemory());
      const ring = createRing(instantiateKernels(module, heap.memory), heap, bits);
      return {
        name,
        parties,
        provider,
        clients: [...(options.owner === undefined ? [] : [options.owner]), ...(options.clients ?? [])],
        ring,
        heap,
        streams: new StreamsOf(ring, heap, rounds),
        discloses: options.discloses ?? null,
        fraction: options.fractionBits,
        helped: options.helped ?? false,
        taped: options.taped ?? false,
        oneLine: options.oneLine ?? false,
        fewRounds: options.fewRounds,
        mailbox: options.apart
          ? withOneApart(this.post.links(name), provider, options.apart, name)
          : this.post.links(name),
      };
    };
    const client = (name: string) =>
      new ClientEndpoint({ ...parts(name), prgRounds: rounds, seed: (to) => seed(name, to) });
    if (options.owner !== undefined) this.owner = client(options.owner);
    this.clients = (options.clients ?? []).map(client);
    this.parties = parties.map((name, i) => {
      const transcript = options.transcript?.(name);
      return new (options.runtimeOf?.(i) ?? PartyRuntime)({
        ...parts(name),
        seed: (peer) => seeds.get(`${name} ${peer}`) as Uint8Array,
        ...(transcript && { transcript }),
      });
    });
    this.#provider = options.apart ? null : new ProviderRuntime(parts(provider));
    this.roles = [...this.parties, ...(this.#provider ? [this.#provider] : [])];
  }

  /** @throws TypeError where it has a thread of its own */
  get provider(): ProviderRuntime {
    if (!this.#provider) throw new TypeError('the provider is not here');
    return this.#provider;
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
   * Runs a protocol at every role; one result a role, the provider's last.
   * @throws Error when the roles are not in step
   */
  drive<T>(program: (rt: Runtime, role: number) => Secure<T>): T[] {
    const results = this.play(program);
    this.checkInStep();
    return results;
  }

  /** As {@link drive}, where clients have still to hear of it. */
  play<T>(program: (rt: Runtime, role: number) => Secure<T>): T[] {
    const provider = this.#provider;
    const dealing = provider?.crossing(program(provider, this.parties.length));
    const running = this.parties.map((rt, i) => rt.crossing(program(rt, i)));
    for (;;) {
      const dealt = dealing?.next();
      if (dealt && !dealt.done) provider?.round(dealt.value);
      const openings: (readonly Opening[])[] = [];
      const results: T[] = [];
      for (const party of running) {
        const step = party.next();
        if (step.done) results.push(step.value);
        else openings.push(step.value);
      }
      const done = dealt ? dealt.done : results.length > 0;
      if (done && openings.length === 0) return dealt?.done ? [...results, dealt.value] : results;
      if (done || results.length > 0) throw new Error('a role ended before the others');
      this.#exchange(openings);
    }
  }

  #exchange(openings: readonly (readonly Opening[])[]): void {
    for (let i = 0; i < this.parties.length; i++) {
      if (openings[i].length === 0) continue;
      const rt = this.parties[i];
      const pieces = rt.framesOf(openings[i]);
      if ('to' in pieces) {
        rt.others.forEach((peer, p) => {
          this.post.announce(rt.name, [peer], rt.operation + 1, pieces.to[p]);
        });
      } else this.post.announce(rt.name, rt.others, rt.operation + 1, pieces);
    }
    for (let i = 0; i < this.parties.length; i++) this.parties[i].round(openings[i]);
  }

  /** @throws Error unless all roles are at the same operation and every frame has been received */
  checkInStep(): void {
    const operations = this.roles.map((rt) => rt.operation);
    if (operations.some((operation) => operation !== operations[0])) {
      throw new Error(`roles out of step: operations ${operations}`);
    }
    const [left] = this.post.undelivered;
    if (left !== undefined) throw new Error(`${left}: something was sent and never received`);
  }

  /** Runs `work`, then frees what it allocated at every role, except for the blocks that `keep` names. */
  scoped<T>(work: () => T, keep: (role: number) => Iterable<number> = () => []): T {
    const scopes = this.roles.map((rt) => rt.heap.beginScope());
    try {
      return work();
    } finally {
      this.roles.forEach((rt, i) => {
        rt.heap.endScope(scopes[i], keep(i));
      });
    }
  }
}
