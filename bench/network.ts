/** Seconds a step with all roles in one process and in processes of their own, over loopback, a LAN and a WAN. */

import { interleave, type Runner } from './support/interleave.js';
import type { StartApart } from './support/network/apart.js';
import { boundOf, type Line } from './support/network/bound.js';
import { startMessages } from './support/network/messages.js';
import { measureProxy, ownOf, type ProxyCost } from './support/proxy/cost.js';
import { type Proxies, startProxies } from './support/proxy/host.js';
import { digits, duration, printTable } from './support/table.js';
import { onShares, type StepTraffic, stepsOf, type Training } from './support/trainers.js';
import { smallTraining, wideTraining, wineTraining } from './support/trainings.js';

export interface NetworkBenchOptions {
  /** Fits of each training over each line that count, after one that warms up. Default 3. */
  rounds?: number;
  /** Runs trainings with every role in a process of its own; without it, the bounds alone are printed. */
  startApart?: StartApart | null;
}

const LAN: Line = { name: 'LAN, 0.2 ms, 1 Gbit/s', delay: 0.2, rate: 125e6 };
const WAN: Line = { name: 'WAN, 20 ms, 100 Mbit/s', delay: 20, rate: 12.5e6 };
/** Milliseconds of a line, one way, up to which the messages of a training are timed by themselves: above it their delays are known. */
const MOST_ALONE = 1;
/** The provider's part of a step's work, and that of each of two parties (ARCHITECTURE.md, Parties in turn). */
const PROVIDER_PART = 0.38;
/** Fits before those that count of runs from tapes, which are as long as was dealt. */
const TAPE_WARM_UPS = 4;

/** Prints what the proxies cost, and for each training a table of the lines, each beside its bound. */
export async function benchNetwork({
  rounds = 3,
  startApart = null,
}: NetworkBenchOptions = {}): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('rounds must be a positive integer');
  const trainings = [await wineTraining(), await smallTraining(16), await smallTraining(64)];
  const proxies = await startProxies(true);
  try {
    const [lan, wan] = await printProxies(proxies);
    const lines = [lan, wan, { ...wan, name: '… with fewRounds', fewRounds: true }];
    const taped = [lan, wan].map((line) => ({
      ...line,
      name: `${line.name}, from a tape`,
      taped: warmUpsOf(line, TAPE_WARM_UPS) + rounds,
    }));
    for (const training of trainings) await benchOne(training, lines, rounds, startApart, proxies);
    await benchOne(await wideTraining(), [...lines, ...taped], rounds, startApart, proxies);
  } finally {
    await proxies.close();
  }
}

/** On a slow line nothing is gained by warming up for long. */
const warmUpsOf = <T>({ delay }: Line, usual: T): T | 1 => (delay > 1 ? 1 : usual);

async function benchOne(
  training: Training,
  lines: readonly Line[],
  rounds: number,
  startApart: StartApart | null,
  proxies: Proxies,
): Promise<void> {
  const work = startApart && (await workOf(training, rounds));
  const together = await onShares(training);
  const fewer = await onShares(training, { fewRounds: true });
  try {
    const traffic = await trafficOf(training, together);
    const ofFewer = await trafficOf(training, fewer);
    const rows: string[][] = [];
    /** Seconds of a step over loopback. */
    let loopback: number | null = null;
    for (const line of [null, ...lines]) {
      const here = line?.fewRounds
        ? { traffic: ofFewer, together: fewer.runner }
        : { traffic, together: together.runner };
      const of = { training, line, work, loopback, ...here };
      const { row, there } = await benchLine(of, rounds, startApart, proxies);
      rows.push(row);
      if (line === null) loopback = there;
    }
    printTable(
      training.title,
      [
        'a step',
        'apart',
        'bound',
        'of bound',
        'of loopback and line',
        'in one process',
        'messages alone',
        'and work',
        'of these',
        'rounds × delay',
        'sent ÷ rate',
        'dealt ÷ rate',
      ],
      rows,
    );
    const said = ({ rounds: exchanges, online, dealt }: StepTraffic): string =>
      `${digits(exchanges)} rounds, ${digits(online / 1000)} kB sent by each party, ${digits(dealt / 1000)} kB dealt`;
    console.log(`\na step: ${said(traffic)}; with fewRounds ${said(ofFewer)}`);
  } finally {
    await together.runner.close();
    await fewer.runner.close();
  }
}

/** Seconds of processor time that each role takes for a step: all of them in one thread, where nobody waits. */
async function workOf(training: Training, rounds: number): Promise<Record<string, number>> {
  const { runner } = await onShares(training, { mode: 'in-turn' });
  const [{ median }] = await interleave([runner], rounds);
  await runner.close();
  const all = median / stepsOf(training);
  const party = ((1 - PROVIDER_PART) / 2) * all;
  return { alice: party, bob: party, provider: PROVIDER_PART * all };
}

