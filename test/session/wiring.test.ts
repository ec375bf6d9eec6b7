/** How a session's roles are linked, what peers elsewhere are told when it ends, and what is left of it then. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LeftError } from '../../src/errors.js';
import { Doorbell, HEADER_BYTES, RingReader } from '../../src/links/ring-buffer.js';
import { leave, type Wiring, wipe } from '../../src/session/wiring.js';
import { bootsOf, mailboxOf, wiring } from '../world/linked-boots.js';

const ring = ({ rings }: Wiring, from: string, to: string): Buffer =>
  Buffer.from(rings.get(JSON.stringify([from, to])) as SharedArrayBuffer, HEADER_BYTES);

test('roles are started in the order that all sessions have, whichever are here, with links to all others', () => {
  const boots = bootsOf(['owner', 'alice', 'provider'], wiring());
  assert.equal(
    boots.map(({ name, elsewhere, links }) => [name, elsewhere, links.map(({ peer }) => peer)]),
    [
      ['alice', ['bob'], ['bob', 'provider', 'owner']],
      ['provider', ['bob'], ['alice', 'bob', 'owner']],
      ['owner', ['bob'], ['alice', 'bob', 'provider']],
    ],
  );
});

test('whoever waits for a role that leaves is told why, to receive and to send; who waits for another is not', () => {
  const links = wiring();
  const leaves = () => leave(bootsOf(['alice', 'provider'], links), 'no more today');
  const works: ((bob: ReturnType<typeof mailboxOf>) => void)[] = [
    (bob) => bob.receive('alice', 3, [new Uint8Array(1)]),
    (bob) => bob.await('provider', 3, [new Uint8Array(1)]),
    (bob) => bob.send('alice', 3, [new Uint8Array(2 ** 17)]),
  ];
  for (const work of works) {
    const bob = mailboxOf('bob', links, 20_000, leaves);
    const told = (error: Error) =>
      error instanceof LeftError && /^bob: \w+ left at operation 3: no more today$/.test(error.message);
    assert.throws(() => work(bob), told);
  }
  const bob = mailboxOf('bob', links, 30);
  assert.throws(() => bob.receive('owner', 3, [new Uint8Array(1)]), /^bob waited for owner/);
  // and among those here nobody is told anything: they end together
  const alice = mailboxOf('alice', links, 30);
  assert.throws(() => alice.receive('provider', 3, [new Uint8Array(1)]), /^alice waited for provider/);
});

test('what a role wrote before it left is read; only then does it count as gone', () => {
  for (const looks of [0, 1]) {
    const links = wiring();
    const alice = mailboxOf('alice', links);
    let asleep = 0;
    const last = () => {
      if (asleep++ !== looks) return;
      for (let operation = 1; operation <= 3; operation++)
        alice.send('bob', operation, [Uint8Array.of(operation)]);
      leave(bootsOf(['alice'], links), 'done');
    };
    const bob = mailboxOf('bob', links, 20_000, last);
    for (let operation = 1; operation <= 3; operation++) {
      const got = new Uint8Array(1);
      bob.receive('alice', operation, [got]);
      assert.is(got[0], operation);
    }
    assert.throws(() => bob.receive('alice', 4, [new Uint8Array(1)]), /alice left at operation 4: done$/);
  }
});

test('nor is a frame lost that comes with the leaving between two looks of the one who waits', () => {
  const links = wiring();
  const [alice, bob] = [mailboxOf('alice', links), mailboxOf('bob', links)];
  const { prepare } = Doorbell.prototype;
  const { publish } = RingReader.prototype;
  let marked = false;
  Doorbell.prototype.prepare = function () {
    marked = true;
    prepare.call(this);
  };
  RingReader.prototype.publish = function () {
    publish.call(this); // ends a look
    if (!marked) return;
    RingReader.prototype.publish = publish;
    alice.send('bob', 1, [Uint8Array.of(5)]);
    leave(bootsOf(['alice'], links), 'done');
  };
  try {
    const got = new Uint8Array(1);
    bob.receive('alice', 1, [got]);
    assert.is(got[0], 5);
  } finally {
    Doorbell.prototype.prepare = prepare;
    RingReader.prototype.publish = publish;
  }
});

test('whoever sleeps is woken by one who leaves', () => {
  const links = wiring();
  const rung = () => [...links.bells.values()].map((bell) => new Int32Array(bell)[0]);
  leave(bootsOf(['alice'], links), 'done');
  assert.equal(rung(), [0, 1, 1, 1]);
});

test('a wipe zeroes the memory of the roles here and all that they read, and nothing that a peer elsewhere has still to read', () => {
  const links = wiring();
  const here = ['alice', 'provider'];
  const boots = bootsOf(here, links);
  const names = ['alice', 'bob', 'provider', 'owner'];
  const secret = Buffer.of(11, 12, 13, 14, 15, 16, 17, 18);
  for (const from of names) {
    for (const to of names.filter((name) => name !== from)) mailboxOf(from, links).send(to, 1, [secret]);
  }
  for (const { memory } of boots) new Uint8Array(memory.buffer).set(secret, 1000);
  leave(boots, 'done');
  wipe(boots);
  for (const { memory } of boots) assert.not.ok(Buffer.from(memory.buffer).includes(secret));
  for (const from of names) {
    for (const to of names.filter((name) => name !== from)) {
      assert.is(ring(links, from, to).includes(secret), !here.includes(to), `${from} to ${to}`);
    }
  }
  const got = Buffer.alloc(8);
  mailboxOf('bob', links).receive('alice', 1, [got]);
  assert.equal(got, secret);
});

test.run();
