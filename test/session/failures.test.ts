/** When a role dies, fails or falls silent, the session ends with an error that says who, and no worker is left. */

import { wrap } from 'comlink';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cores } from '#host';
import { startRole } from '#threads';
import { compileKernels } from '../../bindings/module.js';
import { JobError, ProtocolError, revive } from '../../src/errors.js';
import { Doorbell, RingWriter } from '../../src/links/ring-buffer.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { RoleApi } from '../../src/role/starter.js';
import { resolveOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { bootsOf } from '../world/boots.js';
import { workersLeft } from '../world/workers.js';

/** A value that must not turn up in any message. */
const SECRET = 31.4159;

/** What `work` rejects with; it must not tell the secret, nor may its causes. */
async function failureOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      assert.not(/4159|12867|12868|5708|6434/.test(`${cause.message} ${cause.stack}`), cause.message); // nor its ring words
    }
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** A model in training on secret values, for long enough to be interrupted. */
function train(session: Session, onStart: () => void): Promise<unknown> {
  const rows = 64;
  const x = session.share(Array(rows * 8).fill(SECRET / 20), { shape: [rows, 8], owner: 'alice' });
  const y = session.share(Array(rows * 2).fill(0.5), { shape: [rows, 2], owner: 'bob' });
  const model = sequential([dense({ units: 16, inputShape: [8], activation: 'relu' }), dense({ units: 2 })]);
  model.compile({ optimizer: sgd({ learningRate: 2 ** -7 }), loss: 'meanSquaredError', metrics: [] });
  const onEpochEnd = (epoch: number) => {
    if (epoch === 0) onStart();
  };
  return model.fit(x, y, { epochs: 10_000, batchSize: 8, callbacks: { onEpochEnd } });
}

for (const victim of ['alice', 'bob', 'provider']) {
  test(`${victim} killed in the middle of a training: fit ends with an error that names it`, async () => {
    const before = workersLeft();
    const session = await createSession({ ring: 32, threads: 0 });
    const tensor = session.share([SECRET]);
    const error = await failureOf(() =>
      train(session, () => setTimeout(() => session.roles.kill(victim), 20)),
    );
    assert.instance(error, JobError);
    assert.match(error.message, new RegExp(`^${victim} failed: ${victim} stopped`));
    assert.ok(session.roles.ended);
    assert.is(await failureOf(() => tensor.reveal()), error, 'whoever asks later is told the same');
    assert.throws(
      () => session.share([1]),
      (late: Error) => late === error,
    );
    await session.close();
    assert.is(workersLeft(), before, 'no worker is left');
  });
}

test('every call that waits is told when a role dies', async () => {
  const session = await createSession({ ring: 32, threads: 0 });
  const x = session.share(Array(50_000).fill(1));
  const waiting = [x.mul(x).reveal(), x.relu().reveal(), session.ready(), session.roles.totals()];
  const failures = Promise.all(waiting.map((promise) => failureOf(() => promise)));
  session.roles.kill('bob');
  for (const error of await failures) assert.match(error.message, /^bob failed/);
  await session.close();
});

test('a command that fails at the roles says which one failed where, and ends the session', async () => {
  const before = workersLeft();
  const session = await createSession({ ring: 32, threads: 0 });
  session.share([SECRET]);
  const error = await failureOf(() =>
    session.roles.call({ name: 'relu', in: [12_345], out: 99, args: null }),
  );
  assert.instance(error, TypeError);
  assert.match(error.message, /^the tensor has been disposed \((alice|bob|provider), relu, operation \d+\)$/);
  assert.ok(session.roles.ended);
  await session.close();
  assert.is(workersLeft(), before);
});

test('a party that brings no values for its part is named', async () => {
  const session = await createSession({ ring: 32, threads: 0 });
  const error = await failureOf(() =>
    session.roles.call(
      { name: 'aggregate', args: { clients: [], words: 1, length: 1 } },
      { alice: BigInt64Array.of(314_159n) },
    ),
  );
  assert.match(error.message, /^aggregate: bob brought no values/);
  await session.close();
});

test('a silent peer is given up after the timeout, with who waited for whom', async () => {
  const before = workersLeft();
  const settings = resolveOptions({ timeout: 300, threads: 0, parties: ['alice', 'bob', 'carol'] }, cores());
  const records = bootsOf(settings, await compileKernels());
  // bob is linked like the others but never starts
  const workers = records.filter(({ name }) => name !== 'bob').map((boot) => startRole(boot, boot.name));
  const [alice, carol, provider] = workers.map((worker) => wrap<RoleApi>(worker.endpoint));
  const start = performance.now();
  const failures = await Promise.all([alice, carol, provider].map((role) => failureOf(() => role.start())));
  assert.ok(performance.now() - start < 5000);
  const messages = failures
    .map((error) => revive(error))
    .map((error) => {
      assert.instance(error, ProtocolError);
      return error.message;
    });
  assert.match(messages[0], /^alice waited for bob for 0\.3 s at operation 0/);
  assert.match(messages[1], /^carol waited for (alice|bob) for 0\.3 s at operation 0/);
  assert.match(messages[2], /^provider waited for (alice|bob) for 0\.3 s at operation 0/);
  await Promise.all(workers.map((worker) => worker.stop()));
  assert.is(workersLeft(), before);
});

test('a peer that sends garbage is out of step: the role that reads it says so and stops', async () => {
  const before = workersLeft();
  const settings = resolveOptions({ timeout: 5000, threads: 0 }, cores());
  const [boot] = bootsOf(settings, await compileKernels());
  const fromBob = boot.links.find(({ peer }) => peer === 'bob')?.incoming as SharedArrayBuffer;
  const bob = new RingWriter(fromBob, new Doorbell(boot.bell));
  bob.write(new Uint8Array(200).fill(0x5a), 0);
  bob.publish();
  const worker = startRole(boot, boot.name);
  const error = revive(await failureOf(() => wrap<RoleApi>(worker.endpoint).start()));
  assert.instance(error, ProtocolError);
  assert.match(
    error.message,
    /^alice and bob are out of step: expected operation 0 with 32 bytes, got operation \d+/,
  );
  await worker.stop();
  assert.is(workersLeft(), before);
});

test('a kill of a role that does not exist is a mistake of the caller', async () => {
  const session = await createSession({ ring: 32, threads: 0 });
  assert.throws(() => session.roles.kill('mallory'), /no role named mallory/);
  await session.close();
});

test('errors keep their class on the way from a worker', () => {
  for (const kind of [TypeError, RangeError, ProtocolError, JobError]) {
    const posted = new Error('out of range');
    posted.name = kind.name;
    const revived = revive(posted);
    assert.instance(revived, kind);
    assert.is(revived.message, 'out of range');
  }
  assert.instance(revive('a string'), JobError);
});

test.run();
