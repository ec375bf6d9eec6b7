/** How fast a step can be over lines: what its rounds, its bytes and its work take at least. */
import type { WireSettings } from '../proxy/wire.js';
import type { StepTraffic } from '../trainers.js';

/** A line between every two roles: milliseconds one way, bytes a second each way. */
export interface Line extends WireSettings {
  readonly name: string;
  /** Milliseconds of its delay that whoever makes the line takes by itself, one way: so much less is asked of it. Default 0. */
  readonly own?: number;
  /** Whether the sessions ask for few rounds. */
  readonly fewRounds?: boolean;
  /** Fits for which the provider deals beforehand, to tapes, and is not there; none where it is. */
  readonly taped?: number;
}

export interface Bound {
  /** Seconds of a step at least. */
  readonly seconds: number;
  /** What it is made of: rounds × delay, what each party sends ÷ rate, and the work. */
  readonly waiting: number;
  readonly sending: number;
  readonly computing: number;
  /** What one party is dealt ÷ rate: on a line of its own and ahead of the parties, but no step is shorter for long. */
  readonly dealing: number;
}

/**
 * Rounds × delay + bytes ÷ rate + work, or what a line from the provider takes, where that is more.
 * @param computing seconds of a step's work on this machine, without a line
 */
export function boundOf(
  { rounds, online, line: dealt }: StepTraffic,
  line: WireSettings,
  computing: number,
): Bound {
  const waiting = (rounds * line.delay) / 1000;
  const sending = online / line.rate;
  const dealing = dealt / line.rate;
  return { seconds: Math.max(waiting + sending + computing, dealing), waiting, sending, computing, dealing };
}
