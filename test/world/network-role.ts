/**
 * A role in a process of its own, for tests of what becomes of the others when it is gone: it is sent a session's options, works
 * without end, and says so after a few rounds.
 *
 *     fork('dist/test/world/network-role.js')
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SessionOptions } from '../../src/session/options.js';
import { createSession, type Session } from '../../src/session/session.js';

/** What all roles do. @param told of each round that is over */
export async function workWithoutEnd(session: Session, told: (round: number) => void): Promise<never> {
  for (let round = 1; ; round++) {
    const x = session.share(session.isHere('alice') ? [1, -2] : null, { owner: 'alice', shape: [2] });
    await x.relu().reveal();
    x.dispose();
    told(round);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', async (options: SessionOptions) => {
    const session = await createSession(options);
    await workWithoutEnd(session, (round) => {
      if (round === 3) process.send?.('at work');
    });
  });
}
