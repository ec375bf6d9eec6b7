/** Tensors, sessions and models print as what they are and never as what they hold; `using` frees them. */
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession } from '../../src/session/session.js';

const session = await createSession({ threads: 0 });
test.after(() => session.close());

/** A number that must not turn up. */
const SECRET = 987.654321;

test('a tensor prints its shape and its parties, and no value', () => {
  const x = session.share([
    [SECRET, 1, 2],
    [3, 4, 5],
  ]);
  assert.is(inspect(x), 'SecureTensor [2, 3] of alice, bob');
  assert.is(String(x), 'SecureTensor [2, 3] of alice, bob');
  assert.is(inspect({ x: [x.sum()] }), '{ x: [ SecureTensor [] of alice, bob ] }');
  x.dispose();
  assert.is(inspect(x), 'SecureTensor [2, 3] of alice, bob (disposed)');
});

test('a session and a model print in a line', async () => {
  assert.is(inspect(session), 'Session of alice, bob (ring 64, 20 fraction bits)');
  const closed = await createSession({ parties: ['a', 'b', 'c'], ring: 32, threads: 0 });
  await closed.close();
  assert.is(inspect(closed), 'Session of a, b, c (ring 32, 12 fraction bits, closed)');
  const hidden = dense({ units: 16, inputShape: [13], activation: 'relu' });
  const model = sequential([hidden, dense({ units: 3 })]);
  assert.is(inspect(model), 'Sequential [13] → [3], 2 layers, 275 parameters');
  const line = sequential([dense({ units: 1, inputShape: [2] })]);
  line.setWeights([Float32Array.of(SECRET, 1), Float32Array.of(0)]);
  assert.is(inspect(line), 'Sequential [2] → [1], 1 layer, 3 parameters');
});

test('using frees tensors and models at the end of the block, also when it fails', async () => {
  const live = async () => {
    await session.ready();
    return [...(await session.memoryUse()).values()].map((use) => use.live);
  };
  const before = await live();
  const work = () => {
    using x = session.share([1, 2]);
    using y = x.mul(2);
    using model = sequential([dense({ units: 1, inputShape: [2] })]);
    const rows = y.reshape([1, 2]);
    const outputs = model.predict(rows);
    assert.not.ok(x.disposed || y.disposed);
    for (const tensor of [rows, outputs]) tensor.dispose();
    throw new RangeError('my own mistake');
  };
  assert.throws(work, /my own mistake/);
  assert.equal(await live(), before);
});

test.run();
