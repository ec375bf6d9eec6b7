/** A client in a process of its own: it brings rows over TLS and is gone long before the others are done. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTestSession } from '../../src/testing.js';
import { NAMES, OPTIONS, trainForClinic } from '../world/clinic.js';
import { errorAt, RolesOnNetwork, runOverNetwork, valueAt } from '../world/network.js';

const SEED = { seed: 8 };

test('a client that has left is missed by nobody', async () => {
  const whole = await createTestSession(OPTIONS, SEED);
  const one = await trainForClinic(whole);
  await whole.close();
  const roles = await RolesOnNetwork.of(NAMES);
  const heartbeat = 2;
  const outcomes = await runOverNetwork({
    roles,
    options: OPTIONS,
    testing: SEED,
    own: () => ({ heartbeat }),
    program: async (session, here) => {
      const value = await trainForClinic(session);
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
      return trainForClinic(session);
    },
  });
  for (const role of ['alice', 'bob', 'owner'])
    assert.match(errorAt(outcomes, role), /clinic.*no rows today/);
  for (const role of ['provider', 'owner']) assert.match(errorAt(outcomes, role), /no rows today/);
});

test.run();
