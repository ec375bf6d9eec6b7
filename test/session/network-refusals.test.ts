/** Roles that should not be linked are not, over TLS, and both sides say why, by name; right ones come through all the same. */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LeftError } from '../../src/errors.js';
import type { Hello } from '../../src/links/hello.js';
import { writeHello } from '../../src/links/hello.js';
import { confirmRecord, EndKind, helloRecord } from '../../src/links/record.js';
import type { NetworkOptions } from '../../src/session/network.js';
import type { Session } from '../../src/session/session.js';
import {
  errorAt,
  type Outcome,
  RolesOnNetwork,
  rolesWith,
  runOverNetwork,
  valueAt,
} from '../world/network.js';
import { HOST } from '../world/ports.js';
import { answerTo, RawPeer } from '../world/raw-peer.js';
import { dataOf } from '../world/records.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const roles = await RolesOnNetwork.of(rolesWith(2));
const strangers = await RolesOnNetwork.of(rolesWith(2));
const FINGERPRINT = 'sha256:[0-9a-f]{64}';

const program = async (session: Session, rounds = 1): Promise<number[] | null> => {
  const x = session.share(session.isHere('alice') ? [1, 2] : null, { owner: 'alice', shape: [2] });
  let shown = await x.square().reveal();
  for (let round = 1; round < rounds; round++) shown = await x.square().reveal();
  return shown && [...shown];
};

type Own = (role: string) => Partial<NetworkOptions>;

/** The program at these roles. */
const run = (own: Own = () => ({}), here: readonly string[] = roles.names, rounds = 1) =>
  runOverNetwork({
    roles,
    here: here.map((role) => [role]),
    own: ([role]) => ({ joinWithin: 60, ...own(role) }),
    program: (session) => program(session, rounds),
  });

/** Fails unless all roles have ended with a LeftError, these with what is expected of them. */
function assertErrors(
  outcomes: ReadonlyMap<string, Outcome<unknown>>,
  expected: Record<string, RegExp>,
): void {
  for (const [role, outcome] of outcomes) {
    assert.match(errorAt(outcomes, role), expected[role] ?? new RegExp(`^${role}: `));
    assert.ok('error' in outcome && outcome.error instanceof LeftError, role);
  }
}

const matching = (text: string): RegExp => new RegExp(`^${text} \\(\\w+, start\\)$`);

/** What `who` is told when it takes another certificate for that of `of`. */
const mistaken =
  (who: string, of: string): Own =>
  (role) => {
    if (role !== who) return {};
    const { fingerprint } = strangers.keys[of];
    return { roles: { ...roles.roles, [of]: { ...roles.roles[of], fingerprint } } };
  };

test('a role that listens refuses a certificate that is not the one it knows', async () => {
  const { fingerprint } = roles.keys.bob;
  const refused = `alice refused bob: the certificate ${fingerprint} is no role's that alice waits for`;
  const outcomes = await run((role) => ({
    ...mistaken('alice', 'bob')(role),
    joinWithin: role === 'alice' ? 20 : 60,
  }));
  assertErrors(outcomes, {
    // bob may come again with the right one; but that the others have left because of it is heard of
    alice: new RegExp(
      `^alice: (bob did not come within 20 s \\(somebody else was refused, with the certificate ${fingerprint}\\)|.*${refused})`,
    ),
    bob: matching(`bob: ${refused}`),
  });
});

test('a role that dials refuses a certificate that is not the one it knows', async () => {
  const { fingerprint } = roles.keys.alice;
  assertErrors(await run(mistaken('bob', 'alice')), {
    alice: matching(`alice: bob refused alice: bob knows alice by another certificate than ${fingerprint}`),
    bob: matching(
      `bob: alice shows the certificate ${fingerprint} at 127.0.0.1:\\d+, where ${FINGERPRINT} is expected`,
    ),
  });
});

test('roles that have agreed on another job end, with the names of what differs', async () => {
  const own: Own = (role) => ({
    agreed: { job: role === 'bob' ? [1] : [2], ...(role === 'owner' && { data: 1 }), model: { units: 3 } },
  });
  const said = 'has not agreed on the same: (job differs|data differs|job, data differ)';
  // one may have left because of another before a third has greeted it
  const expected = roles.names.map(
    (role) => [role, new RegExp(`^${role}: \\w+ (${said}|left[^:]*: .*${said})`)] as const,
  );
  assertErrors(await run(own), Object.fromEntries(expected));
});

const briefly: Own = () => ({ joinWithin: 3 });

test('a role that nobody dials, and one that finds nobody, say who is missing, and the latter what it has tried', async () => {
  assertErrors(await run(briefly, ['alice']), {
    alice: matching('alice: bob did not come within 3 s'),
  });
  assertErrors(await run(briefly, ['owner']), {
    owner: matching(
      'owner: alice did not come within 3 s \\(127\\.0\\.0\\.1:\\d+: connect ECONNREFUSED 127\\.0\\.0\\.1:\\d+\\)',
    ),
  });
});

