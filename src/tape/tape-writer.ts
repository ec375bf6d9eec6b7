/** Tapes that are being written, by a provider that deals; src/tape/tape-format.ts says what is in them. */
import type { TapeOutput } from '../../bindings/host/tape.js';
import { JobError, reasonOf } from '../errors.js';
import { encodeHeader, type TapeHeader } from './header.js';
import { host } from './keys.js';
import { keyTo, SealedWriter, sealFirst } from './seal.js';
import { COUNT_BYTES, FRAME_BYTES, type Frame, PLACE_BYTES } from './tape-format.js';

/** What a tape is called before it is whole: dealings at the same time do not meet. */
const partOf = (path: string, { tape }: Pick<TapeHeader, 'tape'>): string => `${path}.${tape}.part`;

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
