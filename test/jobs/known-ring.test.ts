import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fashionMnistJob, wineJob } from '../../src/jobs/index.js';
import { dryRunOf } from '../../src/jobs/run.js';
import { LEAST_HEAD_ROOM } from '../../src/nn/dry-run.js';

const test = suite('known ring');

test('what is known of built-in trainings is what a dry run finds', async () => {
  for (const job of await Promise.all([wineJob(), fashionMnistJob()])) {
    assert.is(job.session.ring, 32, job.title);
    const found = await dryRunOf('test', { ...job, session: { ring: 'auto' } });
    assert.is(found.ring, 32, job.title);
    const least = Math.min(...found.peaks.map(({ headRoom }) => headRoom));
    assert.ok(least >= LEAST_HEAD_ROOM, `${job.title}: ${least} bits`);
  }
});

test('nothing is known where other numbers are asked for', async () => {
  for (const options of [
    { fold: 1 },
    { seed: 618, fold: 3 },
    { parties: 3 },
    { epochs: 6 },
    { batchSize: 4 },
    { hidden: [17] },
    { learningRate: 0.5 },
  ]) {
    assert.is((await wineJob(options)).session.ring, 'auto', JSON.stringify(options));
  }
  for (const options of [{ seed: 1 }, { images: 320 }, { model: 'lenet' as const }, { learningRate: 1.25 }]) {
    assert.is((await fashionMnistJob(options)).session.ring, 'auto', JSON.stringify(options));
  }
});

test('a ring that is asked for is taken, and defaults that are said are defaults', async () => {
  assert.is((await wineJob({ ring: 64 })).session.ring, 64);
  assert.is((await wineJob({ ring: 'auto', hidden: [16], epochs: 5 })).session.ring, 32);
});

test.run();
