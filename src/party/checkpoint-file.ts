/**
 * A checkpoint as one role keeps it, in bytes:
 *
 *   "BVDMCKPT" | version u32 | header bytes u32 | payload bytes u64 | header | payload | SHA-256 of all before
 *
 * Integers are little-endian. The header is public, JSON with its keys in order; the payload is a party's summands of the
 * model's state (nn/model-state.ts), uniform by themselves, and empty at an owner that is no party.
 */
import { JobError } from '../errors.js';
import type { Agreement } from './agreement.js';

export const CHECKPOINT_VERSION = 1;
const MAGIC = new TextEncoder().encode('BVDMCKPT');
const FIXED = 24;
const HASH = 32;
const HEADER_LIMIT = 2 ** 20;

/** What the owner has decided on, in its own file alone: it has seen it. */
export interface Stopping {
  /** What early stopping watches; null without it. */
  monitor: string | null;
  /** The best so far, less is better; null before the first epoch. */
  best: number | null;
  /** Epochs without improvement. */
  waited: number;
  /** Whether the training is to end here. */
  stop: boolean;
}

export interface CheckpointHeader {
  /** Whose it is. */
  readonly role: string;
  readonly agreement: Agreement & { readonly protocol: number };
  /** The model's description, as a digest. */
  readonly model: string;
  /** The training that it is of, by what its steps depend on. */
  readonly training: Readonly<Record<string, unknown>> & { readonly number: number };
  /** Digest of the job, where there is one. */
  readonly job: string | null;
  /** Epochs made of this training. */
  readonly epoch: number;
  /** Drawn when it was made, the same at all parties; empty at an owner that is no party. */
  readonly id: string;
  readonly stopping?: Stopping;
}

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly payload: Uint8Array;
}

/** JSON with keys in order and without spaces: the same text for the same value. */
export function orderedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const hashOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export async function encodeCheckpoint({ header, payload }: Checkpoint): Promise<Uint8Array> {
  const text = new TextEncoder().encode(orderedJson(header));
  const end = FIXED + text.length + payload.length;
  const bytes = new Uint8Array(end + HASH);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, CHECKPOINT_VERSION, true);
  view.setUint32(12, text.length, true);
  view.setBigUint64(16, BigInt(payload.length), true);
  bytes.set(text, FIXED);
  bytes.set(payload, FIXED + text.length);
  bytes.set(await hashOf(bytes.subarray(0, end)), end);
  return bytes;
}

/**
 * @param name of the file, first words of messages
 * @throws JobError for what is no checkpoint, of another version, torn or altered
 */
export async function decodeCheckpoint(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> {
  if (bytes.length < FIXED && MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte)) {
    throw new JobError(`${name} is torn: it has ${bytes.length} bytes`);
  }
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new JobError(`${name} is no checkpoint`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== CHECKPOINT_VERSION) {
    const age = version < CHECKPOINT_VERSION ? 'an older' : 'a later';
    throw new JobError(
      `${name} has version ${version} of the format, of ${age} package; this one reads ${CHECKPOINT_VERSION}`,
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
  const header = parseHeader(name, bytes.subarray(FIXED, FIXED + headerBytes));
  return { header, payload: bytes.subarray(FIXED + headerBytes, end) };
}

function parseHeader(name: string, bytes: Uint8Array): CheckpointHeader {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const { role, agreement, model, training, epoch, id } = header;
    const texts = [role, model, id].every((text) => typeof text === 'string');
    const counts = [epoch, training.number].every((count) => Number.isSafeInteger(count) && count >= 0);
    if (texts && counts && Array.isArray(agreement.parties)) return header;
  } catch {} // said below
  throw new JobError(`${name} has a header that makes no sense`);
}
