/** Models that no role can hold are refused by the layer's name; what the others need is known at once, without their weights. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  averagePooling2d,
  conv2d,
  dense,
  flatten,
  maxPooling2d,
  momentum,
  type OptimizerConfig,
  sequential,
  sgd,
} from '../../src/index.js';
import { planModel } from '../../src/model/plan.js';
import { MOST_NUMBERS } from '../../src/model/size.js';
import { type SummaryOptions, summarize } from '../../src/nn/summary.js';
import { withSession } from '../world/sessions.js';

const REFUSED: readonly [string, () => unknown, RegExp][] = [
  [
    'units',
    () => sequential([dense({ units: 1e9, inputShape: [2] })]),
    /^layer 0 \(dense\): 3,000,000,000 param/,
  ],
  [
    '20,000 × 20,000',
    () => sequential([dense({ units: 20_000, inputShape: [20_000], useBias: false })]),
    /^layer 0 \(dense\): 400,000,000 parameters up to here, at most 268,435,456 are possible: .* at least 6\.4 GB of the 4 GiB/,
  ],
  [
    'many layers',
    () => sequential(Array.from({ length: 4 }, () => dense({ units: 1e4, inputShape: [1e4] }))),
    /^layer 2 \(dense\): 300,030,000 parameters/,
  ],
  [
    'an input',
    () => sequential([flatten({ inputShape: [2 ** 40] })]),
    /^layer 0 \(flatten\): \[1099511627776\] inputs in a row/,
  ],
  [
    'a kernel',
    () => sequential([conv2d({ filters: 1, kernelSize: 1e9, padding: 'same', inputShape: [8, 8, 1] })]),
    /^layer 0 \(conv2d\): .* parameters/,
  ],
  [
    'filters of few parameters',
    () => sequential([conv2d({ filters: 1e6, kernelSize: 1, inputShape: [100, 100, 1] })]),
    /^layer 0 \(conv2d\): \[100,100,1000000\] outputs in a row/,
  ],
  ...[maxPooling2d, averagePooling2d].map((pooling): [string, () => unknown, RegExp] => [
    'a pooling window',
    () => sequential([pooling({ poolSize: 1e9, padding: 'same', inputShape: [8, 8, 1] })]),
    /^layer 0 \(\w+\): poolSize .* at most 1,048,576 places$/,
  ]),
];

for (const [name, work, pattern] of REFUSED) {
  test(`absurd: ${name}`, () => {
    assert.throws(work, (error: Error) => {
      assert.instance(error, RangeError);
      assert.match(error.message, pattern);
      return true;
    });
  });
}

const setting: SummaryOptions = {
  ring: 32,
  fractionBits: 12,
  parties: 2,
  batchSize: 2,
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.25 }),
};

test('the largest model that may be is summed up without room for its weights', () => {
  const side = 2 ** 14;
  assert.is(side * side, MOST_NUMBERS);
  const config = { inputShape: [side], layers: [dense({ units: side, useBias: false })] };
  assert.is(planModel(config).layers.length, 1);
  const before = process.memoryUsage().arrayBuffers;
  const { parameters, memory, step } = summarize(planModel(config), setting);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26, 'no array of weights was made');
  assert.is(parameters, MOST_NUMBERS);
  // four words a weight, and the s bits of its step that are sent, packed
  assert.ok(
    memory.step >= 4 * 4 * MOST_NUMBERS && memory.step < 4.85 * 4 * MOST_NUMBERS,
    String(memory.step),
  );
  assert.is(step.rounds > 0, true);
});

test('the memory that a dry run tells is what a party holds at its peak', async () => {
  for (const [ring, optimizer] of [
    [32, sgd({ learningRate: 0.25 })],
    [64, momentum({ learningRate: 0.25 })],
    [32, sgd({ learningRate: 0.25, clipValue: 1 })],
  ] as readonly [32 | 64, OptimizerConfig][]) {
    await withSession({ ring }, async (session) => {
      const side = 512;
      const rows = 16;
      const layers = [dense({ units: side, inputShape: [side], useBias: false, activation: 'relu' })];
      const model = sequential(layers);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const x = session.share(new Float32Array(rows * side), { shape: [rows, side] });
      await model.fit(x, x, { batchSize: rows });
      const { peak } = (await session.roles.memoryUse()).get('bob') as { peak: number };
      const { memory } = model.summary({ ring, batchSize: rows });
      // blocks come in classes up to a quarter larger, and the data set is there as well
      assert.ok(peak > 0.9 * memory.step && peak < 1.4 * memory.step, `${peak}, told ${memory.step}`);
    });
  }
});

test('a batch that no party can hold is refused with the layer, and the session goes on', async () => {
  await withSession({ ring: 64 }, async (session) => {
    const wide = sequential([
      conv2d({ filters: 2000, kernelSize: 1, inputShape: [64, 64, 1] }),
      averagePooling2d({ poolSize: 64 }),
      flatten(),
    ]);
    wide.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
    const rows = 64;
    const x = session.share(new Float32Array(rows * 4096), { shape: [rows, 64, 64, 1] });
    const y = session.share(new Float32Array(rows * 2000), { shape: [rows, 2000] });
    const pattern =
      /^(fit|predict): layer 0 \(conv2d\) takes most of the .* for a batch of 64 in ring 64; .* 4 GiB: use a smaller batch/;
    const failure = async (work: () => unknown) => {
      try {
        await work();
      } catch (error) {
        return error as Error;
      }
      return assert.unreachable('it was accepted') as never;
    };
    for (const work of [() => wide.fit(x, y, { batchSize: 1e6 }), () => wide.predict(x)]) {
      const error = await failure(work);
      assert.instance(error, RangeError);
      assert.match(error.message, pattern);
    }
    assert.is((await session.share([1]).add(1).reveal())[0], 2);
  });
});

test.run();
