/** What tests may ask of a session and users may not; src/testing.ts is the way to it, and this-thread.ts to one of them. */
import { checkBoolean, checkInteger, checkOptions } from '../options.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { NOT_TESTING, type TestSettings } from '../role/test-settings.js';
import type { RoleHandle } from './role-handle.js';
import type { Wiring } from './wiring.js';

/** What `createTestSession` takes; it takes away what a session protects. */
export interface TestOptions {
  /** Derives every secret seed from this integer, 0 … 2^32 − 1. Nothing is private then. */
  seed?: number;
  /** Parties keep a copy of all that they see. Default false. */
  transcripts?: boolean;
  /** The provider deals to the last party alone, as it does to a tape. Default false. */
  oneLine?: boolean;
  /** As the option of a session, but from 1 on: what is opened over one row is that row. */
  leastRows?: number;
  /** The memory that links the roles of several sessions (see `sharedLinks`), each of which has some of the roles here. */
  links?: Wiring;
}

/** Test options with their defaults. */
export interface Testing {
  readonly settings: TestSettings;
  /** Null: that of the session's options. */
  readonly leastRows: number | null;
  readonly wiring: Wiring | null;
  /** Starts roles that take turns; null: in a worker. */
  readonly inTurn: ((boot: InTurnBoot) => RoleHandle[]) | null;
}

export const NO_TEST: Testing = { settings: NOT_TESTING, leastRows: null, wiring: null, inTurn: null };

/** @throws TypeError for an unknown option or a wrong kind, RangeError for a value outside its range */
export function resolveTestOptions(options: TestOptions): Testing {
  const name = 'createTestSession';
  checkOptions(name, options, ['seed', 'transcripts', 'oneLine', 'leastRows', 'links']);
  const { seed, transcripts = false, oneLine = false, leastRows, links } = options;
  if (seed !== undefined) checkInteger(`${name}: seed`, seed, 0, 2 ** 32 - 1);
  checkBoolean(`${name}: transcripts`, transcripts);
  checkBoolean(`${name}: oneLine`, oneLine);
  if (leastRows !== undefined) checkInteger(`${name}: leastRows`, leastRows, 1, 2 ** 31 - 1);
  if (links !== undefined && !(links.bells instanceof Map && links.rings instanceof Map)) {
    throw new TypeError(`${name}: links must be what sharedLinks returns`);
  }
  return {
    settings: { seed: seed ?? null, transcripts, oneLine },
    leastRows: leastRows ?? null,
    wiring: links ?? null,
    inTurn: null,
  };
}
