/** The line by which a role is invited: who invites whom, a number and a secret. */
import type { Invitation } from '../../bindings/host/connection.js';
import { checkText } from '../options.js';

const MARK = 'beaverdam-invitation';
const FORM = /^beaverdam-invitation:(\S+):([0-9a-f]{32}):([0-9a-f]{64})$/;

/** @param at the role that takes the guest @param role the guest's */
export const writeInvitation = (at: string, role: string, { id, secret }: Invitation): string =>
  `${MARK}:${encodeURIComponent(at)}/${encodeURIComponent(role)}:${id}:${secret}`;

/** @throws TypeError or RangeError for what is no invitation of `at` for `role`; says nothing of what it is */
export function readInvitation(name: string, line: unknown, at: string, role: string): Invitation {
  checkText(name, line);
  const [, names, id, secret] = FORM.exec(line.trim()) ?? [];
  if (names === undefined) throw new RangeError(`${name}: expected the line of an invitation`);
  if (names !== `${encodeURIComponent(at)}/${encodeURIComponent(role)}`) {
    throw new RangeError(`${name}: it is not for ${role} at ${at}`);
  }
  return { id, secret };
}
