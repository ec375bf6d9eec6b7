/** Timing of long runs that do the same work: in turns, so that a change of load meets all alike. */

export interface Runner {
  readonly name: string;
  /** Does the work once and resolves to the seconds that it says it took. */
  run(): Promise<number>;
  /** Gives back what it holds. */
  close?(): Promise<void> | void;
}

export interface Spread {
  readonly name: string;
  /** Seconds, over all rounds but the first ones, which only warm up. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Rounds before those that count: just-in-time compilers take several runs to settle, in every candidate. */
const WARM_UPS = 4;
/** Seconds that warming up, and then measuring, takes at least: short runs are repeated more often. */
const AT_LEAST = 4;

export interface InterleaveOptions {
  /** Rounds before those that count. Default 4. */
  readonly warmUps?: number | undefined;
  /** Whether there are so many rounds and no more, however short they are. */
  readonly exactly?: boolean;
  /**
   * Whether of two runs in a row the second counts: the first meets what another candidate has left behind, caches that are cold
   * and memory that is still being collected.
   */
  readonly twice?: boolean;
}

/** Runs all in turns: some rounds to warm up, then `rounds` or more that count. */
export async function interleave(
  runners: readonly Runner[],
  rounds: number,
  { warmUps = WARM_UPS, exactly = false, twice = false }: InterleaveOptions = {},
): Promise<Spread[]> {
  const least = exactly ? 0 : AT_LEAST;
  await inTurns(runners, warmUps, least);
  const seconds = await inTurns(runners, rounds, least, twice);
  return runners.map(({ name }, i) => {
    const sorted = seconds[i].sort((a, b) => a - b);
    return { name, median: middle(sorted), least: sorted[0], most: sorted[sorted.length - 1] };
  });
}

/**
 * The seconds of each run of each runner, in so many rounds and for a while. Every second round goes backwards, since a
 * run is slower after one that has left the caches and the other threads cold.
 */
async function inTurns(
  runners: readonly Runner[],
  rounds: number,
  least: number,
  twice = false,
): Promise<number[][]> {
  const seconds = runners.map(() => [] as number[]);
  const began = performance.now();
  for (let round = 0; round < rounds || performance.now() - began < least * 1000; round++) {
    const order = round % 2 === 0 ? runners.keys() : [...runners.keys()].reverse();
    for (const i of order) {
      if (twice) await runners[i].run();
      seconds[i].push(await runners[i].run());
    }
  }
  return seconds;
}

/** The middle of sorted numbers, or the mean of the middle two. */
function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Resolves to the seconds that `work` takes. */
export async function clock(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
