/** A party's tape that is read: opened once, marked as used before its seed is; src/tape/tape-format.ts says what is in it. */
import type { TapeInput } from '../../bindings/host/tape.js';
import { hexOf, pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import { readHeader, type TapeHeader } from './header.js';
import { host, publicKeyOf, readPublicKey } from './keys.js';
import { keyFrom, openFirst, SealedReader } from './seal.js';
import { COUNT_BYTES, FRAME_BYTES, type Frame, KEY_BYTES, PLACE_BYTES, SEALED_SEED } from './tape-format.js';

/** The file that says that a tape is used, in the folder where the tape really is. */
export const markOf = (path: string, { tape, role }: Pick<TapeHeader, 'tape' | 'role'>): string =>
  pathIn(host().folderOf(path), `${tape}.${hexOf(host().sha256(encoder.encode(role))).slice(0, 8)}.used`);

const encoder = new TextEncoder();

/** How a tape is found and opened. Plain data, for a party's process alone. */
export interface TapePlace {
  readonly path: string;
  /** The party's private key, PEM. */
  readonly key: string;
}

/** A party's tape, opened. */
export class Tape {
  readonly header: TapeHeader;
  readonly #path: string;
  readonly #file: TapeInput;
  readonly #frames: SealedReader;
  readonly #seedKey: Uint8Array;
  readonly #seedAt: number;
  /** Where keys are renewed, and where frames end. */
  readonly #renewals: readonly number[];
  readonly #end: number;
  #at = 0;

  /**
   * Opens a tape; nothing of it is used yet, and nothing is marked.
   * @throws JobError for a file that is missing, used, cut off, altered or sealed to another key, or cannot be marked
   */
  static open(place: TapePlace): Tape {
    return Tape.#open(place, true);
  }

  /** Opens the frames of a tape whose seed this run has taken, or is about to. @throws JobError as {@link open} */
  static play(place: TapePlace): Tape {
    return Tape.#open(place, false);
  }

  static #open({ path, key }: TapePlace, unused: boolean): Tape {
    const file = openTapeFile(path);
    try {
      return new Tape(path, file, key, unused);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** @param unused whether the seed must be there */
  private constructor(path: string, file: TapeInput, privateKey: string, unused: boolean) {
    this.#path = path;
    this.#file = file;
    const { header, bytes } = readHeader(path, file);
    this.header = header;
    const ephemeral = new Uint8Array(KEY_BYTES);
    this.#seedAt = bytes.length + KEY_BYTES;
    const start = this.#seedAt + SEALED_SEED;
    if (file.size < start)
      throw new JobError(`${path} has been cut off: it holds no seed for ${header.role}`);
    file.read(bytes.length, ephemeral);
    const from = header.from === null ? null : readPublicKey(`${path}: from`, header.from);
    const sealing = keyFrom(privateKey, ephemeral, from, bytes);
    if (unused) this.#checkMark();
    const seed = sealing && unused ? openFirst(sealing, this.#readSeed()) : null;
    if (!sealing || (unused && !seed)) {
      const own = publicKeyOf('tape: key', privateKey);
      throw new JobError(
        `${path} cannot be opened: it was sealed to another key than the one whose public key ends in ` +
          `${hexOf(own.subarray(-4))}, or has been altered`,
      );
    }
    seed?.fill(0);
    this.#seedKey = sealing.slice();
    this.#frames = new SealedReader(file, path, start, sealing);
    [this.#renewals, this.#end] = placesOf(path, this.#frames);
  }

  /** @throws JobError where the tape is marked as used, or could not be */
  #checkMark(): void {
    const used = this.mark;
    if (host().exists(used)) throw new JobError(usedBefore(this.#path, `, as ${used} says`));
    try {
      host().tryOut(this.#path);
    } catch (error) {
      throw this.#unmarkable(error);
    }
  }

  #unmarkable(error: unknown): JobError {
    return new JobError(`${this.#path} cannot be marked as used: ${reasonOf(error)}`, { cause: error });
  }

  /** The sealed seed as it is on the disk. @throws JobError where it has been taken */
  #readSeed(): Uint8Array {
    const sealed = new Uint8Array(SEALED_SEED);
    this.#file.read(this.#seedAt, sealed);
    if (sealed.some((byte) => byte !== 0)) return sealed;
    throw new JobError(
      usedBefore(this.#path, `, though ${this.mark} did not say so: its seed has been taken`),
    );
  }

  /**
   * The party's seed, once: marks the tape as used before it returns.
   * @throws JobError where it has been used meanwhile, or cannot be marked
   */
  takeSeed(): Uint8Array {
    const { tape, role } = this.header;
    let fresh: boolean;
    try {
      fresh = host().mark(this.mark, `tape ${tape} of ${role}: used, and of no use any more\n`);
    } catch (error) {
      throw this.#unmarkable(error);
    }
    if (!fresh) throw new JobError(usedBefore(this.#path, `, as ${this.mark} says`));
    const seed = openFirst(this.#seedKey, this.#readSeed());
    if (!seed) throw new JobError(`${this.#path} has been altered`);
    this.#seedKey.fill(0);
    try {
      host().overwrite(this.#path, this.#seedAt, new Uint8Array(SEALED_SEED));
    } catch (error) {
      seed.fill(0);
      throw this.#unmarkable(error);
    }
    return seed;
  }

  /** The file that says that this tape is used, once it is. */
  get mark(): string {
    return markOf(this.#path, this.header);
  }

  /** The header of the next frame, without going on; null at the end. */
  get next(): Frame | null {
    if (this.#at === this.#end) return null;
    if (this.#at + FRAME_BYTES > this.#end) this.#torn();
    const header = new Uint8Array(FRAME_BYTES);
    this.#frames.read(this.#at, header);
    const view = new DataView(header.buffer);
    const frame = { operation: view.getUint32(0, true), length: view.getUint32(4, true) };
    if (this.#at + FRAME_BYTES + frame.length > this.#end) this.#torn();
    return frame;
  }

  /** Goes on behind a frame's header. */
  begin(): void {
    this.#at += FRAME_BYTES;
  }

  /** The next bytes of a payload. */
  read(into: Uint8Array): void {
    this.#frames.read(this.#at, into);
    this.#at += into.length;
  }

  /** Goes on at the next command in which keys are renewed. @throws JobError where there is none */
  skipToRenewal(): void {
    const place = this.#renewals.find((renewal) => renewal >= this.#at);
    if (place === undefined)
      throw new JobError(`${this.#path} holds nothing to go on with after an early stop`);
    this.#at = place;
  }

  /** Forgets the keys and closes the file. */
  close(): void {
    this.#seedKey.fill(0);
    this.#frames.close();
  }

  #torn(): never {
    throw new JobError(`${this.#path} was not written as a tape is: a frame runs beyond its end`);
  }
}

/** @throws JobError for a file that cannot be read */
export function openTapeFile(path: string): TapeInput {
  try {
    return host().openFile(path);
  } catch (error) {
    const reason = reasonOf(error);
    throw new JobError(`the tape ${path} cannot be read: ${reason}`, { cause: error });
  }
}

const usedBefore = (path: string, why: string): string =>
  `${path} has been used before${why}. A run that uses it again would hide two values under one mask: have another dealt`;

/** Where keys are renewed, in order, and where frames end. */
function placesOf(path: string, frames: SealedReader): [readonly number[], number] {
  const count = new Uint8Array(COUNT_BYTES);
  const ends = frames.length - COUNT_BYTES;
  const wrong = () => new JobError(`${path} was not written as a tape is: it has no end`);
  if (ends < 0) throw wrong();
  frames.read(ends, count);
  const renewals = new DataView(count.buffer).getUint32(0, true);
  const end = ends - renewals * PLACE_BYTES;
  if (end < 0) throw wrong();
  const places = new Uint8Array(renewals * PLACE_BYTES);
  frames.read(end, places);
  const view = new DataView(places.buffer);
  const list = Array.from({ length: renewals }, (_, i) => Number(view.getBigUint64(i * PLACE_BYTES, true)));
  if (list.some((place, i) => place >= end || place <= (list[i - 1] ?? -1))) throw wrong();
  return [list, end];
}
