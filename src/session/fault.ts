/** Which role is at fault when a session ends, and what is said of it. */
import { JobError, LeftError, ProtocolError, revive, TimeoutError } from '../errors.js';
import type { StopSignal } from './options.js';

/** Milliseconds in which the role at fault is heard of, after another has waited for it in vain. */
export const GRACE = 200;

/**
 * A role whose worker failed or ended.
 * @param moment when: 'during fitEpoch'
 */
export const failureOf = (role: string, moment: string, error: Error): JobError =>
  new JobError(`${role} failed: ${error.message} (${moment})`, { cause: error });

/** An error that came in place of a role's answer, as the session hands it out: it names role and command. */
export function errorOf(role: string, moment: string, error: unknown): Error {
  const known = revive(error);
  // what a role throws itself says where it happened
  if (known instanceof ProtocolError || known instanceof TypeError || known instanceof RangeError)
    return known;
  return failureOf(role, moment, known);
}

/** Whether a role that failed so has only waited for another. */
const waited = (error: unknown): boolean => error instanceof TimeoutError || error instanceof LeftError;

/**
 * The error to hand out when the roles' answers begin to fail: where the first role to fail has only waited for another,
 * that of one which failed itself, if it is heard of soon.
 */
export function atFault(first: unknown, answers: readonly Promise<unknown>[]): Promise<unknown> {
  if (!waited(first)) return Promise.resolve(first);
  return new Promise((resolve) => {
    const late = setTimeout(resolve, GRACE, first);
    for (const answer of answers) {
      answer.catch((error: unknown) => {
        if (waited(error)) return;
        clearTimeout(late);
        resolve(error);
      });
    }
  });
}

/** Why a session was ended from outside. */
export const endingOf = ({ reason }: StopSignal): Error =>
  reason instanceof JobError ? reason : new JobError('the session was interrupted', { cause: reason });
