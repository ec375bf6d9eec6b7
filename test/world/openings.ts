/**
 * Everything that is opened by addition while the roles work, and what was opened: tests have all roles in one process,
 * so the provider's mask can be taken off the words that the first party sees. Masks are drawn in the order in which
 * values are opened, at every role. Where only the top bits are opened, words and masks have zeros below.
 *
 * A rescaling opens twice: what is rounded, and then the bits that its rounded value still lacks to be under a mask. Of
 * the second the rounded value is given here, by the mask of the first, which was opened in the round before and is found by
 * its count and its wraps.
 */
import type { Words } from '../../bindings/memory.js';
import { roundWithCoin, roundWithCoins } from '../twins/clear.js';
import { type Bits, read } from './ring.js';
import { type Roles, wordsOf } from './roles.js';

export interface Opened {
  readonly label: string;
  /** The value, as signed integers; none of a tournament's winners that are opened with few bits. */
  readonly plain: readonly bigint[];
  /** The value rounded by s bits with the coins of its opening. @throws Error where it was not opened to be rounded so */
  rounded(s: number): readonly bigint[];
}

/** An opening as the first party and the provider have it. */
interface Half {
  readonly label: string;
  /** Bits that are not opened, 0 for whole words. */
  readonly drop: number;
  /** What was opened. */
  readonly words: readonly bigint[];
  /** Of all parties together, what was not opened: their coins. */
  readonly coins: readonly bigint[] | null;
  readonly mask: readonly bigint[];
  readonly round: number;
}

/** Runs `work`; everything that it opens, in order. */
export function watchOpenings(world: Roles, work: () => void): Opened[] {
  const { bits, provider, parties } = world;
  const [party] = parties;
  const masks: bigint[][] = [];
  const opened: { label: string; drop: number; words: bigint[] | null; round: number }[] = [];
  let rounds = 0;
  const { settleAndMask, addMask, drawHigh } = provider;
  const { round } = party;
  const start = world.seen.length;
  const keep = (words: Words) => masks.push(read(provider.heap, bits, words));
  provider.settleAndMask = (share) => {
    const hidden = settleAndMask.call(provider, share);
    keep(hidden.mask);
    return hidden;
  };
  provider.addMask = (words, negated) => {
    addMask.call(provider, words, negated);
    keep(words);
  };
  provider.drawHigh = (length, count, factor) => {
    const words = drawHigh.call(provider, length, count, factor);
    keep(words);
    return words;
  };
  party.round = (openings) => {
    round.call(party, openings);
    rounds++;
    for (const { ptr, bytes, join, label, narrow } of openings) {
      const words = narrow?.words ?? { ptr, length: bytes / (bits / 8) };
      opened.push({
        label,
        drop: narrow ? bits - narrow.width : 0,
        words: join === 'add' ? read(party.heap, bits, words) : null,
        round: rounds,
      });
    }
  };
  try {
    work();
  } finally {
    Object.assign(provider, { settleAndMask, addMask, drawHigh });
    party.round = round;
  }
  const views = parties.map(({ name }) => world.seen.slice(start).filter((seen) => seen.party === name));
  const halves = opened.flatMap(({ words, ...rest }, i): Half[] => {
    if (!words) return [];
    const coins = views.map((view) => view[i].coins).filter((own) => own !== null);
    return [
      { ...rest, words, coins: coins.length > 0 ? sums(bits, coins) : null, mask: masks.shift() ?? [] },
    ];
  });
  if (masks.length > 0) throw new Error(`${masks.length} masks were not used`);
  for (const { label, words, mask } of halves) {
    if (mask.length !== words.length) throw new Error(`an opening (${label}) does not fit its mask`);
  }
  return new Values(bits, parties.length, halves).opened;
}

/** Sums over the parties. */
function sums(bits: Bits, coins: readonly Uint8Array[]): bigint[] {
  const [first, ...others] = coins.map((own) => wordsOf(bits, own));
  return first.map((coin, i) => others.reduce((sum, own) => sum + own[i], coin));
}

/** Takes the masks off. */
class Values {
  readonly #paired = new Set<Half>();

  constructor(
    readonly bits: Bits,
    readonly parties: number,
    readonly halves: readonly Half[],
  ) {}

  get opened(): Opened[] {
    return this.halves.map((half) => ({
      label: half.label,
      plain: this.#plain(half),
      rounded: (s) => {
        if (half.label !== 'truncate') throw new Error(`${half.label}: not opened to be rounded`);
        return this.#rounded(half, s);
      },
    }));
  }

  #plain(half: Half): bigint[] {
    if (half.drop === 0 || half.label === 'truncate') return this.#value(half);
    return half.label === 'rescale' ? this.#rescaled(half) : [];
  }

  /** What was opened, before it was rounded. */
  #value({ words, coins, mask }: Half): bigint[] {
    return words.map((word, i) => BigInt.asIntN(this.bits, word + (coins?.[i] ?? 0n) - mask[i]));
  }

  #rounded(half: Half, s: number): bigint[] {
    const { words, coins, drop } = half;
    if (coins && drop !== s) throw new Error(`opened to be rounded by ${drop} bits, not by ${s}`);
    return this.#value(half).map((z, i) =>
      coins ? roundWithCoins(z, s, coins[i], this.parties) : roundWithCoin(z, s, words[i]),
    );
  }

  /** The rounded value of which `half` opens the missing bits. */
  #rescaled(half: Half): bigint[] {
    const s = this.bits - half.drop;
    const first = this.halves.find(
      (other) =>
        other.label === 'truncate' &&
        other.round === half.round - 1 &&
        !this.#paired.has(other) &&
        (other.coins === null || other.drop === s) &&
        String(this.#wraps(other)) === String(this.#lifts(half)),
    );
    if (!first) throw new Error(`nothing was rounded by ${s} bits that was then opened as ${half.label}`);
    this.#paired.add(first);
    return this.#rounded(first, s);
  }

  /** Where the sum of value and mask has wrapped. */
  #wraps({ words, mask, drop }: Half): boolean[] {
    const quarter = 1n << BigInt(this.bits - 2);
    return words.map((word, i) => {
      const negative = BigInt.asIntN(this.bits, word + quarter) < 0n;
      return !negative && BigInt.asIntN(this.bits, this.#withoutLow(mask[i], drop)) < 0n;
    });
  }

  /** The mask of a narrow opening, from the provider's before it has dropped bits of it. */
  #withoutLow(mask: bigint, drop: number): bigint {
    if (drop === 0) return mask;
    const s = BigInt(drop);
    return -((((BigInt(this.parties + 1) << (s - 1n)) - mask) >> s) << s);
  }

  /** Where the bits that `half` opens, at the top of the value under its whole mask, make up for a wrap. */
  #lifts({ words, mask, drop }: Half): boolean[] {
    const w = BigInt(drop);
    return words.map((word, i) => {
      const negative = BigInt.asUintN(drop, word) >= 3n << (w - 2n); // then one has been borrowed from the top
      const top = BigInt.asUintN(this.bits, word - mask[i]) >> w;
      return BigInt.asUintN(this.bits - drop, top + (negative ? 1n : 0n)) === 1n;
    });
  }
}
