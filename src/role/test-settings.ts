/** What tests may ask of a role and users may not; src/testing.ts is the way to it. */

export interface TestSettings {
  /** Every secret seed is derived from this integer; null for the operating system's. */
  readonly seed: number | null;
  /** Whether parties keep a copy of all that they see. */
  readonly transcripts: boolean;
  /** Whether the provider deals to the last party alone, as to a tape. */
  readonly oneLine: boolean;
}

export const NOT_TESTING: TestSettings = { seed: null, transcripts: false, oneLine: false };
