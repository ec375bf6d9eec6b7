/** A client in a process of its own: it brings rows over TLS and is gone long before the others are done. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession } from '../../src/testing.js';
import { errorAt, RolesOnNetwork, runOverNetwork, valueAt } from '../world/network.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train } = wineFold(2);
const NAMES = ['alice', 'bob', 'provider', 'owner', 'clinic'];
const OPTIONS = { parties: ['alice', 'bob'], clients: ['clinic'], ring: 32 as const, threads: 0 };
const SEED = { seed: 8 };

async function program(session: Session) {
  const own = (values: ArrayLike<number>) => (session.isHere('clinic') ? Float32Array.from(values) : null);
  const { rows } = train;
  const x = await session.shareRows([{ owner: 'clinic', values: own(train.x), rows }], [13]);
  const y = await session.shareRows([{ owner: 'clinic', values: own(train.y), rows }], [3]);
  if (await session.leave('clinic')) return null;
  const model = sequential(wineLayers());
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { batchSize: 8, epochs: 4, seed: 3 });
  const weights = await model.weights();
  return weights?.map((values) => [...values]) ?? null;
}

test('a client that has left is missed by nobody', async () => {
  const whole = await createTestSession(OPTIONS, SEED);
  const one = await program(whole);
  await whole.close();
  const roles = await RolesOnNetwork.of(NAMES);
  const heartbeat = 2;
  const outcomes = await runOverNetwork({
    roles,
    options: OPTIONS,
    testing: SEED,
    own: () => ({ heartbeat }),
    program: async (session, here) => {
      const value = await program(session);
      // longer than a role may be out of reach
      if (here[0] !== 'clinic') await new Promise((resolve) => setTimeout(resolve, 1500 * heartbeat));
      return value;
    },
  });
  assert.equal(valueAt(outcomes, 'owner'), one);
  for (const role of ['alice', 'bob', 'provider', 'clinic']) assert.is(valueAt(outcomes, role), null);
});

test('a client that is gone before it has left is named', async () => {
  const roles = await RolesOnNetwork.of(NAMES);
  const outcomes = await runOverNetwork({
    roles,
    options: OPTIONS,
    own: () => ({ heartbeat: 2 }),
    program: async (session, here) => {
      if (here[0] === 'clinic') throw new RangeError('no rows today');
      return program(session);
    },
  });
  for (const role of ['alice', 'bob', 'owner'])
    assert.match(errorAt(outcomes, role), /clinic.*no rows today/);
  for (const role of ['provider', 'owner']) assert.match(errorAt(outcomes, role), /no rows today/);
});

test.run();
