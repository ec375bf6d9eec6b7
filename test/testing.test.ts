/** The entry point for tests: what it adds to a session, and that users' sessions know nothing of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as published from '../src/index.js';
import { dense, sequential } from '../src/index.js';
import { sgd } from '../src/model/describe.js';
import { createTestSession, type TestOptions, transcriptsOf } from '../src/testing.js';

/** The package by its own name, as its users import it. */
const imported = async (name: string): Promise<Record<string, unknown>> => import(name);

test('beaverdam/testing is an entry point of its own, and beaverdam holds nothing of it', async () => {
  assert.equal(Object.keys(await imported('beaverdam/testing')).sort(), [
    'createTestSession',
    'sharedLinks',
    'transcriptsOf',
  ]);
  assert.equal(Object.keys(await imported('beaverdam')).sort(), Object.keys(published).sort());
  for (const name of ['createTestSession', 'sharedLinks', 'transcriptsOf'])
    assert.not.ok(name in published, name);
});

test('a test session may record what parties see and open sums over one row; without options it does not', async () => {
  const x = (session: published.Session) => session.share([[1, -2]]);
  const open = await createTestSession({ threads: 0, ring: 64 }, { leastRows: 1, transcripts: true });
  const model = sequential([dense({ units: 1, inputShape: [2] })]);
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'meanSquaredError', metrics: [] });
  model.setWeights([Float32Array.of(1, 0.5), Float32Array.of(0)]);
  const { loss } = await model.evaluate(x(open), open.share([[3]]));
  assert.ok(Math.abs(loss - 9) < 1e-3, `(0 - 3)² is ${loss}`);
  assert.ok(((await transcriptsOf(open)).get('bob') ?? []).length > 0);
  await open.close();

  const closed = await createTestSession({ threads: 0 });
  assert.is(closed.settings.leastRows, 10);
  await x(closed).square().reveal();
  assert.equal((await transcriptsOf(closed)).get('bob'), []);
  await closed.close();
});

for (const [options, kind, message] of [
  [{ seed: -1 }, RangeError, /^createTestSession: seed must be an integer from 0 to/],
  [{ seed: '1' }, TypeError, /seed must be a number/],
  [{ leastRows: 0 }, RangeError, /leastRows must be an integer from 1/],
  [{ transcripts: 1 }, TypeError, /transcripts must be true or false/],
  [{ oneLine: 1 }, TypeError, /oneLine must be true or false/],
  [{ Seed: 1 }, TypeError, /unknown option "Seed"/],
] as const) {
  test(`${JSON.stringify(options)} is refused`, async () => {
    try {
      await createTestSession({}, options as TestOptions);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, message);
    }
  });
}

test.run();
