/** What a runtime is made from, and what it hands to others. */
import type { Heap, Words } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import type { Links } from '../links/mailbox.js';
import type { Disclosure } from './disclosures.js';
import type { Streams } from './streams.js';
import type { Share } from './values.js';

export interface RuntimeParts {
  /** The role's name. */
  readonly name: string;
  /** Names of the parties, P₀ first. */
  readonly parties: readonly string[];
  readonly provider: string;
  /** The roles that hold no share and deal nothing, see `clientsOf`. */
  readonly clients?: readonly string[];
  /** What this role agrees to disclose; everything unless it is given. */
  readonly discloses?: readonly Disclosure[] | null;
  readonly ring: Ring;
  readonly heap: Heap;
  readonly streams: Streams;
  readonly mailbox: Links;
  /** Whether this party awaits what its steps take: the provider tells it after each step that all has been sent. */
  readonly awaits?: boolean;
  /** Whether helper threads share the work of long kernels. */
  readonly helped?: boolean;
  /** Whether the provider is, or writes, a tape: it hears nothing, and programs may leave out a part of what was dealt. */
  readonly taped?: boolean;
  /** Whether all corrections go to the last party, as with a tape, instead of to the parties in turn. */
  readonly oneLine?: boolean;
  /** See `Agreement`. */
  readonly fewRounds?: boolean | undefined;
  /** Fraction bits of values unless an operation says otherwise. */
  readonly fraction: number;
}

/** Is shown the values that are truncated (nn/sentinel.ts, nn/dry-run.ts). */
export interface Watcher {
  /** The site (layer and kind) of the values that come next, as a number; null while they are not to be watched. */
  site: number | null;
  /**
   * @param words values under a mask that the provider knows, z + r: at a party as they were opened, at the provider r
   * @param fraction fraction bits of z
   * @param limit |z| must stay below 2^limit in ring units; by default what a truncation takes, k − 2
   */
  watch(words: Words, fraction: number, limit?: number): void;
  /** The same for a layer's outputs, for watchers that want them. */
  outputs?(words: Words, fraction: number): void;
}

/** What a role has of a value that is about to be opened under a mask. */
export interface Hidden {
  /** At a party: its summand of the value and the mask. */
  readonly words: Words | null;
  readonly mask: Words;
  /** At the provider, see {@link Masked}. */
  readonly factor: Words | null;
}

/** A settled share that is to become clear. */
export interface Disclosable {
  /** What it is, for lists of disclosures. */
  readonly label: string;
  readonly share: Share;
  /** Public 32-bit integers that the reader wants to know beside it. */
  readonly facts?: readonly number[];
}
