/** Seconds a step with all roles in one process and in processes of their own, over loopback, a LAN and a WAN. */

import { interleave } from './support/interleave.js';
import { median } from './support/measure.js';
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
];

/** What a step takes and sends with all roles in one process. */
interface Together {
  readonly seconds: number;
  readonly traffic: StepTraffic;
}

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
  const together = await inOneProcess(training, rounds);
  const rows = [['in one process', duration(together.seconds), '', '', '', '', '']];
  for (const line of [null, ...LINES]) {
    const least = boundOf(
      together.traffic,
      line ?? { delay: 0, rate: Number.POSITIVE_INFINITY },
      together.seconds,
    );
    const seconds = startApart && (await apart(training, line, rounds, startApart, proxies));
    rows.push([
      line?.name ?? 'loopback',
      seconds === null ? '–' : duration(seconds),
      duration(least.seconds),
      seconds === null ? '–' : `${digits(seconds / least.seconds)}×`,
      ...(line ? [least.waiting, least.sending, least.dealing].map(duration) : ['', '', '']),
    ]);
  }
  printTable(
    training.title,
    ['a step', 'measured', 'bound', 'of bound', 'rounds × delay', 'sent ÷ rate', 'dealt ÷ rate'],
    rows,
  );
  const { rounds: exchanges, online, dealt } = together.traffic;
  console.log(
    `\na step: ${digits(exchanges)} rounds, ${digits(online / 1000)} kB sent by each party, ` +
      `${digits(dealt / 1000)} kB dealt`,
  );
}

/** Seconds and traffic of a step, what an epoch's end takes included. */
async function inOneProcess(training: Training, rounds: number): Promise<Together> {
  const shares = await onShares(training);
  try {
    const [{ median }] = await interleave([shares.runner], rounds);
    const { watched } = await shares.epochTraffic();
    const steps = stepsOf(training) / training.epochs;
    const traffic = {
      rounds: watched.rounds / steps,
      online: watched.online / steps,
      dealt: watched.dealt / steps,
    };
    return { seconds: median / stepsOf(training), traffic };
  } finally {
    await shares.runner.close();
  }
}

/** Median seconds of a step with every role in a process of its own. */
async function apart(
  training: Training,
  line: Line | null,
  rounds: number,
  startApart: StartApart,
  proxies: Proxies,
): Promise<number> {
  const running = await startApart(training, line, proxies);
  try {
    await running.fit();
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) seconds.push(await running.fit());
    return median(seconds) / stepsOf(training);
  } finally {
    await running.close();
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
