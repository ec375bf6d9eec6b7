/** The line by which a role is invited: who invites whom, a number and a secret. */
import type { Invitation } from '../../bindings/host/connection.js';
import { checkText } from '../options.js';

const MARK = 'beaverdam-invitation';
const FORM = /^beaverdam-invitation:(\S+):([0-9a-f]{32}):([0-9a-f]{64})$/;

/** @param at the role that takes the guest @param role the guest's */
export const writeInvitation = (at: string, role: string, { id, secret }: Invitation): string =>
  `${MARK}:${namesOf(at, role)}:${id}:${secret}`;

/**
 * The invitations of a guest, by the roles that have made them. Of two of one role the later counts.
 * @param lines in any order; empty ones are none
 * @param hosts the roles that the guest is linked to
 * @throws TypeError or RangeError for what is no invitation of one of them, and where one is missing; says nothing of what it is
 */
export function invitationsOf(
  name: string,
  lines: readonly unknown[],
  hosts: readonly string[],
  role: string,
): Record<string, string> {
  const found: Record<string, string> = {};
  lines.forEach((line, i) => {
    if (line === '') return;
    checkText(`${name}: line ${i + 1}`, line);
    const [, names] = FORM.exec(line.trim()) ?? [];
    const at = hosts.find((host) => names === namesOf(host, role));
    if (names !== undefined && at === undefined) {
      throw new RangeError(`${name}: line ${i + 1}: it is not for ${role} at ${hosts.join(' or ')}`);
    }
    if (at === undefined) throw new RangeError(`${name}: line ${i + 1}: expected the line of an invitation`);
    found[at] = line.trim();
  });
  const lacking = hosts.find((host) => !Object.hasOwn(found, host));
  if (lacking !== undefined) throw new RangeError(`${name}: lacks the invitation of ${lacking}`);
  return found;
}

/** Whom it invites to whom. */
const namesOf = (at: string, role: string): string => `${encodeURIComponent(at)}/${encodeURIComponent(role)}`;

/** @throws TypeError or RangeError for what is no invitation of `at` for `role`; says nothing of what it is */
export function readInvitation(name: string, line: unknown, at: string, role: string): Invitation {
  checkText(name, line);
  const [, names, id, secret] = FORM.exec(line.trim()) ?? [];
  if (names === undefined) throw new RangeError(`${name}: expected the line of an invitation`);
  if (names !== namesOf(at, role)) {
    throw new RangeError(`${name}: it is not for ${role} at ${at}`);
  }
  return { id, secret };
}
