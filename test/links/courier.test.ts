/** Couriers over TLS: strangers and garbage get nothing in, cost little and stop nobody; right peers are linked. */
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { network } from '../../bindings/host/node-network.js';
import type { RoleKeys } from '../../src/jobs/keys.js';
import { Courier, type LinkState } from '../../src/links/courier.js';
import { readHello, writeHello } from '../../src/links/hello.js';
import {
  confirmRecord,
  EndKind,
  endRecord,
  HEADER_BYTES,
  helloRecord,
  pingRecord,
} from '../../src/links/record.js';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  RingReader,
  RingWriter,
} from '../../src/links/ring-buffer.js';
import { RolesOnNetwork } from '../world/network.js';
import { HOST } from '../world/ports.js';
import { answerTo, RawPeer } from '../world/raw-peer.js';
import { creditOf, dataOf } from '../world/records.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const roles = await RolesOnNetwork.of(['alice', 'bob']);
const strangers = await RolesOnNetwork.of(['alice', 'bob']);
const port = roles.ports.alice;
const random = new Random(seed ^ 21);
const CAPACITY = 4096;

/** The courier of one of the roles, started; alice listens and bob dials. */
async function courierOf(self: 'alice' | 'bob') {
  const peer = self === 'alice' ? 'bob' : 'alice';
  const [outgoing, incoming] = [createRingBuffer(CAPACITY), createRingBuffer(CAPACITY)];
  const [bell, courierBell] = [createDoorbell(), createDoorbell()];
  const address = { host: HOST, port };
  const { fingerprint } = roles.keys[peer];
  const changes: (LinkState['state'] | 'told')[] = [];
  const waiting = new Set<() => void>();
  const courier = new Courier(
    {
      links: [
        {
          self,
          peer,
          rings: { outgoing, incoming, bell },
          fingerprint,
          dial: self === 'alice' ? null : address,
        },
      ],
      bell: courierBell,
      listen: self === 'alice' ? [{ self, address }] : [],
      web: [],
      identities: new Map([[self, roles.keys[self]]]),
      agreed: { epochs: 'aa', ring: 'bb' },
      checkpoints: new Map([[self, [{ training: 0, epoch: 4, id: 'ab'.repeat(16) }]]]),
      joinWithin: 120_000,
      heartbeat: 30_000,
    },
    network,
    ({ state }) => {
      changes.push(state);
      for (const look of [...waiting]) look();
    },
  );
  await courier.start();
  /** Resolves when the link stands so. */
  const reaches = (state: LinkState['state']) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (courier.states()[0].state !== state) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    courier,
    changes,
    reaches,
    reader: new RingReader(incoming, new Doorbell(courierBell)),
    writer: new RingWriter(outgoing, new Doorbell(courierBell)),
    get state() {
      return courier.states()[0].state;
    },
  };
}

const NO_KEYS: Partial<RoleKeys> = {};

const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));

