/** A provider that writes what it would send in a run to tapes. */
import { NO_OPERATION } from '../links/mailbox.js';
import { SEED_BYTES } from '../party/streams.js';
import { dealLinks } from '../tape/deal-links.js';
import { finishTapes, TapeWriter } from '../tape/tape-writer.js';
import { seedSource } from './basis.js';
import type { DealBoot, RoleBoot } from './boot.js';
import { encode, type Step } from './lockstep.js';

/** Begins a tape for every party, each with the seed that the party would draw. */
export function dealingOf(boot: RoleBoot, { tapes, from }: DealBoot) {
  const { parties, provider } = boot.agreement;
  const seeds = new Map(parties.map((party) => [party, seedSource(boot, party)(provider)]));
  const writers = new Map(
    tapes.map(({ path, header, to }) => {
      const seed = seeds.get(header.role) ?? new Uint8Array(SEED_BYTES);
      return [header.role, new TapeWriter(path, header, seed, to, from)];
    }),
  );
  const last = writers.get(parties[parties.length - 1]);
  if (!last) throw new TypeError('deal: the last party has no tape');
  const links = dealLinks(seeds, last);
  return {
    links,
    commands: {
      /** A command that waits for roles elsewhere is none of the provider's. */
      begin(step: Step) {
        if (step.name === 'sync') return;
        if (step.name === 'renewModel') last.renew();
        links.send('', NO_OPERATION, [encode(step)]);
      },
      sync() {},
      part() {},
    },
    finish() {
      finishTapes([...writers.values()]);
    },
  };
}
