/** Sessions that are opened, used and closed again and again leave neither threads nor memory behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnStatistics, loadWine, standardise } from '../../src/data/index.js';
import {
  createSession,
  dense,
  type FitOptions,
  type SessionOptions,
  sequential,
  sgd,
} from '../../src/index.js';
import { workersLeft } from '../world/workers.js';

const ROUNDS = 20;
/** Rounds until the process has all that it keeps: compiled code, caches of the allocator. */
const SETTLED = 5;
/** Bytes by which it may grow in the rounds after that. A session that stays takes some 45 MB: four threads and their memories. */
const GROWTH = 100e6;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function residentBytes(): number {
  collect();
  return process.memoryUsage.rss();
}

/** A session that can train on Wine. */
async function start(options: SessionOptions) {
  const wine = await loadWine();
  const session = await createSession({ ring: 32, ...options });
  const x = session.share(standardise(wine.x, columnStatistics(wine.x, wine.features)), {
    owner: 'alice',
    shape: [wine.rows, wine.features],
  });
  const y = session.share(wine.y, { owner: 'bob', shape: [wine.rows, wine.classes] });
  const model = sequential([
    dense({ units: 16, activation: 'relu', inputShape: [wine.features] }),
    dense({ units: wine.classes }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.375 }), loss: 'meanSquaredError' });
  const fit = (epochs: number, callbacks: FitOptions['callbacks'] = {}) =>
    model.fit(x, y, { epochs, batchSize: 8, callbacks });
  return { session, fit };
}

/** Two sessions at once: one is closed after its training, the other is stopped in the middle of one. */
async function round(): Promise<void> {
  const stop = new AbortController();
  const [one, other] = await Promise.all([start({ threads: 1 }), start({ signal: stop.signal })]);
  const stopped = other.fit(10_000, { onEpochEnd: () => stop.abort() }).then(
    () => 'came to its end',
    (error: Error) => error.name,
  );
  await one.fit(2);
  await one.session.close();
  assert.is(await stopped, 'JobError');
  await other.session.close();
}

test('twenty rounds of two sessions, one closed and one stopped while it trains, leave no thread and no memory', async () => {
  const before = workersLeft();
  const sizes: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    await round();
    assert.is(workersLeft(), before, `after round ${i + 1}`);
    sizes.push(residentBytes());
  }
  const grown = sizes[ROUNDS - 1] - sizes[SETTLED - 1];
  assert.ok(grown < GROWTH, `grown by ${grown} bytes: ${sizes}`);
});

test.run();
