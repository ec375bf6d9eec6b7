/** The invitations of a role, in a folder: a file each, and beside it one that says which run has used it. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeptInvitation, Refused } from '../connection.js';

const pathOf = (folder: string, id: string, kind: 'json' | 'used'): string => join(folder, `${id}.${kind}`);

/** The invitation with a number; null where there is none. @param id 32 hexadecimal digits */
export function findInvitation(folder: string, id: string): KeptInvitation | null {
  try {
    return JSON.parse(readFileSync(pathOf(folder, id, 'json'), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Uses an invitation for a run, once and for all: of two processes that do so at once, one comes first.
 * @throws Refused where another run has used it, or it has expired before any has
 */
export function takeInvitation(folder: string, { id, expires }: KeptInvitation, run: string): void {
  const place = pathOf(folder, id, 'used');
  const user = userOf(place);
  if (user === run) return;
  if (user === null && Date.now() > expires) {
    throw new Refused(`the invitation has expired at ${new Date(expires).toISOString()}`);
  }
  if (user !== null || !mark(place, run)) throw new Refused('the invitation was used');
}

function userOf(place: string): string | null {
  try {
    return readFileSync(place, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a file that nobody has written before, whole. */
function mark(place: string, run: string): boolean {
  const beside = `${place}.${run}`;
  writeFileSync(beside, run, { mode: 0o600 });
  try {
    linkSync(beside, place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(beside, { force: true });
  }
}
