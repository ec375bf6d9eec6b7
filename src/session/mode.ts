/** How the roles of a session run: which mode is usual, and what those in which roles take turns cannot do. */
import type { RingBits } from '../../bindings/ring.js';
import type { Summary } from '../nn/summary.js';
import { type Named, rolesOf } from '../party/agreement.js';
import { DryRunReport } from './dry-run-report.js';

/** See the option `mode` of a session. */
export type Mode = 'parallel' | 'in-turn' | 'parties-in-turn';

export const MODES: readonly Mode[] = ['parallel', 'in-turn', 'parties-in-turn'];

/** The options of a session that decide, or are in the way. */
export interface Asked {
  readonly mode?: Mode;
  readonly dryRun?: DryRunReport;
  readonly summary?: Pick<Summary, 'step'>;
  readonly here?: readonly string[];
  readonly network?: object;
  readonly tape?: object;
  readonly deal?: object;
  readonly threads?: number;
  readonly profile?: boolean;
}

/**
 * Bytes that cross for each round of a step of two parties, up to which these take turns where cores are fewer than roles: they
 * then lose no time waiting for each other, and the provider has a core to itself. Above it there is so much to compute
 * that they had better share it. Measured on two cores: equal at some 600 kB, with three parties at some 200 kB; in ring 64, whose
 * products take longer, at some 60 kB.
 */
const MOST_IN_TURN = { 32: 2 ** 19, 64: 2 ** 16 } as const;

/** Whether nothing that is asked for takes a thread a role, where all roles are here. */
export const leavesOpen = ({ network, tape, deal, threads = 0, profile }: Asked): boolean =>
  !network && !tape && !deal && threads === 0 && !profile;

/** What a step costs, where it is known. */
export const stepOf = ({ summary, dryRun }: Asked): Summary['step'] | null =>
  summary?.step ?? (dryRun instanceof DryRunReport ? dryRun.chosen.step : null);

/**
 * The mode unless one is asked for.
 * @param all whether all roles are here
 * @param parties how many there are
 */
export function usualMode(
  asked: Asked,
  all: boolean,
  cores: number,
  { parties, ring }: { readonly parties: number; readonly ring: RingBits },
): Mode {
  const step = stepOf(asked);
  if (!all || !leavesOpen(asked) || !step || cores > parties) return 'parallel';
  if (cores === 1) return 'in-turn';
  const most = (MOST_IN_TURN[ring] / (parties - 1) ** 2) * step.rounds;
  return step.online + step.dealt < most ? 'parties-in-turn' : 'parallel';
}

/**
 * Bytes that cross for each round of a step up to which a party that is alone here keeps its links to others in its own thread: a
 * message then wakes one thread instead of two. Of longer ones a thread for the links alone deciphers a part while the party works on
 * another. Measured over loopback on two cores: 0.6 of the time at 1 kB, 0.9 at 34 kB, equal at 84 kB, 0.9 to 1.07 at 195 kB.
 */
const MOST_AWAITED = 2 ** 16;

/** Whether a party could keep its links itself: where it is alone, and nothing that is asked for takes a thread of the role. */
export const canKeepLinks = (asked: Asked, here: readonly string[], parties: readonly string[]): boolean =>
  leavesOpen({ ...asked, network: undefined }) && here.length === 1 && parties.includes(here[0]);

/** Whether it had better do so, and wait for no other thread. */
export function keepsLinks(asked: Asked): boolean {
  const step = stepOf(asked);
  return step !== null && step.online + step.dealt <= MOST_AWAITED * step.rounds;
}

/** @throws RangeError for what roles that take turns cannot do, where it is asked for */
export function checkMode(
  { mode, network, tape, deal, profile }: Asked,
  { here, threads, ...named }: Named & { readonly here: readonly string[]; readonly threads: number },
): void {
  if (mode === undefined || mode === 'parallel') return;
  const name = `createSession: mode '${mode}' has all roles ${mode === 'in-turn' ? '' : 'but the provider '}in one thread`;
  if (here.length < rolesOf(named).length || network) throw new RangeError(`${name}, none elsewhere`);
  if (tape || deal) throw new RangeError(`${name}, and a provider at work: no tape`);
  if (threads > 0) throw new RangeError(`${name}, and no helper threads`);
  if (profile) throw new RangeError(`${name}, and takes no times: profile`);
}
