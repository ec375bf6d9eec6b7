/** What a session can be told, its defaults, and what is refused before anything starts. */
import type { RingBits } from '../../bindings/ring.js';

export interface SessionOptions {
  /** Names of the compute parties, two or more. Default `['alice', 'bob']`. */
  parties?: readonly string[];
  /** Name of the provider of correlated randomness. Default `'provider'`. */
  provider?: string;
  /** Width of the ring in bits, 32 or 64. Default 32. */
  ring?: RingBits;
  /** Fraction bits of fixed-point numbers. Default 12 (ring 32) or 20 (ring 64). */
  fractionBits?: number;
  /** Rounds of the ChaCha generator: 8, 12 or 20. Default 12. */
  prgRounds?: 8 | 12 | 20;
  /** Helper threads a role may use beside its own. Default: the cores left over after the roles, shared out. */
  threads?: number;
  /**
   * Milliseconds a role waits for a silent peer before it ends the session. Default 30,000. A peer that is not silent
   * but slow has as long for each message, and a second more for every 64,000 bytes of it.
   */
  timeout?: number;
  /**
   * Bytes in each direction of a link that may be under way; a power of two. Default 1 MiB. The provider may be ahead by
   * 64 times as many.
   */
  linkBytes?: number;
  /** FOR BENCHMARKS: roles take the time of each kind of work (see RoleGroup.times), which slows them a little. */
  profile?: boolean;
  /** FOR TESTS ONLY: derives every secret seed from this integer; nothing is private then. */
  insecureTestSeed?: number;
  /** FOR TESTS ONLY: parties keep a copy of all they see (see Session.transcripts). */
  recordTranscripts?: boolean;
}

export interface Settings {
  readonly parties: readonly string[];
  readonly provider: string;
  readonly ring: RingBits;
  readonly fractionBits: number;
  readonly prgRounds: 8 | 12 | 20;
  readonly threads: number;
  readonly timeout: number;
  readonly linkBytes: number;
  readonly profile: boolean;
  readonly insecureTestSeed: number | null;
  readonly recordTranscripts: boolean;
}

/** Fraction bits where none are asked for. */
export const defaultFraction = (ring: RingBits): number => (ring === 32 ? 12 : 20);

/** Smallest ring of a link: a few of the pieces in which bytes are taken from it. */
const LEAST_LINK = 256;

/** The model owner's name: the role of whoever holds the session. */
export const OWNER = 'owner';

const KNOWN: readonly (keyof SessionOptions)[] = [
  'parties',
  'provider',
  'ring',
  'fractionBits',
  'prgRounds',
  'threads',
  'timeout',
  'linkBytes',
  'profile',
  'insecureTestSeed',
  'recordTranscripts',
];

/**
 * Checks options and fills in defaults.
 * @param cores processors that roles and their helpers may share
 * @throws TypeError for a wrong kind or an unknown option, RangeError for a value outside its range
 */
export function resolveOptions(options: SessionOptions, cores: number): Settings {
  for (const key of Object.keys(options)) {
    if (!(KNOWN as readonly string[]).includes(key)) {
      throw new TypeError(`createSession: unknown option "${key}" (known: ${KNOWN.join(', ')})`);
    }
  }
  const parties = options.parties ?? ['alice', 'bob'];
  const provider = options.provider ?? 'provider';
  checkNames(parties, provider);
  const ring = choose<RingBits>('ring', options.ring ?? 32, [32, 64]);
  const fractionBits = integer(
    'fractionBits',
    options.fractionBits ?? defaultFraction(ring),
    1,
    ring / 2 - 2,
  );
  const spare = Math.max(0, Math.floor((cores - parties.length - 1) / (parties.length + 1)));
  return {
    parties: [...parties],
    provider,
    ring,
    fractionBits,
    prgRounds: choose<8 | 12 | 20>('prgRounds', options.prgRounds ?? 12, [8, 12, 20]),
    threads: integer('threads', options.threads ?? spare, 0, 64),
    timeout: integer('timeout', options.timeout ?? 30_000, 1, 2 ** 31 - 1),
    linkBytes: powerOfTwo('linkBytes', options.linkBytes ?? 2 ** 20, LEAST_LINK, 2 ** 30),
    profile: options.profile ?? false,
    insecureTestSeed:
      options.insecureTestSeed === undefined
        ? null
        : integer('insecureTestSeed', options.insecureTestSeed, 0, 2 ** 32 - 1),
    recordTranscripts: options.recordTranscripts ?? false,
  };
}

function checkNames(parties: unknown, provider: unknown): void {
  if (!Array.isArray(parties) || parties.some((name) => typeof name !== 'string' || name === '')) {
    throw new TypeError('createSession: parties must be an array of names');
  }
  if (parties.length < 2) throw new RangeError('createSession: at least two parties are needed');
  if (typeof provider !== 'string' || provider === '') {
    throw new TypeError('createSession: provider must be a name');
  }
  const names = [...parties, provider, OWNER];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`createSession: the name "${twice}" is taken twice`);
}

function choose<T>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new RangeError(`createSession: ${name} must be one of ${allowed.join(', ')}`);
}

function integer(name: string, value: number, least: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`createSession: ${name} must be a number`);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`createSession: ${name} must be an integer from ${least} to ${most}`);
}

function powerOfTwo(name: string, value: number, least: number, most: number): number {
  integer(name, value, least, most);
  if (Number.isInteger(Math.log2(value))) return value;
  throw new RangeError(`createSession: ${name} must be a power of two`);
}
