/** The first record on a connection: who this is, which run, what must be alike, and how far each side has come. */
import { ProtocolError } from '../errors.js';
import { isName } from '../options.js';

/** How far a role has come, as it has it in a checkpoint. */
export interface CheckpointPosition {
  /** Number of the training of the model, from 0. */
  readonly training: number;
  /** Epochs made of it. */
  readonly epoch: number;
  /** Which run it is of: the same at all parties; empty at an owner that is no party. */
  readonly id: string;
}

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
  /** The checkpoints that this role has. */
  readonly checkpoints: readonly CheckpointPosition[];
}

/** What fits into a hello. */
export const MOST_AGREED = 100;
export const MOST_POSITIONS = 256;
/** How a run of trainings is written in a position. */
export const POSITION_ID = /^(?:[0-9a-f]{32})?$/;

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
    checkpoints.length <= MOST_POSITIONS &&
    checkpoints.every(isPosition);
  if (!good) throw new ProtocolError('greeted with what is no greeting');
  const positions = checkpoints.map(({ training, epoch, id }) => ({ training, epoch, id }));
  return { from, to, run, peerRun, received, read, frames, window, agreed, checkpoints: positions };
}

/** What is said of a peer that has other things than this role. */
export const NOT_AGREED = 'has not agreed on the same';

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

const isRun = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isPosition = (value: unknown): value is CheckpointPosition => {
  const { training, epoch, id } = Object(value) as Record<string, unknown>;
  return isCount(training) && isCount(epoch) && typeof id === 'string' && POSITION_ID.test(id);
};

const isDigests = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= 256 &&
  Object.entries(value).every(
    ([name, digest]) => isName(name) && typeof digest === 'string' && digest.length <= 64,
  );
