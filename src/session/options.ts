/** What a session can be told, its defaults, and what is refused before anything starts. */
import type { RingBits } from '../../bindings/ring.js';
import { RangeExceeded } from '../errors.js';
import type { Summary } from '../nn/summary.js';
import { checkArray, checkBoolean, checkInteger, checkName, checkOptions, kindOf } from '../options.js';
import { type Agreement, rolesOf } from '../party/agreement.js';
import { checkLabel, checkRole, type Disclosure } from '../party/disclosures.js';
import { defaultFraction } from '../party/ring-range.js';
import type { Local } from '../role/local.js';
import { type AssetOptions, checkAssets } from './assets.js';
import { DryRunReport } from './dry-run-report.js';
import { checkMode, MODES, type Mode, usualMode } from './mode.js';
import type { NetworkOptions } from './network.js';
import { checkReach, type PortsOptions } from './ports.js';
import { checkDeal, checkTape, type DealOptions, type TapeOptions, UNREAD } from './tape-options.js';

/** What `createSession` takes. */
export interface SessionOptions extends AssetOptions {
  /**
   * Names of the compute parties, two or more, of up to 100 characters without line breaks or other control characters.
   * Default `['alice', 'bob']`.
   */
  parties?: readonly string[];
  /** Name of the provider of correlated randomness. Default `'provider'`. */
  provider?: string;
  /**
   * The model owner: what trainings reveal goes to it, and to nobody else. A role of its own that holds no share (any name
   * that no other role has), or one of the parties. Default `'owner'`.
   */
  owner?: string;
  /**
   * Other roles that hold no share: owners of data that do not compute, and readers of results. Parties must be linked to them
   * at the start, and they may leave (`session.leave`) when they have brought what they have. Default: none.
   */
  clients?: readonly string[];
  /**
   * The roles that run in this process. Every other role runs the same program over its own data in another process; what
   * is revealed to a role elsewhere is null here. Default: all roles.
   */
  here?: readonly string[];
  /** How the roles that are not here are reached: over a network ({@link NetworkOptions}), or by MessagePorts ({@link PortsOptions}). */
  network?: NetworkOptions | PortsOptions;
  /**
   * Instead of a run: the provider alone is here, runs the program, and writes what it would send to tapes, one a party. See
   * {@link DealOptions}.
   */
  deal?: DealOptions;
  /** The tape that stands for the provider, which is nowhere then. See {@link TapeOptions}. */
  tape?: TapeOptions;
  /**
   * What the roles here agree to disclose: labels, and who learns what they stand for. They refuse everything else, and the
   * session ends. Default: whatever the program discloses. `listDisclosures` says what that is.
   */
  discloses?: readonly Disclosure[];
  /**
   * Width of the ring in bits, 32 or 64. Default `'auto'`: 64, which holds what tensors usually are, or, with a
   * `dryRun`, what that has found to hold the training: 32 where it can, which is up to five times as fast.
   */
  ring?: RingBits | 'auto';
  /** Fraction bits of fixed-point numbers. Default that of the dry run, else 12 (ring 32) or 20 (ring 64). */
  fractionBits?: number;
  /**
   * `'parallel'`: each role in a thread of its own. `'parties-in-turn'`: the parties take turns in one thread, where they do not
   * wait for each other, and the provider runs ahead in another. `'in-turn'`: all roles in one thread, also in pages that cannot
   * be cross-origin isolated. Results are the same. Default: parallel; parties in turn where there are fewer cores than
   * roles that compute and the `dryRun` or the `summary` tell that steps are not very large; all in turn on one core,
   * and in a page whose threads cannot share memory, with a line in the console.
   */
  mode?: 'parallel' | 'in-turn' | 'parties-in-turn';
  /** What `model.dryRun` has found for the training that the session is for. */
  dryRun?: DryRunReport;
  /** What `model.summary` says of that training, for the choice of `mode`, where no dry run is needed. */
  summary?: Summary;
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
  /**
   * Fewer rounds for more bytes: for links whose delays cost more than their bytes. Each relu takes a round less, and the provider
   * deals some 90 bytes more for each of its values; what is computed is the same. Default false.
   */
  fewRounds?: boolean;
  /**
   * Fewest rows of one owner over which joint statistics are opened, and fewest rows in all over which losses and metrics
   * are: a sum over few rows says too much of each. 10 or more. Default 10.
   */
  leastRows?: number;
  /**
   * Ends the session at once when it is aborted, also while it starts: everything that waits fails with a JobError, the
   * signal's `reason` where that is one. Roles elsewhere are told.
   */
  signal?: StopSignal;
}

