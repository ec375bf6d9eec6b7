/** Records of commands, in one thread: every difference is found, at the place where it is, before anything is taken. */
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { Lockstep, type Step } from '../../src/role/lockstep.js';
import { AGREEMENT, mailboxOf, wiring } from '../world/linked-boots.js';

const step = (place: number, name = 'add', digest = 1): Step => ({
  place,
  name,
  digest: new Uint8Array(32).fill(digest),
});

/** Alice and bob, each the other's peer elsewhere. */
function pair(asleep = () => {}) {
  const links = wiring();
  const ends = [mailboxOf('alice', links, 50, asleep), mailboxOf('bob', links)];
  const [alice, bob] = [new Lockstep('alice', ends[0], ['bob']), new Lockstep('bob', ends[1], ['alice'])];
  return { alice, bob, aliceLinks: alice.links(ends[0]), bobLinks: bob.links(ends[1]), mailbox: ends[1] };
}

const refused = (pattern: RegExp) => (error: Error) =>
  error instanceof ProtocolError && pattern.test(error.message);

const differences: [Step, RegExp][] = [
  [step(1, 'sub'), /^the programs differ at command 1: bob has sub, where alice has add$/],
  [step(1, 'add', 2), /^the programs differ at command 1: bob has add with other arguments$/],
  [step(2), /^the programs differ at command 1: bob has add with other arguments$/],
];

test('a command of another name, with other arguments or at another place ends the run when anything of the peer is read', () => {
  const chunk = { bytes: new Uint8Array(8), grain: 1 };
  const ways: ((links: ReturnType<typeof pair>['aliceLinks'], take: () => void) => void)[] = [
    (links) => links.receive('bob', 7, [new Uint8Array(8)]),
    (links, take) => links.receiveChunks('bob', 7, 8, chunk, take),
    (links, take) => links.exchange(['bob'], 7, [new Uint8Array(8)], chunk, take),
  ];
  for (const [theirs, expected] of differences) {
    for (const way of ways) {
      const { alice, bob, aliceLinks, bobLinks } = pair();
      alice.begin(step(1));
      // bob hears nothing of alice, for he only sends
      assert.throws(() => bob.begin(theirs), /the programs differ/);
      bobLinks.send('alice', 7, [new Uint8Array(8).fill(5)]);
      const taken = () => assert.unreachable('something of another program was taken');
      assert.throws(() => way(aliceLinks, taken), refused(expected));
    }
  }
});

test('what peers do alike is received as it was sent, whoever is ahead', () => {
  const { alice, bob, aliceLinks, bobLinks } = pair();
  for (let place = 1; place <= 5; place++) alice.begin(step(place));
  aliceLinks.send('bob', 7, [Uint8Array.of(1, 2, 3)]);
  for (let place = 1; place <= 5; place++) bob.begin(step(place));
  bobLinks.send('alice', 8, [Uint8Array.of(4)]);
  const [first, second] = [new Uint8Array(3), new Uint8Array(1)];
  bobLinks.receive('alice', 7, [first]);
  aliceLinks.receive('bob', 8, [second]);
  assert.equal([...first, ...second], [1, 2, 3, 4]);
});

test('a command that nothing crosses in is compared when the next begins, as far as the peer has come', () => {
  const { alice, bob } = pair();
  bob.begin(step(1, 'neg'));
  assert.throws(() => alice.begin(step(1)), refused(/at command 1: bob has neg, where alice has add/));
  const ahead = pair();
  ahead.alice.begin(step(1));
  ahead.alice.begin(step(2));
  ahead.bob.begin(step(1));
  assert.throws(() => ahead.bob.begin(step(2, 'neg')), refused(/at command 2: alice has add, where bob/));
});

test('a role that was ahead looks at all that has come since', () => {
  const { alice, bob } = pair();
  for (let place = 1; place <= 3; place++) alice.begin(step(place));
  for (let place = 1; place <= 2; place++) bob.begin(step(place));
  assert.throws(() => bob.begin(step(3, 'neg')), /at command 3/);
  assert.throws(() => alice.begin(step(4)), refused(/at command 3: bob has neg/));
});

test('a sync waits for longer than any timeout, and other waits have theirs again', () => {
  const links = wiring();
  const bob = new Lockstep('bob', mailboxOf('bob', links), ['alice']);
  const start = performance.now();
  let come = false;
  const mailbox = mailboxOf('alice', links, 50, () => {
    if (come || performance.now() - start < 150) return;
    come = true;
    bob.begin(step(1, 'sync'));
  });
  const alice = new Lockstep('alice', mailbox, ['bob']);
  alice.begin(step(1, 'sync'));
  const later = new Worker(RING, { eval: true, workerData: links.bells.get('alice') });
  alice.sync();
  assert.ok(come);
  assert.throws(() => mailbox.receive('bob', 1, [new Uint8Array(1)]), /^alice waited for bob/);
  void later.terminate();
});
/** Rings a doorbell a little later. */
const RING = `
  const bell = new Int32Array(require('node:worker_threads').workerData);
  setInterval(() => { Atomics.add(bell, 0, 1); Atomics.notify(bell, 0); }, 200);
`;

