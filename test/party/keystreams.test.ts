/**
 * No part of a keystream is used twice: not in any operation, not in trainings, not across tiles, chunks and ratchets. Each
 * region belongs to the two roles that share its key, and each of them uses it once. Planted faults, alike at all roles
 * so that every result stays right, show that the check sees what no other test would.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../src/model/config.js';
import { adam, conv2d, dense, flatten, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { losses } from '../../src/nn/loss.js';
import { countHits, roundedLabels } from '../../src/nn/metrics.js';
import { Sentinel } from '../../src/nn/sentinel.js';
import { together } from '../../src/party/program.js';
import { Purpose, SEED_BYTES } from '../../src/party/streams.js';
import { aggregate } from '../../src/protocol/aggregate.js';
import { input } from '../../src/protocol/input.js';
import { open } from '../../src/protocol/open.js';
import { saved } from '../../src/protocol/saved.js';
import { functionOperations, longRowOperations } from '../world/function-operations.js';
import { loggingTo, type Misplace, reuse, type Use } from '../world/logged-streams.js';
import { drawn, drawnWeights, encoded, SteppedModel } from '../world/model-steps.js';
import { operations } from '../world/operations.js';
import { Parties } from '../world/parties.js';
import { type Bits, RINGS } from '../world/ring.js';
import { scoreOperations } from '../world/score-operations.js';

interface Logged {
  readonly world: Parties;
  readonly log: Use[];
}

function logged(parties: number, bits: Bits, misplace?: Misplace, helped = false, oneKey = false): Logged {
  const log: Use[] = [];
  const streams = loggingTo(log, misplace);
  const providerSeed = () => new Uint8Array(SEED_BYTES).fill(9);
  const world = new Parties({ parties, bits, streams, helped, taped: true, ...(oneKey && { providerSeed }) });
  return { world, log };
}

/** Every operation once, on vectors of `count` values. */
function runAll({ world }: Logged, all: readonly (typeof operations)[number][], count: number): void {
  for (const operation of all) {
    world.scoped(() => world.run(operation.prepare(world, world.integers(5, count))));
  }
}

/** Every party's numbers, shared by each owner in turn and opened. */
function shareAll({ world }: Logged, count: number): void {
  for (const owner of world.parties) {
    world.scoped(() => {
      const values = world.integers(8, count);
      const shares = world.each((rt) =>
        input(rt, owner.name, rt === owner ? world.words(rt, values) : null, [count], 0),
      );
      world.each((rt, role) => saved(rt, shares[role]));
      world.run((rt, role) => open(rt, shares[role]));
    });
  }
}

/** Joint sums, up to the point where their frames would cross. */
function aggregateAll({ world }: Logged): void {
  world.provider.run(aggregate(world.provider, undefined, 2, []));
  for (const party of world.parties) {
    const sums = aggregate(party, BigInt64Array.of(1n, 2n), 2, []);
    assert.throws(() => party.run(sums), /has not announced/);
  }
}

const CLASSES = 3;
const CONV: ModelConfig = {
  inputShape: [6, 6, 1],
  layers: [
    conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }),
    flatten(),
    dense({ units: 300, activation: 'sigmoid' }), // 9,600 weights: more than one tile
    dense({ units: CLASSES, activation: 'softmax' }),
  ],
};

/** Two epochs with loss and hits, keys moved on after each, then a prediction. */
function train({ world }: Logged, optimizer: OptimizerConfig): void {
  const rows = 4;
  const numbers = drawn(world, rows * 36, 1);
  const labels = Array.from({ length: rows * CLASSES }, (_, i) => (i % CLASSES === i % 4 ? 1 : 0));
  const model = new SteppedModel(world, CONV, drawnWeights(world, CONV, 0.1));
  const x = model.rows(numbers, rows, [6, 6, 1]);
  const t = world.masked(encoded(world, labels), world.fraction, [rows, CLASSES]);
  const hot = world.run((rt, role) => roundedLabels(rt, t[role], 0)).results;
  const gradientFraction = world.fraction;
  for (let epoch = 0; epoch < 2; epoch++) {
    world.each((rt) => {
      rt.watcher = new Sentinel(rt, epoch);
    });
    for (let step = 0; step < 2; step++) {
      const count = 2 * epoch + step + 1;
      const pass = { training: true, step: count, seed: 1 };
      const plan = { rate: 2 ** -4, previousRate: 2 ** -4, exponent: 6, mean: 1 / rows, count };
      const { results } = world.run((_rt, role) =>
        model.models[role].step(x[role], t[role], {
          loss: 'softmaxCrossEntropy',
          optimizer,
          step: plan,
          pass,
          gradientFraction,
        }),
      );
      world.run((rt, role) =>
        together(
          (rt.watcher as Sentinel).alarms(),
          losses.softmaxCrossEntropy.total(rt, results[role], t[role]),
          countHits(rt, 'accuracy', results[role], hot[role], 0.5),
        ),
      );
    }
    world.each((rt) => {
      rt.watcher = null;
      rt.ratchet();
    });
  }
  model.predict(x);
}

