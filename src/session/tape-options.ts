/** How a session is told to deal to tapes, or to use one. */
import { checkOptions, checkText } from '../options.js';
import type { Agreement } from '../party/agreement.js';
import { publicKeyOf, readPublicKey } from '../tape/keys.js';

/**
 * What a provider needs to deal before a run. Its session has the provider alone here; `close` waits until the tapes are whole
 * and on the disk. What could be decided in the run, to stop a training early, is taken as: to go on.
 */
export interface DealOptions {
  /** Folder of the tapes, made where there is none; `tapePath` says which file is whose. */
  readonly dir: string;
  /** The public key of each party, 'x25519:' and 64 hexadecimal digits, to which its tape is sealed. */
  readonly parties: Readonly<Record<string, string>>;
  /**
   * PEM of the provider's own X25519 private key. With it nobody else can have made the tapes; without it a tape does not say
   * who has, so it must come by a way that does.
   */
  readonly key?: string;
  /** A digest of what is to be computed: a session that uses the tapes must name the same. Default: none. */
  readonly job?: string;
}

/**
 * The tape that a party uses instead of a provider. Once only: it is marked as used, in a file beside it and in itself, before
 * any of it is. A process has one party then. An owner that is no party needs the tape's public part alone.
 */
export interface TapeOptions {
  /** Path of the tape of the party that is here, or of the owner's. */
  readonly file: string;
  /** PEM of the party's X25519 private key; none where no party is here. */
  readonly key?: string;
  /** The provider's public key, by which the tape must have been made. Default: by whatever key the tape names, or none. */
  readonly from?: string;
  /** The digest with which it was dealt; a tape of another job is refused. Default: that of none. */
  readonly job?: string;
}

/** The name of a tape that has not been read yet. */
export const UNREAD = '';

interface Others {
  readonly network?: unknown;
  readonly deal?: unknown;
  readonly tape?: unknown;
}

type Place = Agreement & { readonly here: readonly string[] };

/** @throws TypeError or RangeError for what no provider can deal to */
export function checkDeal({ deal, tape, network }: Others, { parties, provider, here }: Place): void {
  const name = 'createSession: deal';
  checkOptions(name, deal, ['dir', 'parties', 'key', 'job']);
  if (here.length !== 1 || here[0] !== provider) {
    throw new RangeError(`${name}: ${provider} alone must be here, got ${here.join(', ')}`);
  }
  if (network !== undefined || tape !== undefined) {
    throw new TypeError(`${name} goes with neither network nor tape: nobody is linked to the provider`);
  }
  const { dir, parties: keys, key, job } = deal as DealOptions;
  checkText(`${name}: dir`, dir);
  if (dir === '') throw new RangeError(`${name}: dir is empty`);
  checkOptions(`${name}: parties`, keys, parties);
  for (const party of parties) {
    if (!Object.hasOwn(keys, party)) throw new RangeError(`${name}: parties lacks ${party}`);
    readPublicKey(`${name}: parties.${party}`, keys[party]);
  }
  const twice = parties.find((party, i) => parties.some((other, j) => j < i && keys[other] === keys[party]));
  if (twice !== undefined) throw new RangeError(`${name}: parties.${twice} has another party's key`);
  if (key !== undefined) publicKeyOf(`${name}: key`, key);
  checkJob(name, job);
}

function checkJob(name: string, job: unknown): void {
  if (job === undefined) return;
  checkText(`${name}: job`, job);
  if (job.length > 0 && job.length <= 64) return;
  throw new RangeError(`${name}: job must have 1 to 64 characters, got ${job.length}`);
}

/** @throws TypeError or RangeError for a tape that these roles cannot use */
export function checkTape({ tape }: Others, { parties, provider, here }: Place): void {
  const name = 'createSession: tape';
  checkOptions(name, tape, ['file', 'key', 'from', 'job']);
  const { file, key, from, job } = tape as TapeOptions;
  checkText(`${name}: file`, file);
  if (file === '') throw new RangeError(`${name}: file is empty`);
  if (here.includes(provider)) throw new RangeError(`${name} stands for ${provider}, which cannot be here`);
  const own = here.filter((role) => parties.includes(role));
  if (own.length > 1) throw new RangeError(`${name} is one party's, and ${own.join(' and ')} are here`);
  if (own.length > 0) publicKeyOf(`${name}: key`, key);
  else if (key !== undefined) throw new RangeError(`${name}: key is a party's, and no party is here`);
  if (from !== undefined) readPublicKey(`${name}: from`, from);
  checkJob(name, job);
}
