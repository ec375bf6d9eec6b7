/** What each process chooses for the roles that it has here; others need not know. */
import type { Disclosure } from '../party/disclosures.js';

export interface Local {
  /** The roles that are here. */
  readonly here: readonly string[];
  /** Helper threads of a role beside its own. */
  readonly threads: number;
  /** Milliseconds a role waits for a silent peer. */
  readonly timeout: number;
  /** Bytes in each direction of a link that may be under way. */
  readonly linkBytes: number;
  /** Whether roles take the time of each kind of work. */
  readonly profile: boolean;
  /** What the roles here agree to disclose; null for everything. */
  readonly discloses: readonly Disclosure[] | null;
}