/** An `AbortSignal`, as far as it is used here. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Options with their defaults: what all roles agree on, and what this process has chosen for itself. */
export interface Settings extends Agreement, Local {
  /** Why this ring, in a few words. */
  readonly ringReason: string;
  /** How the roles here run. */
  readonly mode: NonNullable<SessionOptions['mode']>;
}

/** Smallest ring of a link: a few of the pieces in which bytes are taken from it. */
const LEAST_LINK = 256;

/** Fewest rows of a sum that is opened, unless a session asks for more. */
export const LEAST_ROWS = 10;

/** The model owner's name unless another is given. */
const OWNER = 'owner';

const KNOWN: readonly (keyof SessionOptions)[] = [
  'parties',
  'provider',
  'owner',
  'clients',
  'here',
  'mode',
  'network',
  'deal',
  'tape',
  'discloses',
  'ring',
  'fractionBits',
  'dryRun',
  'summary',
  'prgRounds',
  'threads',
  'timeout',
  'linkBytes',
  'profile',
  'leastRows',
  'fewRounds',
  'signal',
  'workerUrl',
  'wasmUrl',
  'wasmModule',
];

/**
 * Checks options and fills in defaults.
 * @param cores processors that roles and their helpers may share
 * @throws TypeError for a wrong kind or an unknown option, RangeError for a value outside its range
 */
export function resolveOptions(options: SessionOptions, cores: number): Settings {
  checkOptions('createSession', options, KNOWN);
  const parties = options.parties ?? ['alice', 'bob'];
  const provider = options.provider ?? 'provider';
  const owner = options.owner ?? OWNER;
  // a party is the owner only where it is said to be
  const beside = options.owner !== undefined && Array.isArray(parties) && parties.includes(owner);
  checkNames(parties, provider, owner, beside);
  const clients = options.clients ?? [];
  checkClients(clients, [...parties, provider, owner]);
  const roles = rolesOf({ parties, provider, owner, clients });
  const taped = options.tape !== undefined;
  checkHere(options.here ?? roles, roles);
  const here = roles.filter((role) => options.here?.includes(role) ?? true);
  const discloses = options.discloses ?? null;
  if (discloses) checkDisclosures(discloses, roles);
  const { ring, ringReason, usual } = chooseRing(options);
  const fractionBits = integer('fractionBits', options.fractionBits ?? usual, 1, ring / 2 - 2);
  const mode = choose<Mode>(
    'mode',
    options.mode ??
      usualMode(options, here.length === roles.length, cores, { parties: parties.length, ring }),
    MODES,
  );
  const spare = Math.max(0, Math.floor((cores - parties.length - 1) / (parties.length + 1)));
  const settings: Settings = {
    parties: [...parties],
    provider,
    owner,
    clients: [...clients],
    here,
    discloses: discloses?.map(({ label, to }) => ({ label, to })) ?? null,
    ring,
    ringReason,
    mode,
    fractionBits,
    prgRounds: choose<8 | 12 | 20>('prgRounds', options.prgRounds ?? 12, [8, 12, 20]),
    threads: integer('threads', options.threads ?? (mode === 'parallel' ? spare : 0), 0, 64),
    timeout: integer('timeout', options.timeout ?? 30_000, 1, 2 ** 31 - 1),
    linkBytes: powerOfTwo('linkBytes', options.linkBytes ?? 2 ** 20, LEAST_LINK, 2 ** 30),
    profile: truth('profile', options.profile ?? false),
    ...(taped && { tape: UNREAD }),
    ...(truth('fewRounds', options.fewRounds ?? false) && { fewRounds: true }),
    leastRows: integer('leastRows', options.leastRows ?? LEAST_ROWS, LEAST_ROWS, 2 ** 31 - 1),
  };
  checkMode(options, settings);
  checkSignal(options.signal);
  checkSummary(options.summary);
  checkAssets(options);
  if (options.deal !== undefined) checkDeal(options, settings);
  if (options.tape !== undefined) checkTape(options, settings);
  if (options.network !== undefined) checkReach(options.network, settings, settings.here);
  return settings;
}

