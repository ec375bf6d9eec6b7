/** model.dryRun and the ring that it chooses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RangeExceeded } from '../../src/errors.js';
import { adam, dense, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { DryRunReport } from '../../src/session/dry-run-report.js';
import { resolveOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';

const ROWS = 64;

/** A model of one linear layer, 3 → 2. */
function modelOf(optimizer: OptimizerConfig = sgd({ learningRate: 0.125 })) {
  const model = sequential([dense({ units: 2, inputShape: [3] })]);
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: [] });
  return model;
}

const rows = (scale: number): number[][] =>
  Array.from({ length: ROWS }, (_, i) => [1, -1, 0.5].map((x, j) => scale * x * (1 + ((i + j) % 4)) * 0.25));
const labels = Array.from({ length: ROWS }, (_, i) => [i % 2, 1 - (i % 2)]);

test('the largest numbers are those of the first step, computed by hand', async () => {
  const model = modelOf();
  model.setWeights([Float32Array.of(1, 0, 0, 1, 0, 0), Float32Array.of(0, 0)]);
  // every row is (2, −3, 1) and wants (0, 0): z = (2, −3), ∂z = (2, −3), ∂W = 4 · x ∂z, largest 4 · 9
  const x = Array.from({ length: 4 }, () => [2, -3, 1]);
  const y = Array.from({ length: 4 }, () => [0, 0]);
  for (const ring of [32, 64] as const) {
    const report = await model.dryRun(x, y, { ring, batchSize: 4 });
    const largest = Object.fromEntries(report.peaks.map(({ kind, largest }) => [kind, largest]));
    const unit = 2 ** -8; // differences are rounded
    assert.ok(Math.abs(largest.product - 3) < unit, String(report));
    assert.ok(Math.abs(largest.loss - 3) < unit, String(report));
    assert.ok(Math.abs(largest.update - 36) < 12 * unit, String(report));
    assert.ok(report.fits && report.ring === ring);
    assert.match(String(report), /update +3\d/);
  }
});

test('ring 32 where it holds the training, else 64, else none; with what is too large', async () => {
  const small = await modelOf().dryRun(rows(1), labels, { batchSize: 16, epochs: 2 });
  assert.equal([small.ring, small.fits], [32, true]);
  assert.match(small.reason, /dry run of \d+ steps leaves \d+\.\d bits/);

  const wide = await modelOf(sgd({ learningRate: 2 ** -13 })).dryRun(rows(50), labels, { batchSize: 16 });
  assert.equal([wide.ring, wide.fits], [64, true], String(wide));
  assert.match(wide.reason, /ring 32 is too narrow: layer 0 \(dense\), \w+: .* of head-room/);
  assert.ok(wide.alternatives.includes('ring 64'));

  const unscaled = await modelOf(sgd({ learningRate: 2 ** -24 })).dryRun(rows(500), labels, {
    batchSize: 16,
  });
  assert.equal([unscaled.ring, unscaled.fits], [64, true], String(unscaled));
  assert.match(unscaled.reason, /inputs reach 500/);

  const diverging = await modelOf(sgd({ learningRate: 500 })).dryRun(rows(3), labels, {
    batchSize: 16,
    epochs: 8,
  });
  assert.is(diverging.fits, false, String(diverging));
  assert.throws(
    () => resolveOptions({ dryRun: diverging }, 2),
    (error: unknown) => error instanceof RangeExceeded && /layer 0 \(dense\)/.test(error.message),
  );
});

test('a sum that wraps to nothing in ring 32 is seen as large as it is', async () => {
  // 32 rows of 32 that want 2 of a layer of zeros: Σ x·∂z is −2,048, which is 0 modulo what ring 32 holds at these scales;
  // rounding with coins moves it by one now and then
  const model = sequential([dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: sgd({ learningRate: 2 ** -8 }), loss: 'meanSquaredError' });
  model.setWeights([Float32Array.of(0), Float32Array.of(0)]);
  const [x, y] = [32, 2].map((value) => Array.from({ length: 32 }, () => [value]));
  const report = await model.dryRun(x, y, { batchSize: 32, ring: 32 });
  const update = report.peaks.find(({ kind }) => kind === 'update');
  assert.ok(Math.abs((update?.largest ?? 0) - 2048) <= 4, String(report));
  assert.is(report.fits, false);
});

