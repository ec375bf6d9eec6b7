/** The settings in which protocol tests hold: two and three parties, both rings. */

import { Parties } from './parties.js';
import { type Bits, RINGS } from './ring.js';

/** Sizes around the edges of a block of 128 bits. */
export const SIZES: readonly number[] = [1, 127, 128, 129, 300];

const made = new Map<string, Parties>();

/** Parties of one setting, the same ones every time. */
export function partiesOf(parties: number, bits: Bits, fewRounds = false): Parties {
  const name = `${parties} ${bits} ${fewRounds}`;
  const known = made.get(name);
  if (known) return known;
  const world = new Parties({ parties, bits, fewRounds });
  made.set(name, world);
  return world;
}

/**
 * Runs `claim` for 2 and 3 parties and rings 32 and 64; what it allocated is freed.
 * @param fewRounds see `Agreement`
 */
export function inEverySetting(claim: (world: Parties, where: string) => void, fewRounds = false): void {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      const world = partiesOf(parties, bits, fewRounds);
      world.forget();
      try {
        world.scoped(() => claim(world, `${parties} parties, ring ${bits}`));
      } catch (error) {
        made.delete(`${parties} ${bits} ${fewRounds}`); // its roles may have stopped in the middle of a round
        throw error;
      }
    }
  }
}