/** @throws RangeExceeded when the dry run has found no ring that can hold its training, and none is asked for */
function chooseRing({ ring: wanted = 'auto', dryRun }: SessionOptions): {
  ring: RingBits;
  ringReason: string;
  /** Fraction bits unless others are asked for. */
  usual: number;
} {
  if (dryRun !== undefined && !(dryRun instanceof DryRunReport)) {
    throw new TypeError('createSession: dryRun must be what model.dryRun resolves to');
  }
  const ring = choose<RingBits | 'auto'>('ring', wanted, ['auto', 32, 64]);
  if (ring !== 'auto') {
    const usual = dryRun?.ring === ring ? dryRun.fractionBits : defaultFraction(ring);
    return { ring, ringReason: 'asked for', usual };
  }
  if (!dryRun) return { ring: 64, ringReason: 'no dry run of a training', usual: defaultFraction(64) };
  if (!dryRun.fits) {
    throw new RangeExceeded(
      `createSession: no ring holds the training of the dry run: ${dryRun.reason}; try a smaller learning rate`,
    );
  }
  return { ring: dryRun.ring, ringReason: dryRun.reason, usual: dryRun.fractionBits };
}

/** @throws TypeError or RangeError for a ring or fraction bits that no session can have */
export function checkSetting(name: string, ring: RingBits, fractionBits: number): void {
  if (ring !== 32 && ring !== 64) throw new RangeError(`${name}: ring must be one of 32, 64`);
  checkInteger(`${name}: fractionBits`, fractionBits, 1, ring / 2 - 2);
}

function checkNames(parties: unknown, provider: unknown, owner: unknown, beside: boolean): void {
  checkArray('createSession: parties', parties);
  for (const [i, name] of parties.entries()) checkName(`createSession: the name of party ${i}`, name);
  if (parties.length < 2) throw new RangeError('createSession: at least two parties are needed');
  checkName('createSession: the name of the provider', provider);
  checkName('createSession: the name of the owner', owner);
  const names = [...parties, provider, ...(beside ? [] : [owner])];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`createSession: the name "${twice}" is taken twice`);
}

function checkClients(clients: unknown, others: readonly string[]): void {
  checkArray('createSession: clients', clients);
  for (const [i, name] of clients.entries()) checkName(`createSession: the name of client ${i}`, name);
  const names = [...others, ...clients];
  const twice = clients.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw new RangeError(`createSession: the name "${twice}" is taken twice`);
}

function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`createSession: signal must be an AbortSignal, got ${kindOf(signal)}`);
}

function checkSummary(summary: unknown): void {
  if (summary === undefined) return;
  const { rounds, online, dealt } = Object((summary as Summary)?.step) as Record<string, unknown>;
  if ([rounds, online, dealt].every((cost) => typeof cost === 'number')) return;
  throw new TypeError('createSession: summary must be what model.summary returns');
}

function checkHere(here: unknown, roles: readonly string[]): void {
  checkArray('createSession: here', here);
  if (here.length === 0) throw new RangeError('createSession: here names no role');
  for (const name of here) checkRole('createSession: here', name, roles);
}

function checkDisclosures(list: unknown, roles: readonly string[]): void {
  checkArray('createSession: discloses', list);
  for (const [i, entry] of list.entries()) {
    const name = `createSession: discloses, entry ${i}`;
    checkOptions(name, entry, ['label', 'to', 'values', 'times']);
    const { label, to } = entry as Disclosure;
    checkLabel(name, label);
    checkRole(`${name}: to`, to, roles);
  }
}

function choose<T>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new RangeError(`createSession: ${name} must be one of ${allowed.join(', ')}`);
}

function integer(name: string, value: number, least: number, most: number): number {
  checkInteger(`createSession: ${name}`, value, least, most);
  return value;
}

function truth(name: string, value: boolean): boolean {
  checkBoolean(`createSession: ${name}`, value);
  return value;
}

function powerOfTwo(name: string, value: number, least: number, most: number): number {
  integer(name, value, least, most);
  if (Number.isInteger(Math.log2(value))) return value;
  throw new RangeError(`createSession: ${name} must be a power of two`);
}
