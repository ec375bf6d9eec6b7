/** The option `network`: what is refused before anything listens or dials. */
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintOf, type NetworkOptions } from '../../src/session/network.js';
import type { SessionOptions } from '../../src/session/options.js';
import { createSession } from '../../src/session/session.js';
import { RolesOnNetwork, rolesWith } from '../world/network.js';

const roles = await RolesOnNetwork.of(rolesWith(2));
const usual = roles.optionsOf(['alice']);

/** Why a session of alice does not start with these. */
async function refusal(network: unknown, options: SessionOptions = {}): Promise<Error> {
  return createSession({ here: ['alice'], threads: 0, ...options, network: network as NetworkOptions }).then(
    async (session) => {
      await session.roles.fail(new Error('started'));
      return new Error('started');
    },
    (error: Error) => error,
  );
}

const { alice, bob, ...others } = usual.roles;
const { fingerprint } = alice;
const position = { training: 0, epoch: 1, id: 'ab'.repeat(16) };

const REFUSED: [string, unknown, typeof TypeError | typeof RangeError, RegExp][] = [
  ['no options', 'alice', TypeError, /network: expected a plain object \{ roles, .* \}, got a string/],
  ['an unknown option', { ...usual, port: 7 }, TypeError, /network: unknown option "port"/],
  ['a role that is missing', { ...usual, roles: { alice, ...others } }, RangeError, /roles lacks bob/],
  [
    'a role too many',
    { ...usual, roles: { ...usual.roles, eve: bob } },
    TypeError,
    /roles: unknown option "eve"/,
  ],
  [
    'a fingerprint of another form',
    { ...usual, roles: { ...usual.roles, bob: { ...bob, fingerprint: fingerprint.toUpperCase() } } },
    RangeError,
    /roles.bob.fingerprint: expected "sha256:" and 64 hexadecimal digits in lower case/,
  ],
  [
    'two roles with one key',
    { ...usual, roles: { ...usual.roles, bob: { ...bob, fingerprint } } },
    RangeError,
    /roles.bob has another role's fingerprint/,
  ],
  ...['127.0.0.1', 'localhost:0', 'localhost:65536', '::1:80', 'a b:1', 'http://a:1'].map(
    (address): (typeof REFUSED)[number] => [
      `the address ${address}`,
      { ...usual, roles: { ...usual.roles, bob: { ...bob, address } } },
      RangeError,
      /roles.bob.address: expected host:port, with a port from 1 to 65535/,
    ],
  ),
  [
    'two roles of which neither listens',
    {
      ...usual,
      roles: { ...usual.roles, alice: { fingerprint }, owner: { fingerprint: others.owner.fingerprint } },
    },
    RangeError,
    /neither alice nor owner has an address/,
  ],
  ['no key of a role here', { ...usual, keys: {} }, RangeError, /keys lacks alice, which is here/],
  [
    'a key of a role elsewhere',
    { ...usual, keys: { ...usual.keys, bob: usual.keys.alice } },
    TypeError,
    /keys: unknown option "bob"/,
  ],
  [
    'a certificate that is none',
    { ...usual, keys: { alice: { ...usual.keys.alice, certificate: 'alice' } } },
    TypeError,
    /keys.alice.certificate: expected the PEM of a certificate/,
  ],
  [
    'the certificate of another',
    { ...usual, keys: roles.optionsOf(['bob']).keys.bob && { alice: roles.optionsOf(['bob']).keys.bob } },
    RangeError,
    /keys.alice: the certificate's fingerprint is sha256:[0-9a-f]{64}, where roles.alice has sha256:/,
  ],
  [
    'listening as another',
    { ...usual, listen: { bob: '127.0.0.1:1' } },
    TypeError,
    /listen: unknown option "bob"/,
  ],
  [
    'listening nowhere',
    { ...usual, listen: { alice: 'here' } },
    RangeError,
    /listen.alice: expected host:port/,
  ],
  ['an agreement that is none', { ...usual, agreed: 'all' }, TypeError, /agreed: got a string/],
  [
    'an agreement on too much',
    { ...usual, agreed: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, i])) },
    RangeError,
    /agreed: at most 100 names, got 101/,
  ],
  [
    'an agreement of too long a name',
    { ...usual, agreed: { ['n'.repeat(101)]: 1 } },
    RangeError,
    /agreed: name 0 has more than 100 characters$/,
  ],
  ['an agreement of no name', { ...usual, agreed: { '': 1 } }, TypeError, /agreed: name 0 is empty$/],
  [
    'an agreement of two lines',
    { ...usual, agreed: { 'a\nb': 1 } },
    RangeError,
    /agreed: name 0 has a line break/,
  ],
  [
    'checkpoints of a role elsewhere',
    { ...usual, checkpoints: { bob: [] } },
    TypeError,
    /checkpoints: unknown option "bob"/,
  ],
  [
    'checkpoints as numbers',
    { ...usual, checkpoints: { alice: [1] } },
    TypeError,
    /checkpoints.alice: expected a plain object \{ training, epoch, id \}, got a number/,
  ],
  [
    'a checkpoint before the first',
    { ...usual, checkpoints: { alice: [{ ...position, epoch: -1 }] } },
    RangeError,
    /checkpoints.alice: epoch must be an integer, 0 or more/,
  ],
  [
    'a checkpoint of no run',
    { ...usual, checkpoints: { alice: [{ ...position, id: 'run 1' }] } },
    RangeError,
    /checkpoints.alice: id must be empty or 32 hexadecimal digits/,
  ],
  [
    'too many checkpoints',
    { ...usual, checkpoints: { alice: Array(257).fill(position) } },
    RangeError,
    /checkpoints.alice: at most 256 positions, got 257/,
  ],
  [
    'no time to join',
    { ...usual, joinWithin: 0 },
    RangeError,
    /joinWithin must be an integer from 1 to 604800/,
  ],
  ['no heartbeat', { ...usual, heartbeat: 0.5 }, RangeError, /heartbeat must be an integer from 1 to 3600/],
];