const HELLOS: [string, (hello: Hello) => Record<string, unknown>, string][] = [
  ['another role', () => ({ from: 'provider' }), 'has the key of bob, but greets as provider'],
  ['a peer of another', () => ({ to: 'owner' }), 'wants owner, where alice is'],
  ['the links of another version', () => ({ beaverdam: 2 }), 'speaks another version of the links'],
  [
    'another version of the package',
    ({ agreed }) => ({ agreed: { ...agreed, 'the version of the package': '0'.repeat(16) } }),
    'has not agreed on the same: the version of the package differs',
  ],
  [
    'one that knows of no ring',
    ({ agreed: { ring: _, ...agreed } }) => ({ agreed }),
    'has not agreed on the same: ring differs',
  ],
  ['none at all', () => ({ run: '\u001b[2J' }), 'greeted with what is no greeting'],
];

for (const [what, change, said] of HELLOS) {
  test(`bob's key with the greeting of ${what} is refused, and both are told`, async () => {
    const alone = run(undefined, ['alice']);
    const raw = await RawPeer.dial(roles.ports.alice, roles.keys.bob);
    await raw.greet(change(await raw.hello));
    assert.equal(await raw.ended, { kind: EndKind.refused, reason: `bob ${said}` });
    assertErrors(await alone, { alice: matching(`alice: bob ${said}`) });
  });
}

test('what an old run has said, word for word, is put off, and the right peer is taken afterwards', async () => {
  const alone = run(() => ({ heartbeat: 2 }), ['alice']);
  const old = await RawPeer.dial(roles.ports.alice, roles.keys.bob);
  const hello = await old.hello;
  const words = [
    helloRecord(writeHello(answerTo(hello))),
    confirmRecord(hello.run),
    dataOf(0, new Uint8Array(64)),
  ];
  old.send(...words.slice(0, 2));
  assert.is(await old.confirmed, answerTo(hello).run);
  old.destroy();
  assertErrors(await alone, {
    alice: /^alice: bob could not be reached for 2 s \(the connection was lost\) \(alice, start\)$/,
  });

  // the same again, to the next run; and a greeting that knows that run by its number
  const all = run(undefined, ['alice']);
  for (const peerRun of [null, hello.run]) {
    const replayed = await RawPeer.dial(roles.ports.alice, roles.keys.bob);
    assert.is.not((await replayed.hello).run, hello.run);
    if (peerRun === null) replayed.send(...words);
    else await replayed.greet({ peerRun });
    assert.equal(await replayed.ended, { kind: EndKind.busy, reason: 'alice has begun anew' });
  }
  const others = run(undefined, ['provider', 'owner', 'bob']);
  for (const role of ['bob', 'provider', 'owner']) {
    assert.equal(valueAt(await others, role), role === 'owner' ? [1, 4] : null);
  }
  assert.is(valueAt(await all, 'alice'), null);
});

test('what a callback throws that is told of a link ends the session, and the others hear why', async () => {
  const onLink = () => {
    throw new RangeError('this callback is wrong');
  };
  const outcomes = await run((role) => (role === 'bob' ? { onLink } : {}));
  assert.is(errorAt(outcomes, 'bob'), 'this callback is wrong');
  for (const role of ['alice', 'provider', 'owner']) {
    const said = errorAt(outcomes, role);
    assert.match(said, /left.*: this callback is wrong/, `${role}: ${said}`);
  }
});

/** Garbage to a port, by whoever has none of the session's keys: plain bytes, no certificate, others' certificates. */
async function pester(port: number, random: Random): Promise<void> {
  const bytes = Uint8Array.from({ length: 1 + random.below(2000) }, () => random.below(256));
  const way = random.below(4);
  if (way === 0) {
    const socket = connect({ host: HOST, port });
    socket.on('error', () => {}); // 'close' follows
    socket.resume().end(bytes);
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }
  const keys = way === 1 ? {} : strangers.keys[roles.names[random.below(4)]];
  const raw = await RawPeer.try(port, keys);
  if (!raw) return;
  raw.send(helloRecord('{"beaverdam":1}'), bytes);
  const end = await raw.ended;
  if (end) assert.match(end.reason, /^the certificate sha256:[0-9a-f]{64} is no role's that \w+ waits for$/);
  raw.destroy();
}

test('strangers at all doors, before the roles are linked and all the while, change nothing', async () => {
  const random = new Random(seed ^ 41);
  const state = { over: false, visits: 0 };
  const visit = async (role: string) => {
    while (!state.over) {
      await pester(roles.ports[role], random);
      state.visits++;
    }
  };
  const listening = run(undefined, ['alice', 'bob', 'provider'], 200);
  const pests = ['alice', 'bob', 'provider'].map(visit);
  while (state.visits < 30) await wait(5);
  const outcomes = new Map([...(await run(undefined, ['owner'], 200)), ...(await listening)]);
  state.over = true;
  await Promise.all(pests);
  for (const role of roles.names) {
    assert.equal(valueAt(outcomes, role), role === 'owner' ? [1, 4] : null);
  }
});

test.run();