test('a sync waits until the peer has come to the same command, and no further', () => {
  let woken = 0;
  const { alice, bob } = pair(() => {
    if (woken < 3) bob.begin(step(++woken, woken === 3 ? 'sync' : 'add'));
  });
  for (const [i, name] of ['add', 'add', 'sync'].entries()) alice.begin(step(i + 1, name));
  alice.sync();
  assert.is(woken, 3);
});

test('a sync waits for every peer', () => {
  const links = wiring();
  const mailboxes = ['bob', 'provider'].map((name) => mailboxOf(name, links));
  const late = mailboxes.map((mailbox, i) => new Lockstep(['bob', 'provider'][i], mailbox, ['alice']));
  let come = 0;
  const mailbox = mailboxOf('alice', links, 50, () => late[come++]?.begin(step(1, 'sync')));
  const alice = new Lockstep('alice', mailbox, ['bob', 'provider']);
  alice.begin(step(1, 'sync'));
  alice.sync();
  assert.ok(come >= 2, `${come} have come`);
});

test('hundreds of commands later differences are found at their place, also with peers at different places', () => {
  for (const odd of [1, 63, 64, 65, 130, 300]) {
    const links = wiring();
    const steps = Array.from({ length: 300 }, (_, i) => step(i + 1, 'add', i % 251));
    const [bob, provider] = ['bob', 'provider'].map((name) => mailboxOf(name, links));
    const [second, third] = [
      new Lockstep('bob', bob, ['alice']),
      new Lockstep('provider', provider, ['alice']),
    ];
    const alice = new Lockstep('alice', mailboxOf('alice', links), ['bob', 'provider']);
    for (const mine of steps) {
      second.begin(mine); // bob keeps pace
      alice.begin(mine);
    }
    // the provider comes late
    const late = () => {
      for (const mine of steps) third.begin(mine.place === odd ? { ...mine, name: 'neg' } : mine);
    };
    assert.throws(late, refused(new RegExp(`at command ${odd}: alice has add, where provider has neg$`)));
    const heard = () => alice.catchUp('provider');
    assert.throws(heard, refused(new RegExp(`at command ${odd}: provider has neg, where alice has add$`)));
    alice.catchUp('bob');
  }
});

test('sessions that have agreed go on; others are told which fields differ, or that the package does', () => {
  const cases: [Partial<typeof AGREEMENT>, number, RegExp | null][] = [
    [{}, 1, null],
    [{ timeout: 7 }, 1, null],
    [
      { ring: 64, leastRows: 20 },
      2,
      /^alice and bob have not agreed on the session: ring, leastRows differ$/,
    ],
    [{ parties: ['alice', 'b'] }, 2, /on the session: parties differ$/],
    [{ provider: 'p', owner: 'o' }, 2, /on the session: provider, owner differ$/],
    [{}, 2, /on the session: the version of the package differ$/],
  ];
  for (const [other, digest, expected] of cases) {
    const links = wiring();
    const bob = new Lockstep('bob', mailboxOf('bob', links), ['alice']);
    const alice = new Lockstep('alice', mailboxOf('alice', links), ['bob']);
    // alice has not greeted yet, so bob waits in vain; what he said is there
    assert.throws(
      () => bob.greet({ ...AGREEMENT, ...other }, new Uint8Array(32).fill(digest)),
      /bob waited for alice/,
    );
    const greet = () => alice.greet(AGREEMENT, new Uint8Array(32).fill(1));
    if (expected) assert.throws(greet, refused(expected));
    else greet();
  }
});

test('every peer is greeted, not only the first', () => {
  const links = wiring();
  const peers = ['bob', 'provider'];
  for (const [i, name] of peers.entries()) {
    const peer = new Lockstep(name, mailboxOf(name, links), ['alice']);
    assert.throws(() => peer.greet({ ...AGREEMENT, leastRows: 10 + i }, new Uint8Array(32)), /waited for/);
  }
  const alice = new Lockstep('alice', mailboxOf('alice', links), peers);
  const greet = () => alice.greet({ ...AGREEMENT, leastRows: 10 }, new Uint8Array(32));
  assert.throws(greet, refused(/^alice and provider have not agreed on the session: leastRows differ$/));
});

test.run();
