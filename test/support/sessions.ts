/** Sessions that are closed whatever happens, so that a failing test leaves no worker behind. */
import type { SessionOptions } from '../../src/session/options.js';
import { createSession, type Session } from '../../src/session/session.js';

const NAMES = ['alice', 'bob', 'carol'];

/** Names of the first parties. */
export const namesOf = (parties: number): string[] => NAMES.slice(0, parties);

/** Runs `work` on a session without helper threads, and ends the session. */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await createSession({ threads: 0, ...options });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
