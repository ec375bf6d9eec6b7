/** Couriers of two processes, over connections in memory: how a process takes its leave. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Authenticated, Network } from '../../bindings/host/connection.js';
import { Courier } from '../../src/links/courier.js';
import type { CourierLink } from '../../src/links/courier-boot.js';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  leaveRing,
  RingWriter,
} from '../../src/links/ring-buffer.js';
import { Wire } from '../world/wire.js';

/** A network that consists of one wire for each dial. */
function memory() {
  const wires: Wire[] = [];
  let accept: (connection: Authenticated) => void = () => {};
  const network: Network = {
    check: () => {},
    dial: async () => {
      const wire = new Wire();
      wires.push(wire);
      accept({ duplex: wire.b, fingerprint: 'sha256:bob' });
      return { duplex: wire.a, fingerprint: 'sha256:alice' };
    },
    listen: async (_address, _identity, accepted) => {
      accept = accepted;
      return { close() {} };
    },
    dialWeb: () => Promise.reject(new Error('there are no guests')),
    listenWeb: () => Promise.reject(new Error('there are no guests')),
  };
  return { network, wires };
}

function side(self: 'alice' | 'bob', network: Network) {
  const peer = self === 'alice' ? 'bob' : 'alice';
  const address = { host: 'memory', port: 1 };
  const bell = createDoorbell();
  const rings = { outgoing: createRingBuffer(256), incoming: createRingBuffer(256), bell: createDoorbell() };
  const link: CourierLink = {
    self,
    peer,
    rings,
    fingerprint: `sha256:${peer}`,
    dial: self === 'bob' ? address : null,
  };
  const boot = {
    links: [link],
    bell,
    listen: self === 'alice' ? [{ self, address }] : [],
    web: [],
    identities: new Map([[self, { certificate: '', key: '' }]]),
    agreed: {},
    checkpoints: new Map(),
    joinWithin: 60_000,
    heartbeat: 10_000,
  };
  return { courier: new Courier(boot, network, () => {}), rings, bell };
}

/** Lets all that has been asked for happen. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

test('a courier has finished when the other end has all and has closed the connection, not before', async () => {
  const { network, wires } = memory();
  const alice = side('alice', network);
  const bob = side('bob', network);
  await alice.courier.start();
  await bob.courier.start();
  while (wires.length === 0) await turn();
  const [wire] = wires;
  while (wire.move()) await turn();
  assert.equal(
    [alice, bob].map(({ courier }) => courier.states()[0].state),
    ['linked', 'linked'],
  );

  const writer = new RingWriter(alice.rings.outgoing, new Doorbell(alice.bell));
  writer.write(
    Uint8Array.from({ length: 100 }, (_, i) => i),
    0,
  );
  writer.publish();
  leaveRing(alice.rings.outgoing, 'its work is done');
  let finished = false;
  const farewell = alice.courier.finish().then(() => {
    finished = true;
  });
  await turn();
  assert.is(alice.courier.states()[0].state, 'ended', 'all has been said');
  assert.is(finished, false, 'nothing has been heard');
  wire.move(60);
  await turn();
  assert.is(finished, false, 'something has been heard');
  while (wire.move()) await turn();
  await farewell;

  assert.equal(bob.courier.states()[0].state, 'ended');
  const state = new Int32Array(bob.rings.incoming, 0, 8);
  assert.is(state[0], 100, 'bob has every byte');
  await bob.courier.finish();
});

test.run();
