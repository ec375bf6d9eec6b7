/**
 * A party's tape: what the provider would send it in a run, and the seed that the party would draw for the two of them.
 *
 *   header | ephemeral key, 32 bytes | sealed seed, 48 bytes | sealed chunks
 *
 * In the chunks are frames as they cross a link (operation u32, bytes u32, payload), and at last where keys are renewed, places
 * among the frames as u64, and their number, u32. Only the last party's has frames. A command is a frame that belongs to no
 * operation, as a provider elsewhere would send it.
 *
 * A tape that were used twice would hide two values under one mask. So before a seed is used, a file beside the tape says so,
 * on the disk; then the seed is overwritten in the tape, so that this file can be removed and nothing comes back. That file has
 * the name of the tape's number and role and not of its path, so that a copy or another name in the folder is used as well.
 */

import type { TapeInput, TapeOutput } from '../../bindings/host/tape.js';
import { hexOf, pathIn } from '../bytes.js';
import { JobError, reasonOf } from '../errors.js';
import { SEED_BYTES } from '../party/streams.js';
import { encodeHeader, readHeader, type TapeHeader } from './header.js';
import { host, publicKeyOf, readPublicKey } from './keys.js';
import {
  keyFrom,
  keyTo,
  openFirst,
  SealedReader,
  SealedWriter,
  sealedLength,
  sealFirst,
  TAG_BYTES,
} from './seal.js';

const KEY_BYTES = 32;
const SEALED_SEED = SEED_BYTES + TAG_BYTES;
const FRAME_BYTES = 8;
const PLACE_BYTES = 8;
const COUNT_BYTES = 4;

/** A frame's header. */
export interface Frame {
  readonly operation: number;
  readonly length: number;
}

/** What a tape is called before it is whole: dealings at the same time do not meet. */
const partOf = (path: string, { tape }: Pick<TapeHeader, 'tape'>): string => `${path}.${tape}.part`;

/** The file that says that a tape is used, in the folder where the tape really is. */
export const markOf = (path: string, { tape, role }: Pick<TapeHeader, 'tape' | 'role'>): string =>
  pathIn(host().folderOf(path), `${tape}.${hexOf(host().sha256(encoder.encode(role))).slice(0, 8)}.used`);

const encoder = new TextEncoder();

/** Bytes of a party's tape. @param of what is in its frames, commands included: payload bytes, frames, renewals of keys */
export function tapeBytes(
  header: TapeHeader,
  { dealt, frames, renewals }: { readonly dealt: number; readonly frames: number; readonly renewals: number },
): number {
  const body = dealt + frames * FRAME_BYTES + renewals * PLACE_BYTES + COUNT_BYTES;
  return encodeHeader(header).length + KEY_BYTES + SEALED_SEED + sealedLength(body);
}

/** Bytes of the file of an owner that is no party. */
export const ownerTapeBytes = (header: TapeHeader): number => encodeHeader(header).length;

/** A tape that is being written, under another name until it is whole. */
export class TapeWriter {
  readonly #path: string;
  readonly #part: string;
  #named = false;
  readonly #file: TapeOutput;
  /** Null in the file of an owner that is no party. */
  readonly #frames: SealedWriter | null;
  readonly #renewals: number[] = [];

  /**
   * @param to the party's public key; null for an owner that is no party
   * @param from the provider's private key; null to leave open who has dealt
   * @throws JobError where the file cannot be made, or is there already
   */
  constructor(
    path: string,
    header: TapeHeader,
    seed: Uint8Array,
    to: Uint8Array | null,
    from: string | null,
  ) {
    this.#path = path;
    const bytes = encodeHeader(header);
    const sealing = to && keyTo(to, from, bytes);
    if (to && !sealing) throw new JobError(`deal: the public key of ${header.role} is no key to seal to`);
    if (host().exists(path)) throw new JobError(`deal: ${path} is there already`);
    this.#part = partOf(path, header);
    this.#file = making(path, () => host().createFile(this.#part));
    this.#frames = sealing && new SealedWriter(this.#file, sealing.key);
    making(path, () => {
      this.#file.write(bytes);
      if (!sealing) return;
      this.#file.write(sealing.ephemeral);
      this.#file.write(sealFirst(sealing.key, seed));
    });
  }

  /** Begins a frame, whose payload {@link write} writes. */
  begin({ operation, length }: Frame): void {
    const header = new Uint8Array(FRAME_BYTES);
    new DataView(header.buffer).setUint32(0, operation >>> 0, true);
    new DataView(header.buffer).setUint32(4, length, true);
    this.write(header);
  }

  write(bytes: Uint8Array): void {
    making(this.#path, () => this.#frames?.write(bytes));
  }

  /** Takes note that keys are renewed in the command that comes next. */
  renew(): void {
    if (this.#frames) this.#renewals.push(this.#frames.length);
  }

  /** Writes what is left, and waits until it is on the disk. */
  end(): void {
    const places = new Uint8Array(this.#renewals.length * PLACE_BYTES + COUNT_BYTES);
    const view = new DataView(places.buffer);
    this.#renewals.forEach((place, i) => void view.setBigUint64(i * PLACE_BYTES, BigInt(place), true));
    view.setUint32(places.length - COUNT_BYTES, this.#renewals.length, true);
    this.write(places);
    making(this.#path, () => {
      this.#frames?.end();
      this.#file.close();
    });
  }

  /** Gives the file its name. @throws JobError where there is another of this name by now */
  name(): void {
    this.#named = making(this.#path, () => host().name(this.#part, this.#path));
    if (!this.#named) throw new JobError(`deal: ${this.#path} is there already`);
  }

  /** Removes the file, whatever it is called by now. */
  discard(): void {
    host().remove(this.#part);
    if (this.#named) host().remove(this.#path);
  }
}

/** Removes what a writer that did not finish has left. */
export const removeUnfinished = (path: string, header: TapeHeader): void =>
  host().remove(partOf(path, header));

/** Ends tapes that belong together and gives them their names: all of them, or none. */
export function finishTapes(writers: readonly TapeWriter[]): void {
  try {
    for (const writer of writers) writer.end();
    for (const writer of writers) writer.name();
  } catch (error) {
    for (const writer of writers) writer.discard();
    throw error;
  }
}

function making<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JobError) throw error;
    const reason = reasonOf(error);
    throw new JobError(`deal: cannot write ${path}: ${reason}`, { cause: error });
  }
}

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
   * @throws JobError for a file that is missing, used, cut off, altered or sealed to another key
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
    if (unused) this.#checkUnmarked();
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

  /** @throws JobError where the tape is marked as used */
  #checkUnmarked(): void {
    const used = this.mark;
    if (host().exists(used)) throw new JobError(usedBefore(this.#path, `, as ${used} says`));
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
      const reason = reasonOf(error);
      throw new JobError(`${this.#path} cannot be marked as used: ${reason}`, { cause: error });
    }
    if (!fresh) throw new JobError(usedBefore(this.#path, `, as ${this.mark} says`));
    const seed = openFirst(this.#seedKey, this.#readSeed());
    if (!seed) throw new JobError(`${this.#path} has been altered`);
    this.#seedKey.fill(0);
    try {
      host().overwrite(this.#path, this.#seedAt, new Uint8Array(SEALED_SEED));
    } catch (error) {
      seed.fill(0);
      const reason = reasonOf(error);
      throw new JobError(`${this.#path} cannot be marked as used: ${reason}`, { cause: error });
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
