/** Roles without a certificate: which can be guests, how they find those that they are linked to, and who takes them. */
import { checkOptions } from '../options.js';
import { type Named, peersOf, rolesOf } from '../party/agreement.js';
import { readInvitation } from './invitation.js';
import { checkWeb } from './web.js';

/** The fingerprint of a role that has no certificate. */
export const GUEST = 'guest';

/** What is known of a role, as far as it counts here. */
type Known = Readonly<
  Record<string, { readonly fingerprint: string; readonly web?: string; readonly address?: string }>
>;

/** What is wrong with a guest. */
interface Problem {
  /** The role at which it is, its guest or another, and the field. */
  readonly role: string;
  readonly field: 'fingerprint' | 'address' | 'web';
  readonly problem: string;
}

/**
 * The first guest that cannot be: the provider, whom no invitation makes known to all; one that listens; one of two that are linked,
 * since neither can be dialled; one linked to a role that takes none.
 * @returns null where all is well
 */
export function guestProblem(agreement: Named, roles: Known): Problem | null {
  const guests = rolesOf(agreement).filter((role) => roles[role].fingerprint === GUEST);
  for (const role of guests) {
    if (role === agreement.provider) {
      return {
        role,
        field: 'fingerprint',
        problem: 'the provider deals to all by a certificate, and is no guest',
      };
    }
    const listening = (['address', 'web'] as const).find((field) => roles[role][field] !== undefined);
    if (listening) return { role, field: listening, problem: 'a guest dials, and has none' };
    for (const peer of peersOf(agreement, role)) {
      if (guests.includes(peer)) {
        const problem = `${role} and ${peer} are guests, and two guests cannot be linked to each other`;
        return { role: peer, field: 'fingerprint', problem };
      }
      if (roles[peer].web === undefined) {
        return { role: peer, field: 'web', problem: `is missing, where ${role} is a guest` };
      }
    }
  }
  return null;
}

/** The options of a network that are about guests. */
interface Guests {
  readonly roles: Known;
  readonly web?: Readonly<Record<string, unknown>>;
  readonly invitations?: Readonly<Record<string, string>>;
}

/** How guests find those that they are linked to. @throws TypeError or RangeError where one cannot */
export function checkGuests(
  name: string,
  { roles, web = {}, invitations = {} }: Guests,
  agreement: Named,
  here: readonly string[],
): void {
  const wrong = guestProblem(agreement, roles);
  if (wrong) throw new RangeError(`${name}: roles.${wrong.role}.${wrong.field}: ${wrong.problem}`);
  const guests = rolesOf(agreement).filter((role) => roles[role].fingerprint === GUEST);
  const guestsHere = guests.filter((role) => here.includes(role));
  if (guestsHere.length > 1) {
    throw new RangeError(`${name}: ${guestsHere.join(' and ')} are guests, of which a process has one`);
  }
  const hosts = [...new Set(guests.flatMap((role) => peersOf(agreement, role)))];
  checkOptions(
    `${name}: web`,
    web,
    here.filter((role) => hosts.includes(role)),
  );
  for (const [role, options] of Object.entries(web)) checkWeb(`${name}: web.${role}`, options);
  const awaited = guests.filter((role) => !here.includes(role)).flatMap((role) => peersOf(agreement, role));
  const deaf = awaited.find((host) => here.includes(host) && !Object.hasOwn(web, host));
  if (deaf) throw new RangeError(`${name}: web lacks ${deaf}, which takes guests`);
  const invited = guestsHere
    .flatMap((role) => peersOf(agreement, role))
    .filter((role) => !here.includes(role));
  checkOptions(`${name}: invitations`, invitations, invited);
  for (const host of invited) {
    if (!Object.hasOwn(invitations, host)) throw new RangeError(`${name}: invitations lacks ${host}`);
    readInvitation(`${name}: invitations.${host}`, invitations[host], host, guestsHere[0]);
  }
}