for (const [what, network, kind, expected] of REFUSED) {
  test(`${what} is refused`, async () => {
    const error = await refusal(network);
    assert.match(error.message, expected);
    assert.match(error.message, /^createSession: network/);
    assert.instance(error, kind);
  });
}

test('keys that no connection can be made with are refused at once, by role, also where the role only dials', async () => {
  const torn = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  for (const role of ['alice', 'owner']) {
    const own = roles.optionsOf([role]);
    const pairs: [Partial<(typeof own.keys)[string]>, RegExp][] = [
      [{ key: roles.keys.bob.key }, /: the private key is not that of the certificate$/],
      [{ key: 'secret' }, /: the private key cannot be read$/],
      [{ key: roles.keys[role].sealing.privateKey }, /: the private key is not that of the certificate$/],
      [{ certificate: torn }, /: the certificate cannot be read$/],
    ];
    for (const [change, expected] of pairs) {
      const keys = { [role]: { ...own.keys[role], ...change } };
      const { certificate } = keys[role];
      const pinned = {
        ...own.roles,
        [role]: { ...own.roles[role], fingerprint: await fingerprintOf('', certificate) },
      };
      const { message } = await refusal({ ...own, keys, roles: pinned }, { here: [role] });
      assert.match(message, expected);
      assert.match(message, new RegExp(`^createSession: network: keys of ${role}: `));
    }
  }
});

test('an address that is taken is refused by role and address', async () => {
  const taken = createServer().listen(roles.ports.alice, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { message } = await refusal(usual);
  taken.close();
  assert.match(
    message,
    new RegExp(`^createSession: alice cannot listen at 127.0.0.1:${roles.ports.alice}: .*EADDRINUSE`),
  );
});

test.run();
