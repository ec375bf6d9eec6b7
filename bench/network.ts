/** Seconds a step with all roles in one process and in processes of their own, over loopback, a LAN and a WAN. */

import { interleave, type Runner } from './support/interleave.js';
import type { StartApart } from './support/network/apart.js';
import { boundOf, type Line } from './support/network/bound.js';
import { startMessages } from './support/network/messages.js';
import { measureProxy } from './support/proxy/cost.js';
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
const LINES: readonly Line[] = [LAN, WAN, { ...WAN, name: '… with fewRounds', fewRounds: true }];
/** Lines that are tried from a tape too, with the widest of the trainings. */
const TAPED: readonly Line[] = [LAN, WAN];
/** Milliseconds of a line, one way, up to which the messages of a training are timed by themselves: above it their delays are known. */
const MOST_ALONE = 1;
/** Fits before those that count of runs from tapes, which are as long as was dealt. */
const TAPE_WARM_UPS = 4;

/** Prints what the proxies cost, and for each training a table of the lines, each beside its bound. */
export async function benchNetwork({
  rounds = 3,
  startApart = null,
}: NetworkBenchOptions = {}): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('rounds must be a positive integer');
  const trainings = [await wineTraining(), await smallTraining(16), await smallTraining(64)];
  const taped = TAPED.map((line) => ({
    ...line,
    name: `${line.name}, from a tape`,
    taped: warmUpsOf(line, TAPE_WARM_UPS) + rounds,
  }));
  const proxies = await startProxies();
  try {
    await printProxies(proxies);
    for (const training of trainings) await benchOne(training, LINES, rounds, startApart, proxies);
    await benchOne(await wideTraining(), [...LINES, ...taped], rounds, startApart, proxies);
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
  const together = await onShares(training);
  const fewer = await onShares(training, { fewRounds: true });
  try {
    const traffic = await trafficOf(training, together);
    const ofFewer = await trafficOf(training, fewer);
    const rows: string[][] = [];
    for (const line of [null, ...lines]) {
      const here = line?.fewRounds
        ? { traffic: ofFewer, together: fewer.runner }
        : { traffic, together: together.runner };
      rows.push(await benchLine({ training, line, ...here }, rounds, startApart, proxies));
    }
    printTable(
      training.title,
      [
        'a step',
        'apart',
        'bound',
        'of bound',
        'in one process',
        'messages alone',
        'of both',
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
  /** The training with all roles in this process. */
  readonly together: Runner;
}

/** A row of the table: the training over a line, in turns with the same in one process. */
async function benchLine(
  { training, line, traffic, together }: Case,
  rounds: number,
  startApart: StartApart | null,
  proxies: Proxies,
): Promise<string[]> {
  const apart = startApart && (await startApart(training, line, proxies));
  let alone: Runner | null = null;
  try {
    if (apart && (line?.delay ?? 0) < MOST_ALONE && !line?.taped) {
      alone = await startMessages(traffic, stepsOf(training), line, proxies);
    }
    const runners: Runner[] = [together];
    if (apart) runners.push({ name: 'apart', run: () => apart.fit() });
    if (alone) runners.push(alone);
    const usual = line?.taped ? TAPE_WARM_UPS : undefined;
    const warmUps = line ? warmUpsOf(line, usual) : usual;
    const spreads = await interleave(runners, rounds, { warmUps, exactly: line?.taped !== undefined });
    const [here, there = null, messages = null] = spreads.map((spread) => spread.median / stepsOf(training));
    const crossing = line?.taped ? { ...traffic, line: 0 } : traffic; // what was dealt is there
    const least = boundOf(crossing, line ?? { delay: 0, rate: Number.POSITIVE_INFINITY }, here);
    return [
      line?.name ?? 'loopback',
      there === null ? '–' : duration(there),
      duration(least.seconds),
      there === null ? '–' : `${digits(there / least.seconds)}×`,
      duration(here),
      messages === null ? '–' : duration(messages),
      there === null || messages === null ? '–' : `${digits(there / (here + messages))}×`,
      ...(line ? [least.waiting, least.sending, least.dealing].map(duration) : ['', '', '']),
    ];
  } finally {
    await apart?.close();
    await alone?.close?.();
  }
}

/** What the proxies themselves cost, on this machine and at this hour. */
async function printProxies(proxies: Proxies): Promise<void> {
  const rate = (bytes: number) => `${digits((bytes * 8) / 1e6)} Mbit/s`;
  const rows: string[][] = [];
  const none: Line = { name: 'a proxy that adds nothing', delay: 0, rate: Number.POSITIVE_INFINITY };
  for (const line of [none, LAN, WAN]) {
    const cost = await measureProxy(proxies, line);
    rows.push([
      line.name,
      duration(cost.direct),
      duration(cost.through),
      duration(Math.max(0, cost.through - cost.direct - cost.asked)),
      rate(cost.directRate),
      rate(cost.throughRate),
    ]);
  }
  printTable(
    'what the proxy itself costs: 64 bytes there and back, and bulk in one direction',
    ['line', 'without', 'with', 'more than asked', 'bulk without', 'bulk with'],
    rows,
  );
}
