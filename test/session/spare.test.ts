/** Threads that are started before it is known which role's they will be. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasSpare, keepSpare, startSpare, takeSpare } from '../../bindings/host/node-spare.js';
import { wantsSpare } from '../../src/cli/spare.js';
import { runJob, wineJob } from '../../src/jobs/index.js';
import { workersLeftSoon } from '../world/workers.js';

const test = suite('spare threads');

for (const mode of ['parallel', 'parties-in-turn'] as const) {
  test(`${mode}: the first role takes it, with the weights of any thread, and it ends with the session`, async () => {
    const job = { ...(await wineJob()), session: { ring: 32, mode } as const };
    keepSpare(startSpare());
    assert.ok(hasSpare());
    let taken = false;
    const spare = await runJob(job, {
      onStep: ({ step }) => {
        if (step === 'connect') taken = !hasSpare();
      },
    });
    assert.ok(taken);
    assert.is(await workersLeftSoon(), 0);
    const usual = await runJob(job);
    // roundings are at random, so some of the 36 rows may fall otherwise
    assert.ok(Math.abs(spare.accuracy - usual.accuracy) < 0.1);
    assert.equal(spare.costs.get('alice'), usual.costs.get('alice'));
  });
}

test('one that has ended is not taken', async () => {
  const worker = startSpare();
  keepSpare(worker);
  await Promise.all([once(worker, 'exit'), worker.terminate()]);
  assert.not.ok(hasSpare());
  assert.is(takeSpare(), null);
});

test('one that has ended before it is kept is not kept, and one that fails ends nothing else', async () => {
  const ended = startSpare();
  await ended.terminate();
  keepSpare(ended);
  assert.not.ok(hasSpare());
  const failing = startSpare();
  failing.ref();
  failing.postMessage(null); // which is no boot
  await new Promise((resolve) => failing.once('exit', resolve));
  keepSpare(failing);
  assert.not.ok(hasSpare());
});

test('it is taken once', async () => {
  const worker = startSpare();
  keepSpare(worker);
  assert.is(takeSpare(), worker);
  assert.is(takeSpare(), null);
  await worker.terminate();
});

test('it is for trainings of large steps', () => {
  assert.is(wantsSpare(['train', 'fashion-mnist', '--json']), availableParallelism() > 1);
  assert.not.ok(wantsSpare(['train', 'wine']));
  assert.not.ok(wantsSpare(['train', 'fashion-mnist', '--help']));
  assert.not.ok(wantsSpare(['summary', 'fashion-mnist']));
});

test.run();
