/** How large the tapes of a program will be, before anything is dealt. */
import { RECORD_BYTES } from '../role/lockstep.js';
import { ownerTapeBytes, tapeBytes } from '../tape/tape-format.js';
import { DryRoles } from './dry-roles.js';
import { resolveOptions, type SessionOptions } from './options.js';
import { Session } from './session.js';
import { headerOf, rolesWithTape } from './tape.js';

/** How large the tapes of a program are. */
export interface TapeSize {
  /** Bytes of each role's tape. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Bytes that the ledger counts as dealt, all of which are in the last party's. */
  readonly dealt: number;
  /** Frames in which they are dealt, and commands: 8 bytes beside each frame, 72 for each command. */
  readonly frames: number;
  readonly commands: number;
}

/**
 * What the tapes of a program take, as `createSession({ deal })` would write them, to the byte: what is dealt, 8 bytes for each
 * of its frames, 72 for each command, 16 for each 64 KiB, and a public part of less than a kilobyte. The program runs without
 * numbers, as for `listDisclosures`.
 * @param options those of the session; of `deal` the key and the job alone
 * @throws what the program throws
 */
export async function tapeSize(
  program: (session: Session) => Promise<unknown>,
  options: SessionOptions = {},
): Promise<TapeSize> {
  const { deal, tape: _, here: __, network: ___, ...others } = options;
  const settings = { ...resolveOptions(others, 1), here: [] };
  const roles = new DryRoles(settings, true);
  const session = Session.of(roles);
  try {
    await program(session);
  } finally {
    await session.close();
  }
  const { all: commands, renewals } = roles.commands;
  const { bytes: dealt, frames } = roles.dealt;
  const last = settings.parties[settings.parties.length - 1];
  const none = { dealt: 0, frames: 0, renewals: 0 };
  const whole = { dealt: dealt + commands * RECORD_BYTES, frames: frames + commands, renewals };
  const bytes = rolesWithTape(settings).map((role): [string, number] => {
    const header = headerOf(settings, role, '0'.repeat(32), deal);
    if (!settings.parties.includes(role)) return [role, ownerTapeBytes(header)];
    return [role, tapeBytes(header, role === last ? whole : none)];
  });
  return { bytes: Object.fromEntries(bytes), dealt, frames, commands };
}