/** Traffic of a step, what an epoch's end takes included. */
async function trafficOf(
  training: Training,
  { epochTraffic }: Pick<Awaited<ReturnType<typeof onShares>>, 'epochTraffic'>,
): Promise<StepTraffic> {
  const { watched } = await epochTraffic();
  const steps = stepsOf(training) / training.epochs;
  const { rounds, online, dealt, line } = watched;
  return { rounds: rounds / steps, online: online / steps, dealt: dealt / steps, line: line / steps };
}

interface Case {
  readonly training: Training;
  /** Null for loopback alone. */
  readonly line: Line | null;
  readonly traffic: StepTraffic;
  readonly work: Readonly<Record<string, number>> | null;
  /** Seconds of a step over loopback, where it has been timed. */
  readonly loopback: number | null;
  /** The training with all roles in this process. */
  readonly together: Runner;
}

/** A row of the table: the training over a line, in turns with the same in one process. */
async function benchLine(
  { training, line, traffic, work, loopback, together }: Case,
  rounds: number,
  startApart: StartApart | null,
  proxies: Proxies,
): Promise<{ readonly row: string[]; readonly there: number | null }> {
  const apart = startApart && (await startApart(training, line, proxies));
  const alone: Runner[] = [];
  try {
    if (apart && work && (line?.delay ?? 0) < MOST_ALONE && !line?.taped) {
      for (const labour of [undefined, work]) {
        alone.push(await startMessages(traffic, stepsOf(training), line, proxies, labour));
      }
    }
    const runners: Runner[] = [together];
    if (apart) runners.push({ name: 'apart', run: () => apart.fit() });
    runners.push(...alone);
    const usual = line?.taped ? TAPE_WARM_UPS : undefined;
    const warmUps = line ? warmUpsOf(line, usual) : usual;
    const spreads = await interleave(runners, rounds, { warmUps, exactly: line?.taped !== undefined });
    const [here, there = null, messages = null, least = null] = spreads.map(
      (spread) => spread.median / stepsOf(training),
    );
    const crossing = line?.taped ? { ...traffic, line: 0 } : traffic; // what was dealt is there
    const bound = boundOf(crossing, line ?? { delay: 0, rate: Number.POSITIVE_INFINITY }, here);
    const times = (of: number | null) => (there === null || of === null ? '–' : `${digits(there / of)}×`);
    const row = [
      line?.name ?? 'loopback',
      there === null ? '–' : duration(there),
      duration(bound.seconds),
      times(bound.seconds),
      times(line && loopback && Math.max(bound.waiting + bound.sending + loopback, bound.dealing)),
      duration(here),
      messages === null ? '–' : duration(messages),
      least === null ? '–' : duration(least),
      times(least),
      ...(line ? [bound.waiting, bound.sending, bound.dealing].map(duration) : ['', '', '']),
    ];
    return { row, there };
  } finally {
    await apart?.close();
    for (const messages of alone) await messages.close?.();
  }
}

/**
 * Prints what the proxies themselves cost, on this machine and at this hour. Returns the lines with that taken off their delays, so
 * that a message takes what it would on a line that is not a program.
 */
async function printProxies(proxies: Proxies): Promise<Line[]> {
  const rate = (bytes: number) => `${digits((bytes * 8) / 1e6)} Mbit/s`;
  const rows: string[][] = [];
  const row = (name: string, cost: ProxyCost) => [
    name,
    duration(cost.direct),
    duration(cost.through),
    `${digits((cost.through - cost.direct - cost.asked) * 1e6)} µs`,
    rate(cost.directRate),
    rate(cost.throughRate),
  ];
  rows.push(
    row(
      'a proxy that adds nothing',
      await measureProxy(proxies, { delay: 0, rate: Number.POSITIVE_INFINITY }),
    ),
  );
  const lines: Line[] = [];
  for (const line of [LAN, WAN]) {
    const plain = await measureProxy(proxies, line);
    const own = ownOf(plain, line);
    rows.push(row(line.name, plain));
    rows.push(
      row(`… with ${digits(own * 1000)} µs less asked of it`, await measureProxy(proxies, line, own)),
    );
    lines.push({ ...line, own });
  }
  printTable(
    'what the proxy itself costs: 64 bytes there and back, and bulk in one direction',
    ['line', 'without', 'with', 'more than the line', 'bulk without', 'bulk with'],
    rows,
  );
  return lines;
}
