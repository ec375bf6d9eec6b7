/** What tests may ask of a session and users may not; src/testing.ts is the way to it. */
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
  /** Whether a party that is alone in its process keeps its links itself, as in jobs whose steps are small. Default false. */
  ownLinks?: boolean;
  /** The memory that links the roles of several sessions (see `sharedLinks`), each of which has some of the roles here. */
  links?: Wiring;
}
