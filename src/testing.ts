/**
 * beaverdam/testing: sessions for tests. They may have known seeds, records of what parties saw, and sums over few
 * rows, each of which takes away what a session protects. Nothing here is for data that matters.
 *
 *     const session = await createTestSession({ ring: 32 }, { seed: 1, transcripts: true });
 *     await session.share([1, 2]).square().reveal();
 *     console.log((await transcriptsOf(session)).get('bob'));
 *     await session.close();
 */

import type { TranscriptEntry } from './role/role.js';
import { resolveTestOptions, type TestOptions } from './role/test-settings.js';
import type { SessionOptions } from './session/options.js';
import { RoleGroup } from './session/role-group.js';
import { Session } from './session/session.js';

export type { TranscriptEntry } from './role/role.js';
export type { TestOptions } from './role/test-settings.js';

/**
 * Starts a session as `createSession` does, with the given test options. FOR TESTS ONLY.
 * @throws TypeError or RangeError for options that make no sense
 */
export async function createTestSession(
  options: SessionOptions = {},
  testing: TestOptions = {},
): Promise<Session> {
  return Session.of(await RoleGroup.start(options, resolveTestOptions(testing)));
}

/** What each role has seen so far, in a test session with `transcripts: true`; empty lists in others. */
export const transcriptsOf = (session: Session): Promise<ReadonlyMap<string, readonly TranscriptEntry[]>> =>
  session.roles.transcripts();
