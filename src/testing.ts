/**
 * beaverdam/testing: sessions for tests. They may have known seeds, records of what parties saw, and sums over few
 * rows, each of which takes away what a session protects. Nothing here is for data that matters.
 *
 *     const session = await createTestSession({ ring: 32 }, { seed: 1, transcripts: true });
 *     await session.share([1, 2]).square().reveal();
 *     console.log((await transcriptsOf(session)).get('bob'));
 *     await session.close();
 */

import type { TranscriptEntry } from './party/transcript.js';
import { resolveOptions, type SessionOptions } from './session/options.js';
import { RoleGroup } from './session/role-group.js';
import { Session } from './session/session.js';
import type { TestOptions } from './session/test-options.js';
import { resolveTestOptions } from './session/testing.js';
import { createWiring, type Wiring } from './session/wiring.js';

export type { TranscriptEntry } from './party/transcript.js';
export type { TestOptions } from './session/test-options.js';
export type { Wiring } from './session/wiring.js';

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

/**
 * Memory that links the roles of sessions with `here`, in one process or in several threads of one: give it to each as
 * the test option `links`. Each role must be in one of them.
 * @param options those of the sessions, as far as roles and links go
 */
export function sharedLinks(
  options: Pick<SessionOptions, 'parties' | 'provider' | 'owner' | 'clients' | 'linkBytes'> = {},
): Wiring {
  const settings = resolveOptions(options, 1);
  return createWiring(settings, settings.linkBytes);
}

/** What each role has seen so far, in a test session with `transcripts: true`; empty lists in others. */
export const transcriptsOf = (session: Session): Promise<ReadonlyMap<string, readonly TranscriptEntry[]>> =>
  session.roles.transcripts();
