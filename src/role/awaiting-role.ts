/**
 * A party in the thread that keeps its links (links/awaited-links.ts): it awaits what the next step of its program takes, and
 * then makes the step. So a message of a peer wakes one thread, where it wakes two if the links have a thread of their own; but
 * nobody hears of this role while it computes.
 */
import type { AwaitedLinks } from '../links/awaited-links.js';
import { NO_OPERATION } from '../links/mailbox.js';
import { clientsOf } from '../party/agreement.js';
import { PartyRuntime } from '../party/party.js';
import { Arrival, type Secure } from '../party/program.js';
import { Streams } from '../party/streams.js';
import type { Transcript, TranscriptEntry } from '../party/transcript.js';
import { memoryOf, seedSource } from './basis.js';
import type { RoleBoot } from './boot.js';
import type { CommandName, ResultOf } from './command.js';
import { ComputingRole } from './computing-role.js';
import type { Progress } from './context.js';
import { Lockstep } from './lockstep.js';
import { located, type RoleEntry } from './role.js';
import { RoleValues } from './values.js';

/** Greets the peers, exchanges seeds with them, and is ready for commands. */
export async function startAwaiting(boot: RoleBoot, links: AwaitedLinks): Promise<AwaitingRole> {
  const { name, agreement, local, elsewhere, digest, testing } = boot;
  const { parties, provider, prgRounds, fractionBits, owner, fewRounds } = agreement;
  const { heap, ring } = memoryOf(boot);
  const lockstep = new Lockstep(name, links, elsewhere);
  links.patient = boot.patient; // who is waited for comes, or is given up by the courier
  if (digest) {
    lockstep.sayHello(agreement, digest);
    for (const peer of elsewhere) await links.anything(peer);
    lockstep.hearHellos(agreement, digest);
  }
  links.patient = false;
  links.heed = (peer) => {
    if (lockstep.isBehind(peer)) lockstep.hear(peer);
  };
  const seedOf = seedSource(boot, name);
  const others = parties.filter((party) => party !== name);
  const seeds = new Map(others.map((peer) => [peer, seedOf(peer)]));
  for (const [peer, seed] of seeds) links.announce([peer], 0, [seed]);
  const clients = clientsOf(agreement);
  await links.frames([...others, ...(name === parties.at(-1) ? [] : clients)], 0);
  const transcript: TranscriptEntry[] = [];
  const record: Transcript = (seen) => {
    transcript.push(seen);
  };
  const rt = new PartyRuntime({
    name,
    parties,
    provider,
    clients,
    discloses: local.discloses,
    ring,
    heap,
    streams: new Streams(ring, heap, prgRounds),
    mailbox: lockstep.links(links),
    fraction: fractionBits,
    awaits: true,
    oneLine: testing.oneLine,
    fewRounds,
    seed: (peer) => seeds.get(peer) ?? seedOf(peer),
    ...(testing.transcripts && { transcript: record }),
  });
  links.flush();
  const values = new RoleValues(heap);
  const context = { rt, owner, values, models: new Map(), report: () => {} };
  const parts = { name, heap, lockstep, profile: null, transcript };
  return new AwaitingRole(parts, context, { rt, links, lockstep });
}

/** What an awaiting role stands on. */
interface Standing {
  readonly rt: PartyRuntime;
  readonly links: AwaitedLinks;
  readonly lockstep: Lockstep;
}

export class AwaitingRole extends ComputingRole {
  readonly #standing: Standing;

  constructor(
    parts: ConstructorParameters<typeof ComputingRole>[0],
    context: ConstructorParameters<typeof ComputingRole>[1],
    standing: Standing,
  ) {
    super(parts, context);
    this.#standing = standing;
  }

  override async run(
    batch: readonly RoleEntry[],
    report: (progress: Progress) => void = () => {},
  ): Promise<ResultOf<CommandName>[]> {
    this.reportTo(report);
    const results: ResultOf<CommandName>[] = [];
    try {
      for (const entry of batch) {
        try {
          results.push(await this.#runOne(entry));
        } catch (error) {
          throw located(error, `${this.parts.name}, ${entry.name}${this.where}`);
        }
      }
    } finally {
      this.#standing.links.flush();
    }
    return results;
  }

  async #runOne(entry: RoleEntry): Promise<ResultOf<CommandName>> {
    const { lockstep, links } = this.#standing;
    if (entry.step) lockstep.begin(entry.step);
    const result = await this.#drive(this.program(entry));
    await links.drained(NO_OPERATION);
    if (entry.name === 'sync') {
      await this.#hear(lockstep.peers);
      lockstep.sync();
    }
    if (entry.name === 'leave') {
      const { client } = entry.command.args;
      await this.#hear(lockstep.leaving(client));
      lockstep.part(client);
    }
    return result;
  }

  async #drive<T>(program: Secure<T>): Promise<T> {
    const { rt, links } = this.#standing;
    const crossing = rt.crossing(program);
    for (;;) {
      await links.drained(rt.operation);
      await links.turn(rt.providerName, rt.operation);
      const step = crossing.next();
      if (step.done) return step.value;
      const openings = step.value;
      if (openings instanceof Arrival) {
        if (openings.peers.length > 0) await links.frames(openings.peers, rt.operation + 1, openings.frames);
      } else if (openings.length > 0) {
        links.announce(rt.others, rt.operation + 1, rt.framesOf(openings));
        await links.frames(rt.others, rt.operation + 1);
        rt.round(openings);
      }
    }
  }

  /** Awaits records of peers up to this command; what is waited for here comes, or is given up by the courier. */
  async #hear(peers: readonly string[]): Promise<void> {
    const { links, lockstep } = this.#standing;
    links.patient = true;
    try {
      for (const peer of peers) {
        while (lockstep.isBehind(peer)) {
          await links.anything(peer);
          lockstep.hear(peer);
        }
      }
    } finally {
      links.patient = false;
    }
  }
}
