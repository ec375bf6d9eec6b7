/** Roles that are linked by MessagePorts train what one session trains, bit for bit; who closes, is silent or talks nonsense is named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import { errorAt, valueAt } from '../world/network.js';
import { channels, runOverPorts } from '../world/ported.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train } = wineFold(1);
const ROLES = ['alice', 'bob', 'provider'];
const SEED = { seed: 31, transcripts: true };
const HALF = 30;

/** Trains on rows of alice and bob; what comes of it at one session. */
async function trainWine(session: Session) {
  const partsOf = (values: ArrayLike<number>, width: number) =>
    ['alice', 'bob'].map((owner, i) => ({
      owner,
      values: session.isHere(owner)
        ? Float32Array.from(values).slice(i * HALF * width, (i + 1) * HALF * width)
        : null,
      rows: HALF,
    }));
  const x = await session.shareRows(partsOf(train.x, 13), [13]);
  const y = await session.shareRows(partsOf(train.y, 3), [3]);
  const model = sequential(wineLayers());
  model.compile({
    optimizer: sgd({ learningRate: 0.25 }),
    loss: 'meanSquaredError',
    metrics: ['accuracy'],
  });
  const { epochs } = await model.fit(x, y, { batchSize: 8, epochs: 2, seed: 3 });
  const weights = await model.weights();
  return {
    logs: epochs.map(({ seconds, ...log }) => log),
    weights: weights?.map((values) => [...values]) ?? null,
    totals: await session.totals(),
    seen: await transcriptsOf(session),
  };
}

/** A sum, so that a run is short. */
async function short(session: Session) {
  const x = session.share(session.isHere('bob') ? [1, 2] : null, { owner: 'bob', shape: [2] });
  const shown = await x.reveal();
  return shown && [...shown];
}

for (const owner of ['alice', 'owner']) {
  test(`as in one session, bit for bit; the owner is ${owner}`, async () => {
    const whole = await createTestSession({ ring: 32, threads: 0, owner }, SEED);
    const one = await trainWine(whole);
    await whole.close();
    const ports = channels([...new Set([...ROLES, owner])]);
    const outcomes = await runOverPorts({ ports, options: { owner }, testing: SEED, program: trainWine });
    for (const role of Object.keys(ports)) {
      const { logs, weights, totals, seen } = valueAt(outcomes, role);
      assert.equal(logs, role === owner ? one.logs : [], `at ${role}`);
      assert.equal(weights, role === owner ? one.weights : null, `at ${role}`);
      for (const [name, total] of totals) assert.equal(total, one.totals.get(name), `at ${role}`);
      for (const [name, entries] of seen) assert.equal(entries, one.seen.get(name), `at ${role}`);
    }
  });
}

test('what waits in a port is not lost: roles may begin one after the other', async () => {
  const ports = channels(ROLES);
  const early = runOverPorts({ ports, roles: ['provider', 'alice'], program: short });
  await new Promise((resolve) => setTimeout(resolve, 4000)); // longer than the heartbeat
  const late = await runOverPorts({ ports, roles: ['bob'], program: short });
  assert.equal(valueAt(await early, 'alice'), [1, 2]);
  assert.is(valueAt(late, 'bob'), null);
});

test('what both ends must have alike is compared', async () => {
  const own = (role: string) => ({ agreed: { 'the study': role === 'bob' ? 2 : 1 } });
  const outcomes = await runOverPorts({ ports: channels(ROLES), own, program: short });
  assert.match(errorAt(outcomes, 'alice'), /bob.*has not agreed on the same: the study differs/);
});

/** What alice and the provider come to when something else than a role is at bob's ports. */
async function withoutBob(
  act: (ports: Record<string, MessagePort>) => void,
  program: (session: Session) => Promise<unknown> = short,
) {
  const ports = channels(ROLES);
  const other = ports.bob;
  act(other);
  try {
    const own = () => ({ joinWithin: 4 });
    return await runOverPorts({ ports, roles: ['alice', 'provider'], own, program });
  } finally {
    for (const port of Object.values(other)) port.close();
  }
}

test('garbage from the other end is refused by name', async () => {
  const told = { text: /bob.*sent something that is no bytes/, bytes: /bob.*sent what is no record/ };
  for (const [kind, message] of [
    ['text', 'GET / HTTP/1.1'],
    ['text', { kind: 'hello' }],
    ['bytes', Uint8Array.from({ length: 64 }, (_, i) => 7 * i)],
  ] as const) {
    const outcomes = await withoutBob((ports) => ports.alice.postMessage(message));
    assert.match(errorAt(outcomes, 'alice'), told[kind]);
  }
});

