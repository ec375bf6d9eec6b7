/** All roles of a protocol on one thread (src/party/in-turn.ts), with seeds of the test's own and everything in sight. */

import { InTurn, type InTurnOptions } from '../../src/party/in-turn.js';
import type { LedgerTotals } from '../../src/party/ledger.js';
import { difference } from '../../src/party/ledger.js';
import { openedBytes } from '../../src/party/parts.js';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { SEED_BYTES } from '../../src/party/streams.js';
import type { TranscriptEntry } from '../../src/party/transcript.js';
import type { Cost, Setting } from '../../src/protocol/cost.js';
import { droppedBits } from '../../src/protocol/open.js';
import { roundWithCoin, roundWithCoins } from '../twins/clear.js';
import { type Bits, module, Random } from './ring.js';
import { seed as testSeed } from './seed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

export interface RolesOptions
  extends Pick<
    InTurnOptions,
    'runtimeOf' | 'streams' | 'helped' | 'owner' | 'taped' | 'oneLine' | 'fewRounds'
  > {
  readonly parties: number;
  readonly bits: Bits;
  /** Working fraction bits; 12 or 20 unless given, as in sessions. */
  readonly fraction?: number;
  readonly seed?: number;
  /** Whether nobody writes down what parties see, as outside of tests. */
  readonly unseen?: boolean;
  /** The seed that a party shares with the provider; drawn from the test's generator unless given. */
  readonly providerSeed?: (party: number) => Uint8Array | null;
}

/** What one party saw of one opening. */
export interface Seen extends TranscriptEntry {
  readonly party: string;
}

/** What a run cost: alike at every party, dealt bytes as the provider counts them. */
export interface Run<T> {
  /** One result a role, the provider's last. */
  readonly results: T[];
  readonly cost: Cost;
  /** Rounds of the program: one that goes through adders counts once. */
  readonly steps: number;
  readonly ledgers: readonly LedgerTotals[];
}

/** Ring words as they lie in memory, as unsigned integers. */
export function wordsOf(bits: Bits, bytes: Uint8Array): bigint[] {
  const { buffer } = bytes.slice();
  return bits === 32 ? Array.from(new Uint32Array(buffer), BigInt) : [...new BigUint64Array(buffer)];
}

export class Roles extends InTurn {
  readonly bits: Bits;
  readonly fraction: number;
  readonly setting: Setting;
  readonly random: Random;
  /** Everything that parties have seen in openings since the last {@link forget}. */
  seen: Seen[] = [];

  constructor(options: RolesOptions) {
    const { parties, bits, fraction = bits === 32 ? 12 : 20, seed = testSeed, fewRounds = false } = options;
    const random = new Random(seed);
    const names = NAMES.slice(0, parties);
    const see: { entry: (seen: Seen) => void } = { entry: () => {} };
    super(module, {
      parties: names,
      ring: bits,
      fractionBits: fraction,
      seed(from, to) {
        const drawn = Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));
        return (!names.includes(to) && options.providerSeed?.(names.indexOf(from))) || drawn;
      },
      ...(options.runtimeOf && { runtimeOf: options.runtimeOf }),
      ...(options.streams && { streams: options.streams }),
      ...(options.helped && { helped: true }),
      ...(options.taped && { taped: true }),
      ...(options.oneLine && { oneLine: true }),
      fewRounds,
      ...(options.owner !== undefined && { owner: options.owner }),
      ...(!options.unseen && { transcript: (party) => (seen) => see.entry({ party, ...seen }) }),
    });
    see.entry = (seen) => this.seen.push(seen);
    this.post.strict = true;
    this.bits = bits;
    this.fraction = fraction;
    this.setting = { bits, parties, fewRounds };
    this.random = random;
  }

  /**
   * Runs a protocol at every role.
   * @throws Error when the roles are not in step: rounds, operations, costs, or something sent and not received
   */
  run<T>(program: (rt: Runtime, role: number) => Secure<T>): Run<T> {
    const before = this.roles.map((rt) => rt.ledger.totals());
    const opened = this.roles.map((): number[] => []);
    function* counted(running: Secure<T>, bytes: number[]): Secure<T> {
      for (;;) {
        const step = running.next();
        if (step.done) return step.value;
        if (step.value.length > 0) bytes.push(openedBytes(step.value));
        yield step.value;
      }
    }
    const results = this.drive((rt, role) => counted(program(rt, role), opened[role]));
    const dealt = opened[this.parties.length];
    if (dealt.join() !== opened[0].join())
      throw new Error(`the provider has openings of ${dealt} bytes, the parties of ${opened[0]}`);
    const steps = dealt.length;
    const ledgers = this.roles.map((rt, i) => difference(rt.ledger.totals(), before[i]));
    return { results, cost: this.#cost(ledgers), steps, ledgers };
  }

  #cost(ledgers: readonly LedgerTotals[]): Cost {
    const provider = ledgers[ledgers.length - 1];
    const [{ rounds }] = ledgers;
    const parties = ledgers.slice(0, -1);
    const arrived = parties.reduce((sum, { dealt }) => sum + dealt, 0);
    const online = parties.reduce((sum, ledger) => sum + ledger.online, 0) / parties.length;
    const most = Math.max(...parties.map((ledger) => ledger.online));
    // where parties add parts up they are not quite alike: a part is whole blocks, and the last has the rest
    const alike = most === online || (parties.length > 2 && most === parties[parties.length - 1].online);
    for (const [i, ledger] of ledgers.entries()) {
      const lines = this.roles[i].lines.join() === this.provider.lines.join();
      if (ledger.rounds !== rounds || !alike || provider.online > 0 || !lines || arrived !== provider.dealt) {
        throw new Error(
          `the ledgers of ${this.roles[0].name} and ${this.roles[i].name} contradict each other`,
        );
      }
    }
    return { rounds, online, dealt: provider.dealt };
  }

  forget(): void {
    this.seen = [];
  }

  /** The last words that the first party saw opened under `label`, as unsigned integers. */
  lastOpened(label: string): bigint[] {
    const entry = this.seen.findLast((seen) => seen.label === label && seen.party === this.parties[0].name);
    if (!entry) throw new Error(`nothing was opened as ${label}`);
    return wordsOf(this.bits, entry.opened);
  }

  /** z / 2^s, rounded with the coins of the last rounding: those that the parties kept, or the opened words. */
  rounded(z: readonly bigint[], s: number): bigint[] {
    const coins = this.parties.flatMap(({ name }) => {
      const entry = this.seen.findLast((seen) => seen.label === 'truncate' && seen.party === name);
      return entry?.coins ? [wordsOf(this.bits, entry.coins)] : [];
    });
    if (coins.length === 0) {
      const opened = this.lastOpened('truncate');
      return z.map((value, i) => roundWithCoin(value, s, opened[i]));
    }
    const sum = (i: number) => coins.reduce((total, own) => total + own[i], 0n);
    return z.map((value, i) => roundWithCoins(value, s, sum(i), this.parties.length));
  }

  /** The largest magnitude that a narrow rounding by s bits takes. */
  largest(s: number): bigint {
    const all = 1n << BigInt(this.bits - 2);
    const coins = droppedBits(this.bits, s) > 0 ? BigInt(this.parties.length + 1) << BigInt(s - 1) : 0n;
    return all - coins - 1n;
  }
}
