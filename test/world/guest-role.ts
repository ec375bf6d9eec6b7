/**
 * A guest in a process of its own, for tests of what becomes of the others when it is gone: it is sent a session's options, brings
 * rows without end, and says so after a few of them.
 *
 *     fork('dist/test/world/guest-role.js')
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SessionOptions } from '../../src/session/options.js';
import { createSession, type Session } from '../../src/session/session.js';

const SHAPE = [250, 100];

/** What all roles do. @param told of each matrix that is there */
export async function bringWithoutEnd(session: Session, told: (count: number) => void): Promise<never> {
  for (let count = 1; ; count++) {
    const values = session.isHere('clinic') ? new Float32Array(SHAPE[0] * SHAPE[1]).fill(0.5) : null;
    const x = session.share(values, { owner: 'clinic', shape: SHAPE });
    await session.ready();
    x.dispose();
    told(count);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', async (options: SessionOptions) => {
    const session = await createSession(options);
    await bringWithoutEnd(session, (count) => {
      if (count === 3) process.send?.('brings');
    });
  });
}
