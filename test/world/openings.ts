/**
 * Everything that is opened by addition while the roles work, and what was opened: tests have all roles in one process,
 * so the provider's mask can be taken off the words that the first party sees. Masks are drawn in the order in which
 * values are opened, at every role.
 */
import type { Words } from '../../bindings/memory.js';
import { read } from './ring.js';
import type { Roles } from './roles.js';

export interface Opened {
  readonly label: string;
  /** What the parties see: the value and its mask. Their low bits are the coins of a rounding. */
  readonly words: readonly bigint[];
  /** The value, as signed integers. */
  readonly plain: readonly bigint[];
}

/** Runs `work`; everything that it opens, in order. */
export function watchOpenings(world: Roles, work: () => void): Opened[] {
  const { bits, provider } = world;
  const [party] = world.parties;
  const masks: bigint[][] = [];
  const seen: { label: string; words: bigint[] }[] = [];
  const { settleAndMask, addMask } = provider;
  const { round } = party;
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
  party.round = (openings) => {
    round.call(party, openings);
    for (const { ptr, bytes, join, label } of openings) {
      if (join !== 'add') continue;
      seen.push({ label, words: read(party.heap, bits, { ptr, length: bytes / (bits / 8) }) });
    }
  };
  try {
    work();
  } finally {
    Object.assign(provider, { settleAndMask, addMask });
    party.round = round;
  }
  if (masks.length !== seen.length) throw new Error(`${masks.length} masks for ${seen.length} openings`);
  return seen.map(({ label, words }, i) => {
    if (masks[i].length !== words.length) throw new Error(`opening ${i} (${label}) does not fit its mask`);
    return { label, words, plain: words.map((word, j) => BigInt.asIntN(bits, word - masks[i][j])) };
  });
}