test('an owner with fewer rows than a batch stands for a whole one', async () => {
  const model = modelOf();
  const update = async (count: number) => {
    const report = await model.dryRun(rows(1).slice(0, count), labels.slice(0, count), { batchSize: 64 });
    assert.is(report.chosen.batchSize, 64);
    return report.peaks.find(({ kind }) => kind === 'update')?.largest ?? 0;
  };
  const [few, all] = [await update(8), await update(64)];
  assert.ok(Math.abs(few - all) < 0.05 * all, `${few}, ${all}`);
});

test('an optimizer that ring 32 does not have takes ring 64', async () => {
  const report = await modelOf(adam()).dryRun(rows(1), labels);
  assert.equal([report.ring, report.fits], [64, true]);
  assert.match(report.reason, /adam needs the range of ring 64/);
});

test('settings that would do are named, and they do', async () => {
  const model = modelOf(sgd({ learningRate: 2 ** -13 }));
  const report = await model.dryRun(rows(55), labels, { batchSize: 64 });
  assert.is(report.ring, 64, String(report));
  for (const name of report.alternatives) {
    const [, option, value] = /ring 32 with (\w+): (\d+)/.exec(name) ?? [];
    if (!option) continue;
    const again = await model.dryRun(rows(55), labels, { batchSize: 64, ring: 32, [option]: Number(value) });
    assert.ok(again.fits, name);
  }
  assert.ok(report.alternatives.length > 0);
});

test('a sample within bounds stands for rows, and made-up labels for labels', async () => {
  const model = modelOf(momentum({ learningRate: 0.125 }));
  const bounds = { low: [-1, -1, 0], high: [1, 1, 2], rows: 128 };
  assert.ok((await model.dryRun(bounds, null)).fits);
  const wild = await model.dryRun({ low: [0, 0, 0], high: [1, 1, 60] }, { low: [0, 0], high: [1, 1] });
  assert.is.not(wild.ring, 32, String(wild));
});

test('rows that do not fit the model are refused, by name', async () => {
  const model = modelOf();
  const refusals: [() => Promise<unknown>, RegExp][] = [
    [() => model.dryRun([1, 2], labels), /dryRun: x: 2 numbers are no whole rows of 3/],
    [() => model.dryRun([], labels), /dryRun: x/],
    [() => model.dryRun(rows(1), [[1, 0]]), /dryRun: y: expected 64 rows of 2, got 2 numbers/],
    [() => model.dryRun([[1, Number.NaN, 2]], [[1, 0]]), /dryRun: x: number 1 is not finite/],
    [
      () => model.dryRun({ low: [0], high: [1] }, null),
      /dryRun: x: low and high must be 3 finite numbers each/,
    ],
    [() => model.dryRun('rows' as never, labels), /dryRun: x must be rows of numbers/],
    [
      () => sequential([dense({ units: 2, inputShape: [3] })]).dryRun(rows(1), labels),
      /dryRun: compile the model first/,
    ],
  ];
  for (const [refused, message] of refusals) {
    try {
      await refused();
      assert.unreachable(String(message));
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  }
});

test('a session takes 64 bits, what its dry run says, or what it is told', async () => {
  const of = (options: Parameters<typeof resolveOptions>[0]) => {
    const { ring, fractionBits, ringReason } = resolveOptions(options, 2);
    return [ring, fractionBits, ringReason] as const;
  };
  assert.equal(of({}), [64, 20, 'no dry run of a training']);
  assert.equal(of({ ring: 'auto' }), [64, 20, 'no dry run of a training']);
  assert.equal(of({ ring: 32 }), [32, 12, 'asked for']);
  const dryRun = await modelOf().dryRun(rows(1), labels, { fractionBits: 11 });
  assert.ok(dryRun instanceof DryRunReport);
  assert.equal(of({ dryRun }), [32, 11, dryRun.reason]);
  assert.equal(of({ dryRun, ring: 64 }), [64, 20, 'asked for']);
  assert.equal(of({ dryRun, ring: 32 }), [32, 11, 'asked for']);
  assert.throws(
    () => of({ dryRun: {} as never }),
    /createSession: dryRun must be what model.dryRun resolves to/,
  );
});

test.run();
