/** Planted faults, to show that the tests of what a party sees can fail: parties that mask wrongly, misplaced keystreams. */
import type { Planes, Words } from '../../bindings/memory.js';
import { PartyRuntime } from '../../src/party/party.js';
import { TILE } from '../../src/party/runtime.js';
import type { Purpose } from '../../src/party/streams.js';
import type { Misplace } from './logged-streams.js';
import type { Bits } from './ring.js';

/** A party whose masks go through `spoil` before they are used. */
abstract class FaultyParty extends PartyRuntime {
  /** Changes the bytes of a mask of words of `period` bytes, or of bit planes in blocks of 16. */
  protected abstract spoil(mask: Uint8Array, period: number): void;

  protected override drawMask(words: Words, add: boolean, operation: number, start: number): void {
    const mask = this.words(words.length);
    super.drawMask(mask, false, operation, start);
    this.spoil(this.heap.bytes(mask.ptr, mask.length * this.ring.bytes), this.ring.bytes);
    if (add) this.ring.add(words, words, mask);
    else this.ring.copy(words, mask);
    this.free(mask);
  }

  override drawHigh(length: number, bits: number): Words {
    const words = super.drawHigh(length, bits);
    this.spoil(this.heap.bytes(words.ptr, length * this.ring.bytes), this.ring.bytes);
    this.ring.shr(words, words, this.ring.bits - bits);
    this.ring.shl(words, words, this.ring.bits - bits);
    return words;
  }

  override maskPlanes(count: number, blocks: number): Planes {
    const planes = super.maskPlanes(count, blocks);
    this.spoil(this.heap.bytes(planes.ptr, count * blocks * 16), 16);
    return planes;
  }
}

/** Draws one mask for a whole tensor, as PySyft 0.2 did in its comparison. */
export class OneMaskForAll extends FaultyParty {
  protected override spoil(mask: Uint8Array, period: number): void {
    for (let i = period; i < mask.length; i++) mask[i] = mask[i - period];
  }
}

/** Draws masks whose upper half is 0, as when a mask is taken from a range instead of the ring. */
export class ShortMask extends FaultyParty {
  protected override spoil(mask: Uint8Array, period: number): void {
    for (let i = 0; i < mask.length; i++) if (i % period >= period / 2) mask[i] = 0;
  }
}

/** Draws the same masks again and again, as when a stream is addressed by a position that is reset. */
export class RepeatedMask extends FaultyParty {
  readonly #first = new Map<number, Uint8Array>();

  protected override spoil(mask: Uint8Array): void {
    const known = this.#first.get(mask.length);
    if (known) mask.set(known);
    else this.#first.set(mask.length, mask.slice());
  }
}

/** Makes every third mask from the two before it: pairs are independent, three are not. */
export class LinearMask extends FaultyParty {
  protected override spoil(mask: Uint8Array, period: number): void {
    for (let i = 2 * period; i < mask.length; i++) {
      if (Math.floor(i / period) % 3 === 2) mask[i] = mask[i - period] ^ mask[i - 2 * period];
    }
  }
}

/** Begins the streams of words for one purpose anew in every tile, alike at roles that work by smaller chunks. */
export const anewInEveryTile =
  (purpose: Purpose, bits: Bits): Misplace =>
  (at) =>
    at.purpose === purpose ? { start: at.start % ((TILE * bits) / 8) } : {};
