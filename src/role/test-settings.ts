/** What tests may ask of a session and users may not; src/testing.ts is the way to it. */

export interface TestOptions {
  /** Derives every secret seed from this integer, 0 … 2^32 − 1. Nothing is private then. */
  seed?: number;
  /** Parties keep a copy of all that they see. Default false. */
  transcripts?: boolean;
  /** As the option of a session, but from 1 on: what is opened over one row is that row. */
  leastRows?: number;
}

/** Test options with their defaults. */
export interface TestSettings {
  readonly seed: number | null;
  readonly transcripts: boolean;
  /** Null: that of the session's options. */
  readonly leastRows: number | null;
}

export const NOT_TESTING: TestSettings = { seed: null, transcripts: false, leastRows: null };

/** @throws TypeError for an unknown option or a wrong kind, RangeError for a value outside its range */
export function resolveTestOptions(options: TestOptions): TestSettings {
  const { seed, transcripts = false, leastRows, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`createTestSession: unknown option "${unknown}"`);
  if (typeof transcripts !== 'boolean')
    throw new TypeError('createTestSession: transcripts must be a boolean');
  return {
    seed: seed === undefined ? null : integer('seed', seed, 0, 2 ** 32 - 1),
    transcripts,
    leastRows: leastRows === undefined ? null : integer('leastRows', leastRows, 1, 2 ** 31 - 1),
  };
}

function integer(name: string, value: number, least: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`createTestSession: ${name} must be a number`);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`createTestSession: ${name} must be an integer from ${least} to ${most}`);
}
