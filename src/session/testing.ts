/** What a session is told beside its options: by tests, and by whoever has its roles in this thread (this-thread.ts). */
import { publicRandom } from '../data/random.js';
import { checkBoolean, checkInteger, checkOptions } from '../options.js';
import { SEED_BYTES } from '../party/streams.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { NOT_TESTING, type TestSettings } from '../role/test-settings.js';
import type { RoleHandle } from './role-handle.js';
import type { TestOptions } from './test-options.js';
import type { Wiring } from './wiring.js';

/** Test options with their defaults. */
export interface Testing {
  /** What roles are told, of which there are so many. */
  readonly settings: (roles: number) => TestSettings;
  /** Null: that of the session's options. */
  readonly leastRows: number | null;
  readonly wiring: Wiring | null;
  /** Whether a party that is alone keeps its links itself; null: the size of a step tells. Long steps would end its links. */
  readonly ownLinks: boolean | null;
  /** Starts roles that take turns; null: in a worker. */
  readonly inTurn: ((boot: InTurnBoot) => RoleHandle[]) | null;
}

export const NO_TEST: Testing = {
  settings: () => NOT_TESTING,
  leastRows: null,
  wiring: null,
  ownLinks: false,
  inTurn: null,
};

/** @throws TypeError for an unknown option or a wrong kind, RangeError for a value outside its range */
export function resolveTestOptions(options: TestOptions): Testing {
  const name = 'createTestSession';
  checkOptions(name, options, ['seed', 'transcripts', 'oneLine', 'leastRows', 'ownLinks', 'links']);
  const { seed, transcripts = false, oneLine = false, leastRows, ownLinks, links } = options;
  if (seed !== undefined) checkInteger(`${name}: seed`, seed, 0, 2 ** 32 - 1);
  checkBoolean(`${name}: transcripts`, transcripts);
  checkBoolean(`${name}: oneLine`, oneLine);
  if (leastRows !== undefined) checkInteger(`${name}: leastRows`, leastRows, 1, 2 ** 31 - 1);
  if (ownLinks !== undefined) checkBoolean(`${name}: ownLinks`, ownLinks);
  if (links !== undefined && !(links.bells instanceof Map && links.rings instanceof Map)) {
    throw new TypeError(`${name}: links must be what sharedLinks returns`);
  }
  return {
    settings: (roles) => ({
      seeds: seed === undefined ? null : seedsFrom(seed, roles),
      transcripts,
      oneLine,
    }),
    leastRows: leastRows ?? null,
    wiring: links ?? null,
    ownLinks: ownLinks ?? false,
    inTurn: null,
  };
}

/** Known seeds, for each of so many roles and every other. */
const seedsFrom = (seed: number, roles: number): Uint8Array[] =>
  Array.from({ length: roles ** 2 }, (_, stream) => {
    const random = publicRandom(seed, stream);
    return Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));
  });
