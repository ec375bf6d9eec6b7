/**
 * A tape's file, up to what is sealed:
 *
 *   "BVDMTAPE" | version u32 | header bytes u32 | header
 *
 * Integers are little-endian. The header is public, JSON with its keys in order. What comes then, but in the file of an owner
 * that is no party, is an ephemeral key, the sealed seed of the party, and the sealed frames (tape-file.ts).
 */
import type { TapeInput } from '../../bindings/host/tape.js';
import { JobError } from '../errors.js';
import { AGREED, type Agreement } from '../party/agreement.js';
import { orderedJson } from '../party/checked-file.js';
import { isPublicKey } from './keys.js';

const VERSION = 2;
const MAGIC = new TextEncoder().encode('BVDMTAPE');
const FIXED = 16;
const HEADER_LIMIT = 2 ** 20;

export interface TapeHeader {
  /** Which tape, the same in the files of all roles: 32 hexadecimal digits. */
  readonly tape: string;
  /** Whose file it is. */
  readonly role: string;
  readonly agreement: Omit<Agreement, 'tape'>;
  readonly protocol: number;
  readonly version: string;
  /** The public key of the provider that has sealed it; null where it does not say. */
  readonly from: string | null;
  /** What it was dealt for; null where it does not say. */
  readonly job: string | null;
}

export function encodeHeader(header: TapeHeader): Uint8Array {
  const text = new TextEncoder().encode(orderedJson(header));
  const bytes = new Uint8Array(FIXED + text.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, text.length, true);
  bytes.set(text, FIXED);
  return bytes;
}

/**
 * @param name of the file, first words of messages
 * @returns the header, and its bytes
 * @throws JobError for what is no tape, of another version, or torn
 */
export function readHeader(name: string, file: TapeInput): { header: TapeHeader; bytes: Uint8Array } {
  const fixed = new Uint8Array(FIXED);
  const there = file.read(0, fixed);
  if (MAGIC.some((byte, i) => i < there && fixed[i] !== byte)) throw new JobError(`${name} is no tape`);
  const view = new DataView(fixed.buffer);
  const length = FIXED + view.getUint32(12, true);
  if (there === FIXED && view.getUint32(8, true) !== VERSION) {
    const age = view.getUint32(8, true) < VERSION ? 'an older' : 'a later';
    throw new JobError(`${name} is a tape of ${age} package; this one reads version ${VERSION}`);
  }
  if (there < FIXED || file.size < length) throw new JobError(`${name} has been cut off: it has no header`);
  if (length > HEADER_LIMIT) throw new JobError(`${name} has been altered: its header is too long`);
  const bytes = new Uint8Array(length);
  file.read(0, bytes);
  return { header: parse(name, bytes.subarray(FIXED)), bytes };
}

function parse(name: string, bytes: Uint8Array): TapeHeader {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const { tape, role, agreement, protocol, version, from, job } = header;
    const texts = [role, version].every((text) => typeof text === 'string') && /^[0-9a-f]{32}$/.test(tape);
    const known = (from === null || isPublicKey(from)) && (job === null || typeof job === 'string');
    if (texts && known && Number.isInteger(protocol) && Array.isArray(agreement.parties)) return header;
  } catch {} // said below
  throw new JobError(`${name} has been altered: its header makes no sense`);
}

/** The fields in which two headers' agreements differ. */
export const differences = (
  header: TapeHeader,
  own: Pick<TapeHeader, 'agreement' | 'protocol' | 'version'>,
) => [
  ...AGREED.filter((field) => field !== 'tape').filter(
    (field) => orderedJson([header.agreement[field]]) !== orderedJson([own.agreement[field]]),
  ),
  ...(header.protocol === own.protocol ? [] : ['the protocol']),
  ...(header.version === own.version ? [] : ['the version of the package']),
];
