/** The provider's tape, as a session deals it or uses it. */
import { hexOf, pathIn } from '../bytes.js';
import { JobError } from '../errors.js';
import { type Agreement, agreementOf, PROTOCOL, withData } from '../party/agreement.js';
import type { DealBoot } from '../role/boot.js';
import { differences, readHeader, type TapeHeader } from '../tape/header.js';
import { publicKeyOf, readPublicKey, writtenKey } from '../tape/keys.js';
import { openTapeFile, Tape, type TapePlace } from '../tape/tape-file.js';
import { VERSION } from '../version.js';
import { prefixOf } from './checkpoint-folder.js';
import type { DealOptions, TapeOptions } from './tape-options.js';

export { makeTapeKeys, type TapeKeys } from '../tape/keys.js';

/** The path of a role's tape in the folder to which the provider has dealt: of a party, or of a role that holds no share. */
export const tapePath = async (dir: string, role: string): Promise<string> =>
  pathIn(dir, `${await prefixOf(role)}.tape`);

/** The roles that have a tape: the parties, and those that hold no share, of whose tapes there is the public part alone. */
export const rolesWithTape = withData;

/** The public part of a role's tape. */
export function headerOf(
  agreement: Agreement,
  role: string,
  tape: string,
  { key, job = null }: { readonly key?: string; readonly job?: string | null } = {},
): TapeHeader {
  const { tape: _, ...agreed } = agreementOf(agreement);
  const from = key === undefined ? null : writtenKey(publicKeyOf('deal: key', key));
  return { tape, role, agreement: agreed, protocol: PROTOCOL, version: VERSION, from, job };
}

/** What a provider deals to. */
export async function dealBoot(options: DealOptions, agreement: Agreement): Promise<DealBoot> {
  const { dir, parties, key } = options;
  const tape = hexOf(crypto.getRandomValues(new Uint8Array(16)));
  const tapes = rolesWithTape(agreement).map(async (role) => ({
    path: await tapePath(dir, role),
    header: headerOf(agreement, role, tape, options),
    to: Object.hasOwn(parties, role) ? readPublicKey(`deal: parties.${role}`, parties[role]) : null,
  }));
  return { tapes: await Promise.all(tapes), from: key ?? null };
}

/** A tape that can be used. */
export interface OpenedTape {
  /** Which it is. */
  readonly id: string;
  /** Where the party that is here finds it; null where none is. */
  readonly place: TapePlace | null;
}

/**
 * Looks whether a tape can be used; nothing is marked.
 * @throws JobError for a tape that is missing, used, cut off, altered, of another role, session, job or provider, or sealed to another key
 */
export function findTape(
  { file: path, key, from, job }: TapeOptions,
  agreement: Agreement,
  here: readonly string[],
): OpenedTape {
  const party = agreement.parties.find((name) => here.includes(name));
  const { header } = peek(path);
  if (party !== undefined && header.role !== party) {
    throw new JobError(`${path} is the tape of ${header.role}, where ${party} is here`);
  }
  const differing = differences(header, headerOf(agreement, header.role, header.tape));
  if (differing.length > 0) {
    throw new JobError(`${path} was dealt for a session with other settings: ${differing.join(', ')}`);
  }
  if (header.job !== (job ?? null))
    throw new JobError(`${path} was dealt for another job; nothing of it was used`);
  if (from !== undefined && header.from !== from) {
    const by = header.from === null ? 'does not say who has dealt it' : 'was dealt by another provider';
    throw new JobError(`${path} ${by}; expected ${agreement.provider} with the key ${from}`);
  }
  if (party === undefined || key === undefined) return { id: header.tape, place: null };
  const place = { path, key };
  Tape.open(place).close();
  return { id: header.tape, place };
}

function peek(path: string) {
  const file = openTapeFile(path);
  try {
    return readHeader(path, file);
  } finally {
    file.close();
  }
}
