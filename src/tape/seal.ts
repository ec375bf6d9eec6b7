/**
 * A stream of bytes sealed to one key, in chunks (STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015): each has its
 * number in its nonce, and the last one is marked as such, so that none can be left out, moved or cut off.
 *
 * The key is of one stream alone: HKDF-SHA-256 of X25519 between an ephemeral key and the reader's. Where the writer has a key
 * that the reader knows, X25519 between these two goes in as well, and nobody else can have sealed it.
 */

import type { TapeInput, TapeOutput } from '../../bindings/host/tape.js';
import { joinBytes } from '../bytes.js';
import { JobError } from '../errors.js';
import { host } from './keys.js';

/** Bytes that authenticate a chunk. */
export const TAG_BYTES = 16;
/** Bytes of a chunk, so that a sealed one has 64 KiB. */
export const CHUNK_BYTES = 2 ** 16 - TAG_BYTES;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

/** What a chunk is, in its nonce. */
const Kind = { more: 0, last: 1, first: 2 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

const LABEL = new TextEncoder().encode('beaverdam tape 1');

/** The key of a stream and what the reader needs to find it. */
export interface StreamKey {
  readonly key: Uint8Array;
  readonly ephemeral: Uint8Array;
}

/**
 * A key for a new stream.
 * @param to the reader's public key
 * @param from the writer's private key; null for a stream that says not who wrote it
 * @param context public bytes that the reader must have alike
 */
export function keyTo(to: Uint8Array, from: string | null, context: Uint8Array): StreamKey | null {
  const { makeKeys, agree, publicOf } = host();
  const { publicKey: ephemeral, privateKey } = makeKeys();
  const secrets = [agree(privateKey, to), from === null ? new Uint8Array(0) : agree(from, to)];
  const writer = from === null ? new Uint8Array(0) : publicOf(from);
  const key = writer && deriveKey(secrets, context, [ephemeral, to, writer]);
  return key && { key, ephemeral };
}

/** The key of a stream that is sealed to `own`, a private key. @param from the writer's public key, where it has one */
export function keyFrom(
  own: string,
  ephemeral: Uint8Array,
  from: Uint8Array | null,
  context: Uint8Array,
): Uint8Array | null {
  const { agree, publicOf } = host();
  const writer = from ?? new Uint8Array(0);
  const secrets = [agree(own, ephemeral), from === null ? new Uint8Array(0) : agree(own, from)];
  const reader = publicOf(own);
  return reader && deriveKey(secrets, context, [ephemeral, reader, writer]);
}

function deriveKey(
  secrets: readonly (Uint8Array | null)[],
  context: Uint8Array,
  keys: readonly Uint8Array[],
): Uint8Array | null {
  const { derive, sha256 } = host();
  const secret = secrets.includes(null) ? null : joinBytes(secrets);
  const key = secret && derive(secret, sha256(context), joinBytes([LABEL, ...keys]));
  for (const wiped of [secret, ...secrets]) wiped?.fill(0);
  return key;
}

/** The nonce of a chunk, and its position as associated data. */
function placeOf(number: number, kind: Kind): readonly [Uint8Array, Uint8Array] {
  const [nonce, position] = [new Uint8Array(12), new Uint8Array(9)];
  nonce[0] = kind;
  new DataView(nonce.buffer).setBigUint64(4, BigInt(number));
  position[0] = kind;
  new DataView(position.buffer).setBigUint64(1, BigInt(number) * BigInt(CHUNK_BYTES));
  return [nonce, position];
}

/** Seals what stands before the chunks. */
export const sealFirst = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  host().seal(key, ...placeOf(0, Kind.first), bytes);

/** What {@link sealFirst} was given; null where it is another or was sealed to another key. */
export const openFirst = (key: Uint8Array, sealed: Uint8Array): Uint8Array | null =>
  host().open(key, ...placeOf(0, Kind.first), sealed);

/** Bytes that `length` bytes take when they are sealed. */
export const sealedLength = (length: number): number =>
  length + TAG_BYTES * Math.max(1, Math.ceil(length / CHUNK_BYTES));

export class SealedWriter {
  readonly #file: TapeOutput;
  readonly #key: Uint8Array;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #number = 0;

  constructor(file: TapeOutput, key: Uint8Array) {
    this.#file = file;
    this.#key = key;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#number * CHUNK_BYTES + this.#filled;
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      if (this.#filled === CHUNK_BYTES) this.#seal(Kind.more); // a full chunk may be the last, so it waits
      const count = Math.min(bytes.length - done, CHUNK_BYTES - this.#filled);
      this.#chunk.set(bytes.subarray(done, done + count), this.#filled);
      this.#filled += count;
      done += count;
    }
  }

  /** Seals the last chunk. */
  end(): void {
    this.#seal(Kind.last);
    this.#key.fill(0);
  }

  #seal(kind: Kind): void {
    const plain = this.#chunk.subarray(0, this.#filled);
    this.#file.write(host().seal(this.#key, ...placeOf(this.#number, kind), plain));
    plain.fill(0);
    this.#number++;
    this.#filled = 0;
  }
}

export class SealedReader {
  /** Bytes of the stream. */
  readonly length: number;
  readonly #file: TapeInput;
  readonly #name: string;
  readonly #key: Uint8Array;
  readonly #start: number;
  readonly #chunks: number;
  readonly #sealed = new Uint8Array(SEALED_BYTES);
  #current = -1;
  #plain = new Uint8Array(0);

  /**
   * Opens the last chunk, so that a stream that was cut off is refused at once.
   * @param name of the file, first words of messages
   * @param start where the chunks begin
   * @throws JobError for a stream that was cut off or altered there
   */
  constructor(file: TapeInput, name: string, start: number, key: Uint8Array) {
    this.#file = file;
    this.#name = name;
    this.#key = key;
    this.#start = start;
    const sealed = file.size - start;
    this.#chunks = Math.ceil(sealed / SEALED_BYTES);
    const rest = sealed % SEALED_BYTES;
    if (sealed < TAG_BYTES || (rest > 0 && rest < TAG_BYTES)) this.#cut();
    this.length = sealed - TAG_BYTES * this.#chunks;
    this.#load(this.#chunks - 1);
  }

  /** Fills `into` from byte `at` of the stream on. @throws JobError where the stream was altered, RangeError beyond its end */
  read(at: number, into: Uint8Array): void {
    if (!(at >= 0 && at + into.length <= this.length)) {
      throw new RangeError(`${this.#name}: there are no bytes ${at} to ${at + into.length}`);
    }
    for (let done = 0; done < into.length; ) {
      const number = Math.floor((at + done) / CHUNK_BYTES);
      if (number !== this.#current) this.#load(number);
      const from = at + done - number * CHUNK_BYTES;
      const part = this.#plain.subarray(from, from + into.length - done);
      into.set(part, done);
      done += part.length;
    }
  }

  /** Forgets the key and what was read, and closes the file. */
  close(): void {
    this.#key.fill(0);
    this.#plain.fill(0);
    this.#current = -1;
    this.#file.close();
  }

  #load(number: number): void {
    const last = number === this.#chunks - 1;
    const count = this.#file.read(this.#start + number * SEALED_BYTES, this.#sealed);
    const sealed = this.#sealed.subarray(0, count);
    const plain = host().open(this.#key, ...placeOf(number, last ? Kind.last : Kind.more), sealed);
    if (!plain) {
      if (last) this.#cut();
      throw new JobError(`${this.#name} has been altered at byte ${this.#start + number * SEALED_BYTES}`);
    }
    this.#plain.fill(0);
    this.#plain = plain as Uint8Array<ArrayBuffer>;
    this.#current = number;
  }

  #cut(): never {
    throw new JobError(
      `${this.#name} has been cut off or altered: its last part is not the one that was sealed`,
    );
  }
}
