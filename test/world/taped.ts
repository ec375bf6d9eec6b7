/** A provider that deals to tapes, and runs in which they stand for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionOptions } from '../../src/session/options.js';
import { makeTapeKeys, type TapeKeys, tapePath } from '../../src/session/tape.js';
import { createTestSession, type TestOptions } from '../../src/testing.js';
import { type Outcome, type Program, runApart } from './apart.js';
import { namesOf } from './sessions.js';

/** Names that are always the same parties' keys. */
export const keys: Readonly<Record<string, TapeKeys>> = Object.fromEntries(
  namesOf(3).map((name) => [name, makeTapeKeys()]),
);

/** A folder for one test, which is gone after it. */
export async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'tape-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs a program at a provider that deals to `dir`. */
export async function deal(
  options: SessionOptions,
  dir: string,
  program: Program<unknown>,
  testing: TestOptions = {},
  key?: string,
): Promise<void> {
  const { parties = namesOf(2), provider = 'provider' } = options;
  const sealed = Object.fromEntries(parties.map((party) => [party, keys[party].publicKey]));
  const session = await createTestSession(
    { threads: 0, ...options, here: [provider], deal: { dir, parties: sealed, ...(key && { key }) } },
    testing,
  );
  try {
    await program(session);
  } catch (error) {
    await session.roles.fail(error as Error);
    throw error;
  }
  await session.close();
}

/** The roles that use tapes, each in a session of its own. */
export const users = (parties: number, owner = 'owner'): string[] => [
  ...namesOf(parties),
  ...(namesOf(parties).includes(owner) ? [] : [owner]),
];

/** Runs a program in which the tapes of `dir` stand for the provider. @param own options of one place, where they differ */
export async function runTaped<T>(
  options: SessionOptions,
  dir: string,
  program: (place: number) => Program<T>,
  testing: TestOptions = {},
  own: (place: number) => SessionOptions = () => ({}),
): Promise<Outcome<T>[]> {
  const roles = users((options.parties ?? namesOf(2)).length, options.owner);
  const files = await Promise.all(roles.map((role) => tapePath(dir, role)));
  return runApart(
    { timeout: 20_000, ...options },
    roles.map((role) => [role]),
    program,
    testing,
    (place) => ({
      tape: { file: files[place], ...(keys[roles[place]] && { key: keys[roles[place]].privateKey }) },
      ...own(place),
    }),
  );
}
