/** What a party saw, when it is recorded for tests. */

/** What it saw of one opening. */
export interface TranscriptEntry {
  readonly label: string;
  /** The public bytes. */
  readonly opened: Uint8Array;
  /** Of each peer; nothing of one that has sent it to others alone. */
  readonly received: readonly Uint8Array[];
  /** Where only the top bits of words are opened, the party's other bits, as words: its coins of a rounding. */
  readonly coins: Uint8Array | null;
  /** Of a part: the number of the party that has added it up (parts.ts). */
  readonly adder?: number;
}

export type Transcript = (seen: TranscriptEntry) => void;
