/** A party's side of a round: what it sends of the openings, and how what comes of the others joins. */
import type { Chunk, Links, Parts } from '../links/mailbox.js';
import { lowBits, PackedArrival } from './packed.js';
import { crosses, sentBytes } from './parts.js';
import type { Opening } from './program.js';
import type { Runtime } from './runtime.js';
import type { Transcript } from './transcript.js';
import { accumulate } from './wide.js';

/** Bytes that are taken from a link at a time: few enough to stay in cache while they are added. */
export const CHUNK_BYTES = 2 ** 15;
/** Chunks are multiples of this: whole blocks of a keystream, words of either ring, and blocks of bit planes. */
const CHUNK_GRAIN = 64;

export class Exchange {
  /** Where bytes from links are while they are joined. */
  readonly chunk: Chunk;
  /** Its address. */
  readonly chunkPtr: number;
  /** The peers' numbers. */
  readonly #numbers: readonly number[];
  /** The openings whose frames were asked for last, and these frames. */
  #asked: { readonly openings: readonly Opening[]; readonly frames: readonly Uint8Array[] | Parts } | null =
    null;

  /** @param rt the party */
  constructor(
    readonly rt: Runtime,
    readonly links: Links,
    readonly peers: readonly string[],
    readonly transcript: Transcript | undefined,
  ) {
    this.chunkPtr = rt.heap.alloc(CHUNK_BYTES);
    this.chunk = { bytes: rt.heap.bytes(this.chunkPtr, CHUNK_BYTES), grain: CHUNK_GRAIN };
    this.#numbers = peers.map((name) => rt.parties.indexOf(name));
  }

  /** By peer: which openings it sends this party something of. */
  #sent(openings: readonly Opening[]): number[][] {
    return this.#numbers.map((peer) =>
      [...openings.keys()].filter((i) => crosses(openings[i], peer, this.rt.index)),
    );
  }

  /** What this party sends in a round. */
  framesOf(openings: readonly Opening[]): readonly Uint8Array[] | Parts {
    if (this.#asked?.openings === openings) return this.#asked.frames;
    const frames = this.#framesOf(openings);
    this.#asked = { openings, frames };
    return frames;
  }

  #framesOf(openings: readonly Opening[]): readonly Uint8Array[] | Parts {
    const pieces = openings.map(({ ptr, bytes }) => this.rt.heap.bytes(ptr, bytes));
    if (openings.every(({ adder }) => adder === undefined)) return pieces;
    return {
      to: this.#numbers.map((peer) => pieces.filter((_, i) => crosses(openings[i], this.rt.index, peer))),
      from: this.#sent(openings).map((sent) => sent.map((i) => openings[i].bytes)),
    };
  }

  /** One round: sends what this party has of the openings, and joins what comes to it. */
  round(openings: readonly Opening[], operation: number): void {
    const { ring, heap, index, parties, ledger } = this.rt;
    const count = openings.length;
    const pieces = this.framesOf(openings);
    // by peer: which openings it sends something of; null where it is all of them
    const sent = 'to' in pieces ? this.#sent(openings) : null;
    // by peer and opening: where a peer's packed numbers arrive
    const arrivals: (PackedArrival | null)[] = [];
    for (let peer = 0; peer < this.peers.length; peer++) {
      for (let i = 0; i < count; i++) {
        const { narrow } = openings[i];
        const arrives = narrow && (sent === null || sent[peer].includes(i));
        arrivals.push(arrives ? new PackedArrival(ring, heap, narrow) : null);
      }
    }
    const coins = this.transcript && openings.map(({ narrow }) => narrow && lowBits(ring, heap, narrow));
    const received =
      this.transcript &&
      this.peers.map((_, peer) =>
        openings.map(({ bytes }, i) => new Uint8Array(sent?.[peer].includes(i) === false ? 0 : bytes)),
      );
    this.links.exchange(this.peers, operation, pieces, this.chunk, (peer, piece, offset, bytes) => {
      const i = sent === null ? piece : sent[peer][piece];
      const { ptr, join, integers } = openings[i];
      received?.[peer][i].set(this.chunk.bytes.subarray(0, bytes), offset);
      const arrival = arrivals[peer * count + i];
      if (arrival) arrival.take(this.chunkPtr, offset, bytes);
      else if (integers !== undefined) {
        const [into, theirs] = [ptr + offset, this.chunkPtr].map((at) => heap.u64(at, bytes / 8));
        accumulate(into, theirs, 1n, integers);
      } else this.join(join, ptr + offset, this.chunkPtr, bytes);
    });
    ledger.add('online', sentBytes(openings, index, parties.length));
    for (let i = 0; i < count; i++) {
      const { ptr, bytes, label, narrow, adder, sums } = openings[i];
      if (!sums) ledger.opened(label, bytes);
      if (received && (sent === null || sent.some((of) => of.includes(i)))) {
        if (narrow) ring.packHigh(ptr, narrow.words, narrow.width); // the sums, in place of what was sent
        this.transcript?.({
          label,
          opened: heap.bytes(ptr, bytes).slice(),
          received: received.map((theirs) => theirs[i]),
          coins: coins?.[i] ?? null,
          ...(adder !== undefined && { adder }),
        });
      }
    }
  }

  /** Between the two rounds of parts: a party's own sums become what it sends, and there is room for those of others. */
  turn(parts: readonly Opening[]): void {
    const { ring, heap, index } = this.rt;
    for (const { adder, ptr, bytes, narrow } of parts) {
      if (adder === undefined || (adder === index && !narrow)) continue;
      if (!narrow) {
        heap.bytes(ptr, bytes).fill(0);
        continue;
      }
      const { words, width } = narrow;
      if (adder === index) ring.packHigh(ptr, words, width);
      else {
        ring.shl(words, words, width);
        ring.shr(words, words, width);
      }
    }
  }

  /** Joins bytes at `from` with those at `into`. */
  join(join: 'add' | 'xor', into: number, from: number, bytes: number): void {
    const { ring } = this.rt;
    if (join === 'add') {
      const length = bytes / ring.bytes;
      const words = { ptr: into, length };
      ring.add(words, words, { ptr: from, length });
    } else {
      const blocks = bytes / 16;
      const planes = { ptr: into, count: 1, blocks };
      ring.xor(planes, planes, { ptr: from, count: 1, blocks });
    }
  }
}
