/** Sessions that are closed: nobody takes that for a role that is missing, however long the word takes on some line. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startProxies } from '../../bench/support/proxy/host.js';
import { GRACE } from '../../src/session/fault.js';
import { RolesOnNetwork, rolesWith, runOverNetwork, valueAt } from '../world/network.js';
import { HOST } from '../world/ports.js';

test('a role that hears the others late closes as they do', async () => {
  const roles = await RolesOnNetwork.of(rolesWith(2));
  const proxies = await startProxies();
  try {
    // bob's words take longer to the owner than it waits before it takes the end of a link for a loss
    const target = { host: HOST, port: roles.ports.bob };
    const { port } = await proxies.open({ target, delay: 2 * GRACE });
    const slow = { ...roles.roles.bob, address: `${HOST}:${port}` };
    const outcomes = await runOverNetwork({
      roles,
      own: (here) => (here.includes('owner') ? { roles: { ...roles.roles, bob: slow } } : {}),
      program: async (session) => {
        const shown = await session
          .share(session.isHere('alice') ? [2] : null, { owner: 'alice', shape: [1] })
          .reveal();
        return shown && [...shown];
      },
    });
    assert.equal(
      roles.names.map((role) => valueAt(outcomes, role)),
      [null, null, null, [2]],
    );
  } finally {
    await proxies.close();
  }
});

test.run();
