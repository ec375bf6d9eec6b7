/** A client without a certificate comes over WebSockets, with an invitation that is used up. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { invite } from '../../src/session/invite.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession } from '../../src/testing.js';
import { NAMES, OPTIONS, train, trainForClinic } from '../world/clinic.js';
import { bringWithoutEnd } from '../world/guest-role.js';
import { withGuest } from '../world/guests.js';
import { errorAt, runOverNetwork, valueAt } from '../world/network.js';

const SEED = { seed: 8 };
const guests = await withGuest(NAMES, 'clinic', ['alice', 'bob']);
test.after(() => guests.remove());

/** A sum, so that a run is short. */
async function short(session: Session) {
  const x = session.share(session.isHere('clinic') ? [1, 2] : null, { owner: 'clinic', shape: [2] });
  const shown = await x.reveal();
  return shown && [...shown];
}

const run = <T>(
  of: (session: Session) => Promise<T>,
  invitations: Record<string, string>,
  own: (role: string) => object = () => ({}),
) =>
  runOverNetwork({
    roles: guests.roles,
    options: OPTIONS,
    testing: SEED,
    own: ([role]) => ({ heartbeat: 2, ...guests.own(role, invitations), ...own(role) }),
    program: of,
  });

test('a guest brings rows, and the model is that of one process, bit for bit', async () => {
  const whole = await createTestSession(OPTIONS, SEED);
  const one = await trainForClinic(whole);
  await whole.close();
  const outcomes = await run(trainForClinic, await guests.invitations());
  assert.equal(valueAt(outcomes, 'owner'), one);
  for (const role of ['alice', 'bob', 'provider', 'clinic']) assert.is(valueAt(outcomes, role), null);
});

test('an invitation is kept for its owner alone, and used by one run', async () => {
  const invitations = await guests.invitations();
  for (const file of readdirSync(guests.folderOf('alice'))) {
    if (process.platform !== 'win32')
      assert.is(statSync(join(guests.folderOf('alice'), file)).mode & 0o777, 0o600);
  }
  assert.equal(valueAt(await run(short, invitations), 'owner'), [1, 2]);
  const again = await run(short, invitations, () => ({ joinWithin: 20 }));
  assert.match(errorAt(again, 'clinic'), /(alice|bob) refused clinic: the invitation was used/);
  // whoever knocks in vain ends nothing; the right guest might still come. Refused by one, it may not have come to the other
  const errors = ['alice', 'bob', 'owner'].map((role) => errorAt(again, role));
  for (const error of errors) assert.match(error, /clinic did not come within 20 s/);
  assert.match(errors.join('\n'), / \(a guest was refused: the invitation was used\)/);
});

test('an invitation that has expired, or that nobody has made, is refused by name', async () => {
  const good = await guests.invitations();
  const made = good.alice;
  const forged = `${made.slice(0, -4)}${made.endsWith('0000') ? '1111' : '0000'}`;
  const refused = await run(short, { ...good, alice: forged });
  assert.match(errorAt(refused, 'clinic'), /alice refused clinic: alice knows no such invitation/);
  assert.match(errorAt(refused, 'bob'), /alice refused clinic: alice knows no such invitation/);
  const now = Date.now;
  Date.now = () => now() - 2 * 24 * 3600 * 1000;
  const folder = guests.folderOf('alice');
  const late = await invite({ at: 'alice', role: 'clinic', folder, days: 1 }).finally(() => {
    Date.now = now;
  });
  const expired = await run(short, { ...(await guests.invitations()), alice: late });
  assert.match(errorAt(expired, 'clinic'), /alice refused clinic: the invitation has expired at 20/);
});

test('a guest does not take another role for the one that it knows', async () => {
  const other = guests.table.owner.fingerprint;
  const outcomes = await run(short, await guests.invitations(), (role) =>
    role === 'clinic'
      ? {
          roles: {
            ...guests.table,
            alice: { ...guests.table.alice, fingerprint: `${other.slice(0, -4)}0000` },
          },
        }
      : {},
  );
  const { fingerprint } = guests.table.alice;
  assert.match(errorAt(outcomes, 'clinic'), new RegExp(`alice shows the certificate ${fingerprint}`));
});

test('a guest that is gone in the middle is missed by name', async () => {
  const invitations = await guests.invitations();
  const outcomes = await run(async (session) => {
    if (session.isHere('clinic')) {
      const { rows } = train;
      const values = Float32Array.from(train.x);
      await session.shareRows([{ owner: 'clinic', values, rows }], [13]);
      throw new RangeError('the page was closed');
    }
    return trainForClinic(session);
  }, invitations);
  for (const role of ['alice', 'bob', 'owner'])
    assert.match(errorAt(outcomes, role), /clinic.*the page was closed/);
});

test('a guest whose process vanishes in mid-upload is missed by name', async () => {
  const invitations = await guests.invitations();
  const child = fork(fileURLToPath(new URL('../world/guest-role.js', import.meta.url)));
  const network = (role: string) =>
    guests.roles.optionsOf([role], { heartbeat: 3, ...guests.own(role, invitations) });
  child.send({ ...OPTIONS, here: ['clinic'], network: network('clinic') });
  const others = NAMES.filter((name) => name !== 'clinic');
  const ended = runOverNetwork({
    roles: guests.roles,
    options: OPTIONS,
    here: others.map((role) => [role]),
    own: ([role]) => network(role),
    program: (session) => bringWithoutEnd(session, () => {}),
  });
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'close');
  const outcomes = await ended;
  for (const role of ['alice', 'bob']) {
    assert.match(errorAt(outcomes, role), /clinic could not be reached for 3 s/);
  }
  for (const role of ['provider', 'owner']) {
    assert.match(errorAt(outcomes, role), /(alice|bob) left.*clinic could not be reached for 3 s/);
  }
});

test.run();
