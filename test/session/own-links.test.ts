/** Which parties get a thread that keeps their links: asked of what starts the workers, since results are the same either way. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sgd } from '../../src/model/describe.js';
import type { SessionOptions } from '../../src/session/options.js';
import { workersOf } from '../../src/session/role-handle.js';
import { sequential } from '../../src/session/sequential.js';
import { NO_TEST } from '../../src/session/testing.js';
import { startWorkers } from '../../src/session/workers.js';
import { RolesOnNetwork, rolesWith } from '../world/network.js';

const roles = await RolesOnNetwork.of(rolesWith(2));

function summaryOf(units: number, batchSize: number) {
  const model = sequential([dense({ units, activation: 'relu', inputShape: [784] }), dense({ units: 3 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  return model.summary({ ring: 32, batchSize });
}

const small = summaryOf(16, 8);

/** Whether the role that is here keeps its links itself. @param ownLinks as of `Testing` */
async function keeps(role: string, ownLinks: boolean | null, options: SessionOptions = {}): Promise<boolean> {
  const network = roles.optionsOf([role]);
  const asked = { ring: 32, here: [role], network, ...options } as const;
  const { roles: started, boots } = await startWorkers(asked, { ...NO_TEST, ownLinks });
  await Promise.all(started.flatMap(workersOf).map((worker) => worker.stop()));
  await Promise.all(started.map(({ own }) => own?.stop()));
  assert.is(boots[0].windows !== undefined, started[0].own !== undefined);
  return started[0].own !== undefined;
}

test('in a job a party whose steps are small keeps its links itself', async () => {
  assert.is(await keeps('alice', null, { summary: small }), true);
  assert.is(await keeps('bob', null, { summary: small }), true);
});

test('others have a courier: the provider, the owner, and a party with large steps, helper threads or a profile', async () => {
  assert.is(await keeps('provider', null, { summary: small }), false);
  assert.is(await keeps('owner', null, { summary: small }), false);
  assert.is(await keeps('alice', null), false);
  assert.is(await keeps('alice', null, { summary: summaryOf(512, 128) }), false);
  assert.is(await keeps('alice', null, { summary: small, threads: 1 }), false);
  assert.is(await keeps('alice', null, { summary: small, profile: true }), false);
});

test('so has every party of a session that is no job’s, where steps may be long, and one that tests ask for has not', async () => {
  assert.is(await keeps('alice', NO_TEST.ownLinks, { summary: small }), false);
  assert.is(await keeps('alice', true), true);
});

test.run();