test('a port whose other end is closed, or never says a word, is a role that did not come', async () => {
  const closed = await withoutBob((ports) => {
    ports.alice.onmessage = () => ports.alice.close();
  });
  assert.match(errorAt(closed, 'alice'), /bob.*has closed its port/);
  const silent = await withoutBob(() => {});
  assert.match(errorAt(silent, 'alice'), /bob.*did not come within 4 s/);
});

/** Alice's port to bob with a hand between, which lets everything through until it is told otherwise. */
function between(ports: ReturnType<typeof channels>) {
  const { port1, port2 } = new MessageChannel();
  const inner = ports.alice.bob;
  ports.alice.bob = port1;
  let passes = true;
  const pass = (from: MessagePort, to: MessagePort) => {
    from.onmessage = ({ data }) => {
      if (passes) to.postMessage(data);
    };
  };
  pass(inner, port2);
  pass(port2, inner);
  return {
    silence() {
      passes = false;
    },
    say: (message: unknown) => port2.postMessage(message),
    close() {
      inner.close();
      port2.close();
    },
  };
}

/** Alice and bob compute without end, and something is done to the link between them. */
async function disturbed(act: (hand: ReturnType<typeof between>) => void) {
  const ports = channels(ROLES);
  const hand = between(ports);
  let rounds = 0;
  try {
    return await runOverPorts({
      ports,
      program: async (session, role) => {
        for (;;) {
          await short(session);
          if (role === 'alice' && ++rounds === 3) act(hand);
        }
      },
    });
  } finally {
    hand.close();
  }
}

test('a port that falls silent in the middle ends the run', async () => {
  const outcomes = await disturbed((hand) => hand.silence());
  assert.match(errorAt(outcomes, 'alice'), /bob.*could not be reached for 3 s/);
  assert.match(errorAt(outcomes, 'bob'), /alice/);
});

test('a port that is closed in the middle is a role that has left, and so is one that sends nonsense', async () => {
  const closed = await disturbed((hand) => hand.close());
  assert.match(errorAt(closed, 'alice'), /bob.*has closed its port/);
  const nonsense = await disturbed((hand) => hand.say({ no: 'bytes' }));
  assert.match(errorAt(nonsense, 'alice'), /bob.*sent something that is no bytes/);
  assert.match(errorAt(nonsense, 'bob'), /alice refused bob: bob sent something that is no bytes/);
});

test('a role that closes its session early is named, at once', async () => {
  const outcomes = await runOverPorts({
    ports: channels(ROLES),
    own: () => ({ heartbeat: 3600 }),
    program: async (session, role) => {
      if (role !== 'bob') for (;;) await short(session);
      await short(session);
      throw new RangeError('the tab was closed');
    },
  });
  for (const role of ['alice', 'provider']) assert.match(errorAt(outcomes, role), /bob.*the tab was closed/);
});

test('a port that was handed over before is refused', async () => {
  const ports = channels(ROLES);
  new MessageChannel().port1.postMessage(null, [ports.alice.bob]);
  const outcomes = await runOverPorts({ ports, roles: ['alice'], program: short });
  assert.match(errorAt(outcomes, 'alice'), /createSession: .*port/i);
  for (const other of ['bob', 'provider']) for (const port of Object.values(ports[other])) port.close();
});

test('options that make no sense are refused', async () => {
  const refused = async (change: object, here: readonly string[], reason: RegExp) => {
    const { alice: ports } = channels(ROLES);
    const network = { ports, ...change };
    try {
      await createTestSession({ here, owner: 'alice', network });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, reason);
    } finally {
      for (const port of Object.values(ports)) port.close();
    }
  };
  const { port1: port } = new MessageChannel();
  await refused({}, ['alice', 'bob'], /network: ports link one role, and here are alice, bob/);
  await refused({ ports: { bob: port } }, ['alice'], /network: ports lacks provider/);
  await refused({ ports: { bob: port, provider: port } }, ['alice'], /ports.provider is the port of bob too/);
  await refused({ ports: { bob: port, provider: 5 } }, ['alice'], /ports.provider: expected a MessagePort/);
  await refused({ ports: { bob: port, carol: port } }, ['alice'], /ports.*carol/);
  await refused({ keys: {} }, ['alice'], /network.*keys/);
  await refused({ heartbeat: 0 }, ['alice'], /network: heartbeat/);
  port.close();
});

test.run();
