/** Roles that a program may name at a moment of it. */
import { withData } from '../party/agreement.js';
import { checkRole } from '../party/disclosures.js';
import type { Roles } from './roles.js';

/** @throws TypeError for what is no role that brings data and is shown results, and for one that has left */
export function checkPresent(name: string, role: unknown, roles: Roles): asserts role is string {
  checkRole(name, role, withData(roles.settings));
  if (roles.hasLeft(role)) throw new TypeError(`${name}: ${role} has left the session`);
}
