import { CheckpointError, LeftError, ProtocolError, TimeoutError } from '../errors.js';
import { NOT_AGREED } from '../links/hello.js';

/** What a user typed cannot be carried out: one clear line on standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A signal has ended the command; `code` is what it ends with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** How the command ends, for the shell. */
export const exitCodes = {
  done: 0,
  /** The job itself failed, or what it prints cannot be written. */
  failed: 1,
  /** The command line, or the files of the user's that it names, make no sense. */
  usage: 2,
  /** Another role has left, is silent, did not come, or has refused this one. */
  left: 3,
  /** This role has refused what another asked for or sent. */
  refused: 4,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Ended by SIGTERM: 128 + SIGTERM. */
  terminated: 143,
} as const;

/** The exit code of an error. Roles with other jobs refuse each other as they meet: to come again would change nothing. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.code;
  if (error instanceof UsageError || error instanceof CheckpointError) return exitCodes.usage;
  if (error instanceof LeftError && error.message.includes(` ${NOT_AGREED}: `)) return exitCodes.refused;
  if (error instanceof LeftError || error instanceof TimeoutError) return exitCodes.left;
  return error instanceof ProtocolError ? exitCodes.refused : exitCodes.failed;
}
