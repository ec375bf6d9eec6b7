/** The roles of a session, as the session asks them: those at work in workers, or none but for their disclosures. */
import type { CheckpointPosition } from '../links/hello.js';
import type { Disclosed } from '../party/disclosures.js';
import type { LedgerTotals } from '../party/ledger.js';
import type { TranscriptEntry } from '../party/transcript.js';
import type { Times } from '../role/profile.js';
import type { Roles } from '../role/roles.js';
import type { Settings } from './options.js';

type ByRole<T> = Promise<ReadonlyMap<string, T>>;

export interface SessionRoles extends Roles {
  readonly settings: Settings;
  /** The checkpoints that each role elsewhere had when it came; none where the roles are not linked over a network. */
  readonly checkpointsElsewhere: ReadonlyMap<string, readonly CheckpointPosition[]>;
  /** Hands what is queued to the roles as a batch of its own, so that large payloads do not pile up at them. */
  flush(): void;
  /** What has crossed so far; roles that hold no share count nothing. */
  totals(): ByRole<LedgerTotals>;
  /** What has become clear so far, and to whom. */
  disclosed(): ByRole<readonly Disclosed[]>;
  /**
   * Bytes that each role holds now, and the most it has held at once: values and working memory in wasm memory, and
   * data sets stored outside it.
   */
  memoryUse(): ByRole<{ live: number; peak: number }>;
  /** What each role has seen, in test sessions that record it (src/testing.ts). */
  transcripts(): ByRole<readonly TranscriptEntry[]>;
  /** Seconds by kind of work so far, in sessions with `profile: true`. */
  times(): ByRole<Times | null>;
  /** Ends one role as a crash would, for tests of what happens then. */
  kill(name: string): void;
  /** See `Session.leave`. */
  leave(client: string): Promise<boolean>;
  /** See `Session.close`. */
  close(): Promise<void>;
  /** Ends the session with an error: everything that waits is told, no worker stays behind. */
  fail(error: Error): Promise<void>;
}
