/** Errors of the package. Messages name roles, operations, shapes, rows and columns; never a share, seed or value. */

/** Peers out of step, a peer that stays silent, a frame that does not fit the program. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';
}

/** A peer that stays silent or is too slow: the role that says so is not the one at fault. */
export class TimeoutError extends ProtocolError {
  override readonly name = 'TimeoutError';
}

/** A peer that has left: the role that says so is not the one at fault. */
export class LeftError extends ProtocolError {
  override readonly name = 'LeftError';
}

/** A job that cannot run: a bad description, a role that died, a session that has ended. */
export class JobError extends Error {
  override readonly name = 'JobError';
}

/** Checkpoints from which a job cannot go on: it would not help to try again with the same ones. */
export class CheckpointError extends JobError {}

/** A computation whose numbers leave what the ring can hold: its results would be wrong. */
export class RangeExceeded extends Error {
  override readonly name = 'RangeExceeded';
}

/** What an error says, whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const kinds = {
  TypeError,
  RangeError,
  ProtocolError,
  TimeoutError,
  LeftError,
  JobError,
  RangeExceeded,
} as const;

/** An error that came from a worker, with the class that its name says (messages between threads lose it). */
export function revive(error: unknown): Error {
  if (!(error instanceof Error)) return new JobError(String(error));
  const kind = kinds[error.name as keyof typeof kinds];
  if (!kind || error instanceof kind) return error;
  return new kind(error.message, { cause: error });
}
