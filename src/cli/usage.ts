/** What a user typed cannot be carried out: one clear line on standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How the command ends, for the shell. */
export const exitCodes = {
  done: 0,
  /** The job itself failed, or what it prints cannot be written. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Ended by SIGTERM: 128 + SIGTERM. */
  terminated: 143,
} as const;
