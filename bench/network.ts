/** Seconds a step with all roles in one process and in processes of their own, over loopback, a LAN and a WAN. */

import { interleave, type Runner } from './support/interleave.js';
import type { StartApart } from './support/network/apart.js';
import { boundOf, type Line } from './support/network/bound.js';
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

const LINES: readonly Line[] = [
  { name: 'LAN, 0.2 ms, 1 Gbit/s', delay: 0.2, rate: 125e6 },
  { name: 'WAN, 20 ms, 100 Mbit/s', delay: 20, rate: 12.5e6 },
  { name: '… with fewRounds', delay: 20, rate: 12.5e6, fewRounds: true },
];

/** Prints what the proxies cost, and for each training a table of the lines, each beside its bound. */
export async function benchNetwork({
  rounds = 3,
  startApart = null,
}: NetworkBenchOptions = {}): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('rounds must be a positive integer');
  const trainings = [
    await wineTraining(),
    await smallTraining(16),
    await smallTraining(64),
    await wideTraining(),
  ];
  const proxies = await startProxies();
  try {
    await printProxies(proxies);
    for (const training of trainings) await benchOne(training, rounds, startApart, proxies);
  } finally {
    await proxies.close();
  }
}

async function benchOne(
  training: Training,
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
    for (const line of [null, ...LINES]) {
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
  try {
    const runners: Runner[] = [together];
    if (apart) runners.push({ name: 'apart', run: () => apart.fit() });
    const slow = line !== null && line.delay > 1;
    const spreads = await interleave(runners, rounds, slow ? 1 : undefined);
    const [here, there = null] = spreads.map((spread) => spread.median / stepsOf(training));
    const least = boundOf(traffic, line ?? { delay: 0, rate: Number.POSITIVE_INFINITY }, here);
    return [
      line?.name ?? 'loopback',
      there === null ? '–' : duration(there),
      duration(least.seconds),
      there === null ? '–' : `${digits(there / least.seconds)}×`,
      duration(here),
      ...(line ? [least.waiting, least.sending, least.dealing].map(duration) : ['', '', '']),
    ];
  } finally {
    await apart?.close();
  }
}

/** What the proxies themselves cost, on this machine and at this hour. */
async function printProxies(proxies: Proxies): Promise<void> {
  const rate = (bytes: number) => `${digits((bytes * 8) / 1e6)} Mbit/s`;
  const rows: string[][] = [];
  const none: Line = { name: 'a proxy that adds nothing', delay: 0, rate: Number.POSITIVE_INFINITY };
  for (const line of [none, ...LINES]) {
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
