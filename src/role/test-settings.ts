/** What tests may ask of a role and users may not; src/testing.ts is the way to it. */

export interface TestSettings {
  /**
   * Seeds that are known: that of role r for role s, by their numbers among n roles, is the r·n + s-th. Null for those of the operating
   * system.
   */
  readonly seeds: readonly Uint8Array[] | null;
  /** Whether parties keep a copy of all that they see. */
  readonly transcripts: boolean;
  /** Whether the provider deals to the last party alone, as to a tape. */
  readonly oneLine: boolean;
}

export const NOT_TESTING: TestSettings = { seeds: null, transcripts: false, oneLine: false };
