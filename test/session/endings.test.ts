/** Every promise that a session hands out settles, whatever ends it and when: no silent end, no worker left. */
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { runCli } from '../cli/run.js';
import { withSession } from '../world/sessions.js';
import { workersLeft } from '../world/workers.js';

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'value',
    (error: Error) => error.message,
  );

const FAILING = { name: 'relu', in: [12_345], out: 99, args: null } as const;
const DISPOSED = /^the tensor has been disposed \((alice|bob|provider), relu, operation \d+\)$/;

const program = fileURLToPath(new URL('./exit-case.js', import.meta.url));
for (const [name, expected] of [
  ['killed in fit', /^bob failed: bob stopped \(exit code \d+\) \((during [a-zA-Z, …]+|while idle)\)$/],
  ['asked behind a batch that fails', DISPOSED],
  ['closed, then asked', /^the session is closed$/],
  ['nobody listens', DISPOSED],
] as const) {
  test(`a program that awaits at top level hears of the end: ${name}`, async () => {
    const { code, stdout, stderr } = await runCli([name], { script: program });
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout.trimEnd(), expected);
  });
}

test('calls queued behind a batch that fails are told its error', async () => {
  const session = await createSession({ threads: 0 });
  const x = session.share([1]);
  const asked = [outcome(session.roles.call(FAILING))];
  for (let tick = 0; tick < 3; tick++) {
    await Promise.resolve();
    asked.push(outcome(x.reveal()), outcome(session.roles.totals()), outcome(session.ready()));
  }
  const told = await Promise.all(asked);
  for (const message of told) assert.match(message, DISPOSED);
  assert.is(new Set(told).size, 1);
  await session.close();
});

test('of what is asked for around close, what came before has its value and what came after is refused', async () => {
  const before = workersLeft();
  for (let ticks = 0; ticks < 4; ticks++) {
    const session = await createSession({ threads: 0 });
    const x = session.share([1, 2]);
    const ask = (): Promise<string>[] =>
      [x.reveal(), session.ready(), session.roles.totals(), session.roles.memoryUse()].map(outcome);
    const early = ask();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    const closed = session.close();
    const late = ask();
    const again = session.close();
    assert.ok(session.roles.ended);
    x.dispose();
    assert.equal(
      await Promise.all(early),
      early.map(() => 'value'),
    );
    assert.equal(
      await Promise.all(late),
      late.map(() => 'the session is closed'),
    );
    await Promise.all([closed, again]);
    assert.is(workersLeft(), before);
  }
});

test('a failure while the session closes is told to what is left, and closing ends', async () => {
  const session = await createSession({ threads: 0 });
  const x = session.share(Array(50_000).fill(1));
  const asked = [x.relu().reveal(), session.roles.totals()].map(outcome);
  const closed = session.close();
  void session.roles.fail(new JobError('given up'));
  assert.equal(await Promise.all(asked), ['given up', 'given up']);
  await closed;
  assert.is(await outcome(x.reveal()), 'given up');
});

test('an error names the role that was killed, not the one that waited for it', async () => {
  const session = await createSession({ threads: 0, timeout: 3000 });
  const x = session.share(Array(1000).fill(1), { owner: 'bob' });
  await session.ready();
  session.roles.kill('bob');
  const asked = outcome(x.relu().reveal());
  await Promise.resolve();
  await Promise.resolve();
  // alice has waited in vain before this thread hears of anything
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500);
  assert.match(await asked, /^bob failed: bob stopped/);
  await session.close();
});

test('a session of which a role dies or fails while it starts is refused, and leaves no worker', async () => {
  const before = workersLeft();
  const started: Worker[] = [];
  const onWorker = (worker: Worker) => {
    // alice, bob, provider
    if (started.push(worker) === 2) void worker.terminate();
  };
  process.on('worker', onWorker);
  try {
    const died = await outcome(createSession({ threads: 0 }));
    assert.match(died, /^bob failed: bob stopped \(exit code \d+\) \(during start\)$/);
    assert.is(workersLeft(), before);
  } finally {
    process.off('worker', onWorker);
  }
});

test('what a callback throws while an epoch is under way is thrown by fit, and the session lives on', async () => {
  await withSession({ ring: 64 }, async (session: Session) => {
    const rows = 4096;
    const x = session.share(Array(rows * 8).fill(0.5), { shape: [rows, 8] });
    const y = session.share(Array(rows).fill(0.5), { shape: [rows, 1] });
    const model = sequential([
      dense({ units: 64, inputShape: [8], activation: 'relu' }),
      dense({ units: 1 }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
    const onProgress = () => {
      throw new RangeError('my own mistake');
    };
    const message = await outcome(model.fit(x, y, { epochs: 50, batchSize: 8, callbacks: { onProgress } }));
    assert.is(message, 'my own mistake');
    assert.is((await x.slice([0], [1]).reveal()).length, 8);
  });
});

test.run();
