/** Sessions that are closed whatever happens, so that a failing test leaves no worker behind. */

import type { SessionOptions } from '../../src/session/options.js';
import type { Session } from '../../src/session/session.js';
import type { TestOptions } from '../../src/session/test-options.js';
import { createTestSession } from '../../src/testing.js';
import { RINGS } from './ring.js';

const NAMES = ['alice', 'bob', 'carol'];

/** Names of the first parties. */
export const namesOf = (parties: number): string[] => NAMES.slice(0, parties);

/** A session of every setting (2 and 3 parties, both rings), for a whole test file; to be closed by `closeAll`. */
export async function sessionsOfEverySetting(options: SessionOptions = {}, testing: TestOptions = {}) {
  const sessions = await Promise.all(
    RINGS.flatMap((ring) =>
      [2, 3].map((n) => createTestSession({ ring, parties: namesOf(n), threads: 0, ...options }, testing)),
    ),
  );
  return {
    sessions,
    closeAll: async (): Promise<void> => {
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
}

/** What a session's setting is called in a message. */
export const nameOf = ({ settings }: Session): string =>
  `ring ${settings.ring}, ${settings.parties.length} parties`;

/** Runs `work` on a session of ring 32, unless told otherwise, without helper threads, and ends the session. */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
  testing: TestOptions = {},
): Promise<T> {
  const session = await createTestSession({ ring: 32, threads: 0, ...options }, testing);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
