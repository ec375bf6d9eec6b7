/** Options of guests and of those who take them: what is refused before anything listens or dials. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NetworkOptions } from '../../src/session/network.js';
import { createSession } from '../../src/session/session.js';
import { ORIGIN, withGuest } from '../world/guests.js';
import { HOST } from '../world/ports.js';

const guests = await withGuest(['alice', 'bob', 'provider', 'owner', 'clinic'], 'clinic', ['alice', 'bob']);
test.after(() => guests.remove());
const { alice, bob, clinic, provider, owner } = guests.table;
const invitations = await guests.invitations();
const place = { listen: `${HOST}:9001`, origins: [ORIGIN], invitations: guests.folderOf('alice') };

/** Why a session of `here` does not start with these. */
async function refusal(
  here: string,
  change: Partial<Record<keyof NetworkOptions, unknown>>,
): Promise<string> {
  const network = { ...guests.roles.optionsOf([here]), ...guests.own(here, invitations), ...change };
  const rest = { parties: ['alice', 'bob'], clients: ['clinic'], threads: 0 };
  return createSession({ ...rest, here: [here], network: network as NetworkOptions }).then(
    async (session) => {
      await session.roles.fail(new Error('started'));
      return 'started';
    },
    (error: Error) => error.message,
  );
}

const table = (change: object) => ({ roles: { ...guests.table, ...change } });
const withWeb = (role: object) => ({ ...role, web: 'wss://web.example' });
const web = (change: object) => ({ web: { alice: { ...place, ...change } } });
const REFUSED: [string, string, Partial<Record<keyof NetworkOptions, unknown>>, RegExp][] = [
  [
    'a party that is linked to another guest',
    'bob',
    table({ alice: { fingerprint: 'guest' }, provider: withWeb(provider), owner: withWeb(owner) }),
    /roles\.clinic\.fingerprint: alice and clinic are guests, and two guests cannot be linked to each other/,
  ],
  [
    'a party whose provider takes no guests',
    'bob',
    table({ alice: { fingerprint: 'guest' }, clinic: withWeb(guests.roles.roles.clinic) }),
    /roles\.provider\.web: is missing, where alice is a guest/,
  ],
  [
    'a provider as guest',
    'bob',
    table({ provider: { fingerprint: 'guest' } }),
    /roles\.provider\.fingerprint: the provider deals to all by a certificate, and is no guest/,
  ],
  [
    'a guest with an address',
    'bob',
    table({ clinic: { ...clinic, address: 'a:1' } }),
    /roles\.clinic\.address: a guest dials/,
  ],
  [
    'a host without one',
    'bob',
    table({ alice: { ...alice, web: undefined } }),
    /roles\.alice\.web: is missing, where clinic is a guest/,
  ],
  ['plain ws to others', 'bob', table({ bob: { ...bob, web: 'ws://bob.example' } }), /expected wss:\/\/host/],
  ['http', 'bob', table({ bob: { ...bob, web: 'https://bob.example' } }), /expected wss:\/\/host/],
  ['a host that is deaf', 'alice', { web: {} }, /web lacks alice, which takes guests/],
  ['a place of nobody', 'provider', { web: { provider: place } }, /web: unknown option "provider"/],
  [
    'an origin with a path',
    'alice',
    web({ origins: [`${ORIGIN}/`] }),
    /web.alice.origins\[0\]: expected an origin/,
  ],
  ['any origin', 'alice', web({ origins: ['*'] }), /expected an origin/],
  ['no list', 'alice', web({ origins: ORIGIN }), /web.alice.origins/],
  ['half a certificate', 'alice', web({ key: 'k' }), /a certificate and its key come together/],
  ['an open address', 'alice', web({ listen: '0.0.0.0:9001' }), /0.0.0.0 is open to others/],
  ['no invitation', 'clinic', { invitations: { alice: invitations.alice } }, /invitations lacks bob/],
  [
    'one for another',
    'clinic',
    { invitations: { ...invitations, bob: invitations.alice } },
    /not for clinic at bob/,
  ],
  [
    'no line',
    'clinic',
    { invitations: { ...invitations, bob: 'secret' } },
    /expected the line of an invitation/,
  ],
  [
    'keys of a guest',
    'clinic',
    { keys: { clinic: guests.roles.keys.clinic } },
    /keys: unknown option "clinic"/,
  ],
];

for (const [what, here, change, expected] of REFUSED) {
  test(`${what} is refused`, async () => {
    const message = await refusal(here, change);
    assert.match(message, expected);
    assert.not.match(message, /[0-9a-f]{64}/);
  });
}

test.run();
