/** A role invites a client that has no certificate. */
import { files } from '#host';
import type { KeptInvitation } from '../../bindings/host/connection.js';
import { hexOf } from '../bytes.js';
import { checkInteger, checkName, checkOptions, checkText } from '../options.js';
import { writeInvitation } from './invitation.js';

/** Who invites whom. */
export interface InviteOptions {
  /** The role that invites, a party for example, and the folder in which it keeps its invitations. */
  readonly at: string;
  readonly folder: string;
  /** The client that is invited. */
  readonly role: string;
  /** Days in which a run must begin with it, 1 to 365. Default 7. */
  readonly days?: number;
}

const DAY = 24 * 3600 * 1000;

/**
 * Makes an invitation: a line that a client without a certificate shows, in `network.invitations`. The first run that joins with
 * it uses it up. Whoever has the line can come in the client's place, so it is to be handed over in secret. It is kept in a file of mode 600.
 * @throws TypeError or RangeError for options that make no sense, Error where there are no files (in a page)
 */
export async function invite(options: InviteOptions): Promise<string> {
  checkOptions('invite', options, ['at', 'folder', 'role', 'days']);
  const { at, folder, role, days = 7 } = options;
  checkName('invite: at', at);
  checkName('invite: role', role);
  checkText('invite: folder', folder);
  checkInteger('invite: days', days, 1, 365);
  if (at === role) throw new RangeError(`invite: ${at} cannot invite itself`);
  if (!files) throw new Error('invite: a page has no files to keep an invitation in');
  const draw = (length: number) => hexOf(crypto.getRandomValues(new Uint8Array(length)));
  const kept: KeptInvitation = { id: draw(16), secret: draw(32), at, role, expires: Date.now() + days * DAY };
  await files.replace(folder, `${kept.id}.json`, new TextEncoder().encode(`${JSON.stringify(kept)}\n`));
  return writeInvitation(at, role, kept);
}
