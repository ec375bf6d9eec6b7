/** The first record on a connection: who this is, which run, what must be alike, and how far each side has come. */
import { ProtocolError } from '../errors.js';

export interface Hello {
  readonly from: string;
  readonly to: string;
  /** Random number of this role's run, hexadecimal. */
  readonly run: string;
  /** The number of the peer's run that this role is linked to; null before there was one. */
  readonly peerRun: string | null;
  /** Bytes received of the peer's ring so far, and read by the role; frames read to their end. */
  readonly received: number;
  readonly read: number;
  readonly frames: number;
  /** Bytes that this side takes beyond what it has read. */
  readonly window: number;
  /** What both must have alike: a short digest by name. */
  readonly agreed: Readonly<Record<string, string>>;
  /** Positions of the checkpoints that this role has, ascending. */
  readonly checkpoints: readonly number[];
}

export const writeHello = (hello: Hello): string => JSON.stringify({ beaverdam: 1, ...hello });

/** @throws ProtocolError for what is no hello */
export function readHello(text: string): Hello {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ProtocolError('greeted with what is no JSON');
  }
  const fields = Object(parsed) as Record<string, unknown>;
  if (fields.beaverdam !== 1) throw new ProtocolError('speaks another version of the links');
  const { from, to, run, peerRun, received, read, frames, window, agreed, checkpoints } = fields;
  const good =
    isName(from) &&
    isName(to) &&
    isRun(run) &&
    (peerRun === null || isRun(peerRun)) &&
    isCount(received) &&
    isCount(read) &&
    isCount(frames) &&
    isCount(window) &&
    window > 0 &&
    isDigests(agreed) &&
    Array.isArray(checkpoints) &&
    checkpoints.length <= 64 &&
    checkpoints.every(isCount);
  if (!good) throw new ProtocolError('greeted with what is no greeting');
  return { from, to, run, peerRun, received, read, frames, window, agreed, checkpoints };
}

/** Names of what two roles do not have alike. */
export function differences(
  mine: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  const of = (digests: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(digests, name) ? digests[name] : null;
  return names.filter((name) => of(mine, name) !== of(theirs, name));
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 100;

const isRun = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isDigests = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= 256 &&
  Object.entries(value).every(
    ([name, digest]) => name.length <= 100 && typeof digest === 'string' && digest.length <= 64,
  );
