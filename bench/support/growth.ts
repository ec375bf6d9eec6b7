/** How a step grows with a network's width: on shares in both rings, beside TensorFlow.js in clear. */
import type { Dataset } from '../../src/data/index.js';
import { sgd } from '../../src/index.js';
import { interleave, type Runner } from './interleave.js';
import { digits, duration, printTable } from './table.js';
import { inTensorFlow, onShares, perceptron, stepsOf, type Training } from './trainers.js';

const WIDTHS = [128, 256, 512, 1024, 2048];

/** Prints the time of a step of 784-w-w-10 in batches of 128. */
export async function benchGrowth(data: Dataset, rounds: number): Promise<void> {
  const rows: string[][] = [];
  for (const width of WIDTHS) {
    const training: Training = {
      title: '',
      layers: perceptron(784, width, width, 10),
      loss: 'meanSquaredError',
      data,
      batchSize: 128,
      epochs: 1,
      optimizer: sgd({ learningRate: 0.125 }),
    };
    const runners: Runner[] = [];
    try {
      for (const ring of [32, 64] as const) runners.push((await onShares(training, { ring })).runner);
      const clear = await inTensorFlow(training, 'wasm');
      if (clear) runners.push(clear);
      const [narrow, wide, inClear] = (await interleave(runners, Math.min(rounds, 3), { twice: true })).map(
        ({ median }) => median / stepsOf(training),
      );
      const over = (own: number) => (inClear ? [duration(own), digits(own / inClear)] : [duration(own), '–']);
      rows.push([String(width), ...over(narrow), ...over(wide), inClear ? duration(inClear) : '–']);
    } finally {
      for (const runner of runners) await runner.close?.();
    }
  }
  printTable(
    'A step of 784-w-w-10, batch 128, on shares and over TensorFlow.js (wasm) in clear',
    ['w', 'ring 32', 'over clear', 'ring 64', 'over clear', 'TensorFlow.js'],
    rows,
  );
}
