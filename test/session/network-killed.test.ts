/** A role whose process is killed is missed by all others, by name, those included that do not wait for it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LeftError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { LinkEvent } from '../../src/session/network.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { errorAt, RolesOnNetwork, rolesWith, runOverNetwork } from '../world/network.js';
import { workWithoutEnd } from '../world/network-role.js';

const script = fileURLToPath(new URL('../world/network-role.js', import.meta.url));
const HEARTBEAT = 5;
/** Room for so much that nobody ever waits for the owner to read. */
const linkBytes = 2 ** 26;

for (const victim of rolesWith(2)) {
  test(`${victim} is killed: all others end, and say that it could not be reached`, async () => {
    const roles = await RolesOnNetwork.of(rolesWith(2));
    const others = roles.names.filter((name) => name !== victim);
    const child = fork(script);
    const options: SessionOptions = {
      ring: 32,
      threads: 0,
      linkBytes,
      here: [victim],
      network: roles.optionsOf([victim], { heartbeat: HEARTBEAT }),
    };
    child.send(options);
    const events: LinkEvent[] = [];
    const atWork = new Set<string>();
    let everybody: () => void = () => {};
    const allAtWork = new Promise<void>((resolve) => {
      everybody = resolve;
    });
    const ended = runOverNetwork({
      roles,
      options: { linkBytes },
      here: others.map((role) => [role]),
      own: () => ({ heartbeat: HEARTBEAT, onLink: (event) => events.push(event) }),
      program: (session, [role]) =>
        workWithoutEnd(session, () => {
          atWork.add(role);
          if (atWork.size === others.length) everybody();
        }),
    });
    await Promise.all([once(child, 'message'), allAtWork]);
    child.kill('SIGKILL');
    await once(child, 'close');
    const outcomes = await ended;
    for (const role of others) {
      assert.match(errorAt(outcomes, role), new RegExp(`${victim} could not be reached for ${HEARTBEAT} s`));
      const states = events.filter(({ self, peer }) => self === role && peer === victim);
      assert.equal(states.map(({ state }) => state)[0], 'linked', role);
      assert.is(states.at(-1)?.state, 'ended', role);
    }
  });
}

test('an owner whose program fails ends a training that does not wait for it', async () => {
  const roles = await RolesOnNetwork.of(rolesWith(2));
  const outcomes = await runOverNetwork({
    roles,
    options: { linkBytes },
    own: () => ({ heartbeat: HEARTBEAT }),
    program: async (session, [role]) => {
      const own = (owner: string, size: number) => (session.isHere(owner) ? Array(size).fill(0.5) : null);
      const x = session.share(own('alice', 64 * 4), { owner: 'alice', shape: [64, 4] });
      const y = session.share(own('bob', 64), { owner: 'bob', shape: [64, 1] });
      await session.ready();
      if (role === 'owner') throw new RangeError('the owner has had enough');
      const model = sequential([dense({ units: 8, inputShape: [4] }), dense({ units: 1 })]);
      model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
      for (;;) await model.fit(x, y, { epochs: 2, batchSize: 8 });
    },
  });
  assert.is(errorAt(outcomes, 'owner'), 'the owner has had enough');
  for (const role of ['alice', 'bob', 'provider']) {
    const outcome = outcomes.get(role) as { error: Error };
    assert.match(outcome.error.message, /owner left( at operation \d+)?: the owner has had enough/);
    assert.instance(outcome.error, LeftError);
  }
});

test.run();
