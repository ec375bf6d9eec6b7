/**
 * The same program at several sessions, each of which has some of the roles here, linked by shared memory: what several
 * processes would do.
 */
import type { SessionOptions } from '../../src/session/options.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, sharedLinks, type TestOptions } from '../../src/testing.js';

/** A program, as every process runs it. */
export type Program<T> = (session: Session) => Promise<T>;

/** What a program came to at one session: its value or its error. */
export type Outcome<T> = { readonly value: T } | { readonly error: Error };

/**
 * Runs a program at sessions with these roles here, all at once, and closes each when it ends, well or not.
 * @param here the roles of each session
 * @param program by the number of the session, where they differ
 */
export function runApart<T>(
  options: SessionOptions,
  here: readonly (readonly string[])[],
  program: (place: number) => Program<T>,
  testing: TestOptions = {},
  own: (place: number) => SessionOptions = () => ({}),
): Promise<Outcome<T>[]> {
  const { parties, provider, owner, clients, linkBytes } = options;
  const links = sharedLinks({
    ...(parties && { parties }),
    ...(provider && { provider }),
    ...(owner && { owner }),
    ...(clients && { clients }),
    ...(linkBytes && { linkBytes }),
  });
  return Promise.all(
    here.map(async (roles, place): Promise<Outcome<T>> => {
      try {
        const session = await createTestSession(
          { threads: 0, ...options, ...own(place), here: roles },
          { ...testing, links },
        );
        return { value: await runAndClose(session, program(place)) };
      } catch (error) {
        return { error: error as Error };
      }
    }),
  );
}

/** Runs a program and closes its session; the first error counts. */
async function runAndClose<T>(session: Session, program: Program<T>): Promise<T> {
  try {
    const value = await program(session);
    await session.close();
    return value;
  } catch (error) {
    await session.roles.fail(error as Error);
    throw error;
  }
}

/** The values of outcomes. @throws the first error */
export function valuesOf<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  });
}
