/**
 * A file that one role keeps, in bytes:
 *
 *   magic (8 bytes) | version u32 | header bytes u32 | payload bytes u64 | header | payload | SHA-256 of all before
 *
 * Integers are little-endian. The header is JSON with its keys in order.
 */
import { JobError } from '../errors.js';

/** A kind of such files. */
export interface FileKind {
  /** Eight letters, by which the kind is known. */
  readonly magic: string;
  readonly version: number;
  /** What messages call it: 'checkpoint'. */
  readonly word: string;
}

/** A file's parts. */
export interface FileParts<Header> {
  readonly header: Header;
  readonly payload: Uint8Array;
}

const FIXED = 24;
const HASH = 32;
const HEADER_LIMIT = 2 ** 20;

/** JSON with keys in order and without spaces: the same text for the same value. */
export function orderedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const hashOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export async function encodeFile(
  { magic, version }: FileKind,
  { header, payload }: FileParts<object>,
): Promise<Uint8Array> {
  const text = new TextEncoder().encode(orderedJson(header));
  const end = FIXED + text.length + payload.length;
  const bytes = new Uint8Array(end + HASH);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  view.setUint32(8, version, true);
  view.setUint32(12, text.length, true);
  view.setBigUint64(16, BigInt(payload.length), true);
  bytes.set(text, FIXED);
  bytes.set(payload, FIXED + text.length);
  bytes.set(await hashOf(bytes.subarray(0, end)), end);
  return bytes;
}

/**
 * @param name of the file, first words of messages
 * @param makesSense whether a header is one of this kind
 * @throws JobError for what is of no such kind, of another version, torn or altered
 */
export async function decodeFile<Header>(
  { magic, version: own, word }: FileKind,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  makesSense: (header: Header) => boolean,
): Promise<FileParts<Header>> {
  const first = new TextEncoder().encode(magic);
  if (bytes.length < FIXED && first.every((byte, i) => i >= bytes.length || bytes[i] === byte)) {
    throw new JobError(`${name} is torn: it has ${bytes.length} bytes`);
  }
  if (first.some((byte, i) => bytes[i] !== byte)) throw new JobError(`${name} is no ${word}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== own) {
    const age = version < own ? 'an older' : 'a later';
    throw new JobError(
      `${name} has version ${version} of the format, of ${age} package; this one reads ${own}`,
    );
  }
  const [headerBytes, payloadBytes] = [view.getUint32(12, true), Number(view.getBigUint64(16, true))];
  const end = FIXED + headerBytes + payloadBytes;
  if (bytes.length < end + HASH) {
    throw new JobError(`${name} is torn: it has ${bytes.length} of ${end + HASH} bytes`);
  }
  const hash = await hashOf(bytes.subarray(0, end));
  const altered = bytes.length > end + HASH || hash.some((byte, i) => byte !== bytes[end + i]);
  if (altered || headerBytes > HEADER_LIMIT) throw new JobError(`${name} has been altered`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(FIXED, FIXED + headerBytes));
    const header = JSON.parse(text) as Header;
    if (makesSense(header)) return { header, payload: bytes.subarray(FIXED + headerBytes, end) };
  } catch {} // said below
  throw new JobError(`${name} has a header that makes no sense`);
}
