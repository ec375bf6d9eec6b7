/** The checkpoints of one role in a folder: one file a position. */

import { files } from '#host';
import { hexOf, pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import type { CheckpointPosition } from '../links/hello.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../party/checkpoint-file.js';

export type { CheckpointPosition } from '../links/hello.js';

/** A position without what is in the file. */
type Place = Pick<CheckpointPosition, 'training' | 'epoch'>;

export class CheckpointFolder {
  private constructor(
    readonly folder: string,
    readonly role: string,
    readonly prefix: string,
  ) {}

  /** @throws JobError where there are no folders to write to */
  static async of(folder: string, role: string): Promise<CheckpointFolder> {
    return new CheckpointFolder(folder, role, await prefixOf(role));
  }

  get #files() {
    if (!files) throw new JobError('checkpoints need a folder of files, which a browser does not have');
    return files;
  }

  /** Path of a position's file, for messages. */
  pathOf(place: Place): string {
    return pathIn(this.folder, this.#nameOf(place));
  }

  #nameOf({ training, epoch }: Place): string {
    return `${this.prefix}.${training}-${epoch}.checkpoint`;
  }

  /** The places of the role's files, by their names, in order. @throws JobError for a folder that cannot be read */
  async places(): Promise<Place[]> {
    const { list } = this.#files;
    const names = await list(this.folder).catch((error: unknown) => {
      throw new JobError(`checkpoints: cannot read the folder ${this.folder}: ${reasonOf(error)}`, {
        cause: error,
      });
    });
    const found = names.flatMap((name): Place[] => {
      const match = name.startsWith(`${this.prefix}.`)
        ? /^(\d{1,15})-(\d{1,15})\.checkpoint$/.exec(name.slice(this.prefix.length + 1))
        : null;
      return match ? [{ training: Number(match[1]), epoch: Number(match[2]) }] : [];
    });
    return found.sort((a, b) => a.training - b.training || a.epoch - b.epoch);
  }

  /** @throws JobError for a file that cannot be read, is torn, altered, of another version, or of another role or position than its name says */
  async read(place: Place): Promise<Checkpoint> {
    const path = this.pathOf(place);
    const bytes = await this.#files.read(this.folder, this.#nameOf(place)).catch((error: unknown) => {
      throw new JobError(`checkpoint: cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    });
    const checkpoint = await decodeCheckpoint(path, bytes);
    const { role, training, epoch } = checkpoint.header;
    if (role !== this.role) throw new JobError(`${path} is ${role}'s, not ${this.role}'s`);
    if (training.number !== place.training || epoch !== place.epoch) {
      throw new JobError(`${path} is of training ${training.number}, epoch ${epoch}`);
    }
    return checkpoint;
  }

  /** @throws JobError where it cannot be written; what was there before is there still */
  async write(checkpoint: Checkpoint): Promise<void> {
    const { training, epoch } = checkpoint.header;
    const place = { training: training.number, epoch };
    const bytes = await encodeCheckpoint(checkpoint);
    try {
      await this.#files.replace(this.folder, this.#nameOf(place), bytes);
    } catch (error) {
      throw new JobError(`checkpoint: cannot write ${this.pathOf(place)}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Before a training that is to be kept there. @throws JobError where nothing can be written */
  async tryOut(): Promise<void> {
    try {
      await this.#files.tryOut(this.folder, `${this.prefix}.checkpoint`);
    } catch (error) {
      throw new JobError(`checkpoints: cannot write to the folder ${this.folder}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  async remove(place: Place): Promise<void> {
    await this.#files.remove(this.folder, this.#nameOf(place));
  }
}

/** A role's name as the beginning of a file's, on every system: other names than plain ones are told apart by a digest. */
export async function prefixOf(role: string): Promise<string> {
  if (/^[a-z0-9_-]{1,60}$/.test(role)) return role;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(role));
  const plain = role.toLowerCase().replace(/[^a-z0-9_-]/g, '_');
  return `${plain.slice(0, 40)}~${hexOf(new Uint8Array(digest)).slice(0, 16)}`;
}

/** How often a folder is read anew in which another process is at work. */
const TRIES = 100;

/**
 * The positions that a role has in a folder, oldest first: what sessions in other processes want to know before they resume.
 * @throws JobError for a file of the role that cannot be used
 */
export async function checkpointPositions(folder: string, role: string): Promise<CheckpointPosition[]> {
  const own = await CheckpointFolder.of(folder, role);
  for (let left = TRIES; ; left--) {
    const places = await own.places();
    try {
      const positions: CheckpointPosition[] = [];
      for (const place of places) positions.push({ ...place, id: (await own.read(place)).header.id });
      return positions;
    } catch (error) {
      // a process of the role that is at work replaces old files by new ones, also between two looks
      const now = await own.places();
      const same = now.length === places.length && now.every(({ epoch }, i) => epoch === places[i].epoch);
      if (same || left === 0) throw error;
    }
  }
}
