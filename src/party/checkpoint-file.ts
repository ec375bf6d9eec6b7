/**
 * A checkpoint as one role keeps it (checked-file.ts). The header is public; the payload is a party's summands of the model's
 * state (nn/model-state.ts), uniform by themselves, and empty at an owner that is no party.
 */
import type { Agreement } from './agreement.js';
import { decodeFile, encodeFile } from './checked-file.js';

export const CHECKPOINT_VERSION = 1;
const KIND = { magic: 'BVDMCKPT', version: CHECKPOINT_VERSION, word: 'checkpoint' };

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

export const encodeCheckpoint = (checkpoint: Checkpoint): Promise<Uint8Array> => encodeFile(KIND, checkpoint);

/**
 * @param name of the file, first words of messages
 * @throws JobError for what is no checkpoint, of another version, torn or altered
 */
export const decodeCheckpoint = (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> =>
  decodeFile<CheckpointHeader>(KIND, name, bytes, ({ role, agreement, model, training, epoch, id }) => {
    const texts = [role, model, id].every((text) => typeof text === 'string');
    const counts = [epoch, training.number].every((count) => Number.isSafeInteger(count) && count >= 0);
    return texts && counts && Array.isArray(agreement.parties);
  });
