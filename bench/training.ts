/** Training on shares beside TensorFlow.js and our plain trainer: the same networks, rows and batches. */
import { benchGrowth } from './support/growth.js';
import { interleave, type Runner, type Spread } from './support/interleave.js';
import { lowerBound } from './support/lower-bound.js';
import { digits, duration, printTable } from './support/table.js';
import {
  inPlain,
  inTensorFlow,
  onShares,
  planOf,
  type StepTraffic,
  stepsOf,
  type Training,
} from './support/trainers.js';
import {
  adamTraining,
  fashionImages,
  lenetTraining,
  lossTraining,
  smallTraining,
  wideTraining,
  wineTraining,
} from './support/trainings.js';
import { printWhere } from './support/where.js';

export interface TrainingBenchOptions {
  /** Timed runs of each candidate at least, after some that warm up. Default 7. */
  rounds?: number;
}

/** Prints, for each training, the time of a fit and of a step, and what crosses in a step. */
export async function benchTraining({ rounds = 7 }: TrainingBenchOptions = {}): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('rounds must be a positive integer');
  const trainings: Training[] = [
    await wineTraining(),
    await smallTraining(16),
    await smallTraining(64),
    await wideTraining(),
    await lossTraining('softmaxCrossEntropy'),
    await lossTraining('sigmoidCrossEntropy'),
    await lossTraining('hinge'),
    await lenetTraining(),
    await adamTraining(),
  ];
  for (const training of trainings) await benchOne(training, rounds);
  await benchGrowth(await fashionImages(640), rounds);
}

async function benchOne(training: Training, rounds: number): Promise<void> {
  const bound = await lowerBound(planOf(training), training.batchSize);
  const runners: Runner[] = [];
  try {
    const shares = await onShares(training);
    runners.push(shares.runner, inPlain(training));
    const backends: Runner[] = [];
    for (const backend of training.backends ?? (['wasm', 'cpu'] as const)) {
      const runner = await inTensorFlow(training, backend);
      if (!runner) continue;
      backends.push(runner);
      runners.push(runner);
    }
    const slow = await slowOnes(backends);
    const contenders = runners.filter((runner) => !slow.includes(runner));
    const spreads = await interleave(contenders, rounds, { twice: true });
    // a second or more of other work in between would make the others' threads and caches cold
    if (slow.length > 0) spreads.push(...(await interleave(slow, rounds, { twice: true })));
    printTimes(training, spreads, bound.seconds * stepsOf(training));
    printTraffic(await shares.stepTraffic());
    const both = await interleave([shares.runner, shares.unwatched], 4 * rounds);
    printSentinel(both, await shares.epochTraffic());
    console.log(
      `products of a step: ${digits(bound.multiplyAdds / 1e6)} M multiply-adds in clear, ` +
        `${duration(bound.once)} on one core; on shares at least ${duration(bound.seconds)} on this machine`,
    );
  } finally {
    for (const runner of runners) await runner.close?.();
  }
  await printWhere(training, bound);
}

/** Those that take twice the time of the fastest, or more. */
async function slowOnes(runners: readonly Runner[]): Promise<Runner[]> {
  const seconds = new Map<Runner, number>();
  for (const runner of runners) {
    await runner.run(); // which compiles
    seconds.set(runner, await runner.run());
  }
  const most = 2 * Math.min(...seconds.values());
  return runners.filter((runner) => (seconds.get(runner) ?? 0) > most);
}

function printTimes(training: Training, spreads: readonly Spread[], least: number): void {
  const steps = stepsOf(training);
  const own = spreads[0].median;
  const rows = spreads.map(({ name, median, least: low, most }) => [
    name,
    duration(median),
    `${duration(low)} – ${duration(most)}`,
    duration(median / steps),
    `${digits(median / own)}×`,
  ]);
  rows.push([
    'on shares, products alone (bound)',
    duration(least),
    '',
    duration(least / steps),
    `${digits(least / own)}×`,
  ]);
  printTable(training.title, ['fit', 'median', 'least – most', 'a step', 'of on shares'], rows);
}

/** What the sentinel takes of an epoch: time, and bytes of all kinds. */
function printSentinel(
  [watched, unwatched]: readonly Spread[],
  epoch: { watched: StepTraffic; unwatched: StepTraffic },
): void {
  const more = (a: number, b: number) => `${(100 * (a / b - 1)).toFixed(1)} %`;
  const bytes = ({ online, dealt }: StepTraffic) => 2 * online + dealt;
  console.log(
    `the sentinel takes ${more(watched.median, unwatched.median)} more time, ` +
      `${more(bytes(epoch.watched), bytes(epoch.unwatched))} more bytes, ` +
      `${epoch.watched.rounds - epoch.unwatched.rounds} rounds more an epoch`,
  );
}

function printTraffic({ rounds, online, dealt }: StepTraffic): void {
  const kilobytes = (bytes: number) => `${digits(bytes / 1000)} kB`;
  console.log(
    `\na step on shares: ${digits(rounds)} rounds, ${kilobytes(online)} sent by each party, ${kilobytes(dealt)} dealt`,
  );
}