const OPTIMIZERS: Record<Bits, OptimizerConfig[]> = {
  32: [sgd({ learningRate: 0.1 }), momentum({ learningRate: 0.1 })],
  64: [momentum({ learningRate: 0.1, nesterov: true }), adam({ learningRate: 0.01 })],
};

/** All that roles do, in one world, so that a use in one place may meet one in another. */
function everything(at: Logged): void {
  shareAll(at, 9000);
  aggregateAll(at);
  runAll(at, [...operations, ...functionOperations, ...scoreOperations], 130);
  runAll(at, longRowOperations, 640);
  at.world.each((rt) => rt.ratchet());
  const tiled = ['open of an unsettled share', 'rescale', 'truncate by 17 bits', 'relu', 'sigmoid', 'max'];
  runAll(
    at,
    [...operations, ...functionOperations].filter(({ name }) => tiled.includes(name)),
    20_000,
  );
  for (const optimizer of OPTIMIZERS[at.world.bits]) train(at, optimizer);
  for (let i = 0; i < 2; i++) {
    at.world.provider.ratchet(); // it has gone through what the parties leave out
    at.world.each((rt) => rt.startAnew());
    runAll(at, operations, 130);
    at.world.each((rt) => rt.ratchet());
    runAll(at, operations, 130);
  }
}

for (const bits of RINGS) {
  test(`ring ${bits}: no region of a keystream is used twice, but once by each of the two that share it`, () => {
    for (const [parties, helped] of [
      [2, false],
      [3, false],
      [2, true],
    ] as const) {
      const at = logged(parties, bits, undefined, helped);
      everything(at);
      assert.ok(at.log.length > 5000, `${at.log.length} uses`);
      for (const purpose of Object.values(Purpose)) assert.ok(at.log.some((use) => use.purpose === purpose));
      assert.is(reuse(at.world, at.log), null, `${parties} parties${helped ? ' with helpers' : ''}`);
    }
  });
}

/** The operations that a fault shows in, and how it reads. */
const FAULTS: Record<string, { misplace?: Misplace; oneKey?: boolean; says: RegExp }> = {
  'every tile is masked from the beginning of the stream': {
    misplace: ({ purpose }) => (purpose === Purpose.mask ? { start: 0 } : {}),
    says: /uses bytes 0 to \d+ of operation \d+ mask twice/,
  },
  'tiles of dealt shares overlap in one block': {
    misplace: ({ purpose, start }) => (purpose === Purpose.deal && start > 0 ? { start: start - 64 } : {}),
    says: /uses bytes \d+ to \d+ of operation \d+ deal twice/,
  },
  'operations near each other draw the same masks': {
    misplace: ({ purpose, operation }) =>
      purpose === Purpose.mask ? { operation: operation - (operation % 8) } : {},
    says: /of operation \d+ mask twice/,
  },
  'two parties share one key with the provider': { oneKey: true, says: /(\w+, ){2}\w+ use one key|twice/ },
};

for (const [name, { misplace, oneKey, says }] of Object.entries(FAULTS)) {
  test(`positive control: ${name}`, () => {
    const at = logged(2, 32, misplace, false, oneKey);
    runAll(
      at,
      operations.filter(({ name: own }) => own === 'open of an unsettled share' || own === 'rescale'),
      20_000,
    );
    assert.match(String(reuse(at.world, at.log)), says);
  });
}

test.run();
