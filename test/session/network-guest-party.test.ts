/** A compute party without a certificate: it holds shares, dials all others over WebSockets, and the run is that of one process. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startProxies } from '../../bench/support/proxy/host.js';
import { sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession } from '../../src/testing.js';
import { withGuest } from '../world/guests.js';
import { errorAt, runOverNetwork, valueAt } from '../world/network.js';
import { HOST } from '../world/ports.js';
import { wineFold, wineLayers } from '../world/wine.js';

const SEED = { seed: 21 };
const { train, test: tests } = wineFold(2);
const EPOCHS = 3;

/** Every party brings rows in turn; the weights and what each role has counted. */
async function program(session: Session) {
  const { parties } = session;
  const share = (values: ArrayLike<number>, rows: number, width: number) => {
    const first = (part: number) => Math.floor((part * rows) / parties.length);
    const own = (part: number) =>
      Float32Array.from(values).slice(first(part) * width, first(part + 1) * width);
    const parts = parties.map((owner, i) => ({
      owner,
      values: session.isHere(owner) ? own(i) : null,
      rows: first(i + 1) - first(i),
    }));
    return session.shareRows(parts, [width]);
  };
  const x = await share(train.x, train.rows, 13);
  const y = await share(train.y, train.rows, 3);
  const model = sequential(wineLayers());
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: ['accuracy'] });
  await model.fit(x, y, { batchSize: 8, epochs: EPOCHS, seed: 3 });
  const seen = await model.evaluate(
    await share(tests.x, tests.rows, 13),
    await share(tests.y, tests.rows, 3),
  );
  const weights = await model.weights();
  const totals = Object.fromEntries(await session.totals());
  return { weights: weights?.map((values) => [...values]) ?? null, accuracy: seen?.accuracy ?? null, totals };
}

for (const [parties, guest, ring] of [
  [['alice', 'bob'], 'bob', 32],
  [['alice', 'bob'], 'alice', 64],
  [['alice', 'bob', 'carol'], 'bob', 32],
] as const) {
  test(`${guest} of ${parties.join(', ')} is a guest: bit for bit the run of one process (ring ${ring})`, async () => {
    const options = { parties, ring, threads: 0 };
    const whole = await createTestSession(options, SEED);
    const one = await program(whole);
    await whole.close();
    const names = [...parties, 'provider', 'owner'];
    const hosts = names.filter((name) => name !== guest);
    const guests = await withGuest(names, guest, hosts);
    try {
      const invitations = await guests.invitations();
      const outcomes = await runOverNetwork({
        roles: guests.roles,
        options,
        testing: SEED,
        own: ([role]) => guests.own(role, invitations),
        program,
      });
      const { weights, accuracy } = valueAt(outcomes, 'owner');
      assert.equal([weights, accuracy], [one.weights, one.accuracy]);
      for (const role of [...parties, 'provider']) {
        const { totals } = valueAt(outcomes, role);
        assert.equal(totals, { [role]: one.totals[role] });
      }
    } finally {
      guests.remove();
    }
  });
}

test('connections of a party that is a guest are cut while it trains, and nobody notices', async () => {
  const options = { parties: ['alice', 'bob'], ring: 32 as const, threads: 0 };
  const whole = await createTestSession(options, SEED);
  const one = await program(whole);
  await whole.close();
  const hosts = ['alice', 'provider', 'owner'];
  const guests = await withGuest([...hosts, 'bob'], 'bob', hosts);
  const proxies = await startProxies();
  try {
    const lines = await Promise.all(
      hosts.map((host) => proxies.open({ target: { host: HOST, port: guests.ports[host] } })),
    );
    hosts.forEach((host, i) => {
      guests.table[host] = { ...guests.table[host], web: `ws://${HOST}:${lines[i].port}` };
    });
    const invitations = await guests.invitations();
    let cuts = 0;
    const outcomes = await runOverNetwork({
      roles: guests.roles,
      options,
      testing: SEED,
      own: ([role]) => ({ heartbeat: 30, ...guests.own(role, invitations) }),
      program: async (session) => {
        if (!session.isHere('bob')) return program(session);
        const done = program(session);
        let over = false;
        const ended = done.finally(() => {
          over = true;
        });
        ended.catch(() => {});
        while (!over && cuts < 6) {
          await lines[cuts % lines.length].cut();
          cuts++;
          await new Promise((next) => setTimeout(next, 100));
        }
        return ended;
      },
    });
    assert.ok(cuts > 0);
    assert.equal(valueAt(outcomes, 'owner').weights, one.weights);
  } finally {
    guests.remove();
    await proxies.close();
  }
});

test('a party that is a guest and goes away is missed by name', async () => {
  const hosts = ['alice', 'provider', 'owner'];
  const guests = await withGuest([...hosts, 'bob'], 'bob', hosts);
  try {
    const invitations = await guests.invitations();
    const outcomes = await runOverNetwork({
      roles: guests.roles,
      options: { parties: ['alice', 'bob'], ring: 32 as const, threads: 0 },
      own: ([role]) => ({ heartbeat: 3, ...guests.own(role, invitations) }),
      program: async (session) => {
        if (!session.isHere('bob')) return program(session);
        throw new RangeError('the page was closed');
      },
    });
    for (const host of hosts) assert.match(errorAt(outcomes, host), /bob.*the page was closed/);
  } finally {
    guests.remove();
  }
});

test.run();