/** Sends bytes to alice's port as they are. */
async function plain(bytes: Uint8Array | string): Promise<Socket> {
  const socket = connectPlain({ host: HOST, port });
  socket.on('error', () => {}); // 'close' follows
  socket.resume();
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

test('what is no TLS is hung up on, and the right peer is linked', async () => {
  const alice = await courierOf('alice');
  const texts = ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n', '\u0016\u0003\u0001\uffff'];
  const garbage = [...texts, ...Array.from({ length: 60 }, (_, i) => randomBytes(1 + 40 * i))];
  const sockets = await Promise.all(garbage.map(plain));
  for (const socket of sockets) socket.end();
  await Promise.all(sockets.map(closed));
  assert.equal(alice.changes, []);
  const bob = await courierOf('bob');
  await Promise.all([alice.reaches('linked'), bob.reaches('linked')]);
  await Promise.all([alice.courier.finish(), bob.courier.finish()]);
});

test('silent connections take their places for a while, and the right peer is linked in the end', async () => {
  const alice = await courierOf('alice');
  const sockets = await Promise.all(Array.from({ length: 280 }, () => plain('')));
  const bob = await courierOf('bob');
  await Promise.all([alice.reaches('linked'), bob.reaches('linked')]);
  await Promise.all(sockets.map(closed));
  assert.is(alice.state, 'linked');
  await Promise.all([alice.courier.finish(), bob.courier.finish()]);
});

test('without a certificate, or with another than the right one, nothing is read, and little is taken', async () => {
  const alice = await courierOf('alice');
  const hello = answerTo({ ...readHello(HELLO), from: 'alice', to: 'bob' });
  const block = new Uint8Array(2 ** 20);
  block.set(helloRecord(writeHello(hello)));
  const all = [NO_KEYS, strangers.keys.bob, strangers.keys.alice, roles.keys.alice];
  for (const keys of all) {
    const raw = await RawPeer.dial(port, keys, true);
    let sent = 0;
    for (; sent < 256 && !raw.closed; sent++) {
      raw.send(block);
      if (!(await raw.drained())) break;
    }
    const end = await raw.ended;
    assert.ok(sent < 64, `${sent} MB were taken`);
    if (keys === NO_KEYS) assert.is(end, null);
    else
      assert.match(
        String(end?.reason),
        `the certificate ${keys.fingerprint} is no role's that alice waits for`,
      );
    assert.equal(alice.changes, []);
    assert.is(alice.reader.ready, 0);
  }
  const bob = await courierOf('bob');
  await Promise.all([alice.reaches('linked'), bob.reaches('linked')]);
  assert.equal(bob.courier.states()[0].checkpoints, alice.courier.states()[0].checkpoints);
  await Promise.all([alice.courier.finish(), bob.courier.finish()]);
});

test('hundreds of mutated greetings with the right key: what is taken is a greeting, what is not ends the link', async () => {
  let [refused, taken] = [0, 0];
  for (let i = 0; i < 250; i++) {
    const alice = await courierOf('alice');
    const raw = await RawPeer.dial(port, roles.keys.bob);
    const own = await raw.hello;
    const wanted = answerTo(own);
    const bytes = helloRecord(writeHello(wanted));
    const at = random.below(4) === 0 ? random.below(HEADER_BYTES) : random.below(bytes.length);
    for (let m = random.below(2); m >= 0; m--) bytes[(at + m) % bytes.length] ^= 1 + random.below(255);
    raw.send(bytes);
    // a greeting that has become longer waits for the rest of it
    raw.send(confirmRecord(own.run), pingRecord(), new Uint8Array(2 ** 17));
    const outcome = await Promise.race([raw.ended, raw.confirmed.then(() => 'confirmed' as const)]);
    if (outcome === 'confirmed') {
      const { from, to, agreed } = readHello(new TextDecoder().decode(bytes.subarray(HEADER_BYTES)));
      assert.equal({ from, to, agreed }, { from: wanted.from, to: wanted.to, agreed: wanted.agreed });
      taken++;
    } else {
      assert.ok(outcome === null || outcome.kind !== EndKind.left, outcome?.reason);
      refused++;
    }
    assert.is(alice.reader.ready, 0);
    raw.destroy();
    await alice.courier.finish();
  }
  assert.ok(refused > 150 && taken < 100, `${refused} refused, ${taken} taken`);
});

test('hundreds of mutated records with the right key: no byte more than was sent comes in, and the end is told', async () => {
  const records = () => [
    dataOf(0, new Uint8Array(200)),
    creditOf(0, 0),
    pingRecord(),
    dataOf(200, new Uint8Array(300)),
    endRecord(EndKind.left, 'that was all'),
  ];
  const told = new Map<string, number>();
  for (let i = 0; i < 250; i++) {
    const alice = await courierOf('alice');
    const raw = await RawPeer.dial(port, roles.keys.bob);
    await raw.greet();
    raw.send(confirmRecord((await raw.hello).run));
    const stream = records();
    const mutated = stream[random.below(stream.length)];
    mutated[random.below(Math.min(mutated.length, 20))] ^= 1 + random.below(255);
    raw.send(...stream);
    // a record that has become longer waits for the rest of it
    raw.send(new Uint8Array(2 ** 17 + 16));
    await alice.reaches('ended');
    assert.ok(alice.reader.ready <= CAPACITY);
    const reason = String(alice.reader.left);
    const kind = ['it sent', 'it says', 'that was all'].find((start) => reason.startsWith(start)) ?? 'other';
    told.set(kind, (told.get(kind) ?? 0) + 1);
    raw.destroy();
    await alice.courier.finish();
  }
  assert.ok((told.get('it sent') ?? 0) > 100, JSON.stringify([...told]));
});

const HELLO = writeHello({
  from: 'bob',
  to: 'alice',
  run: 'a'.repeat(32),
  peerRun: null,
  received: 0,
  read: 0,
  frames: 0,
  window: CAPACITY,
  agreed: { epochs: 'aa', ring: 'bb' },
  checkpoints: [],
});

test.run();
