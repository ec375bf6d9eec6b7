/**
 * Protocols as generators: a step yields the openings of one round and goes on when they have been made. Protocols that
 * run side by side (`together`) share their rounds; nothing else decides how many rounds a program has.
 */
import type { Words } from '../../bindings/memory.js';

/** Where numbers of fewer bits than the ring's join: words of which the top `width` bits are this party's summands. */
export interface Narrow {
  readonly words: Words;
  readonly width: number;
  /** Whether their other bits stay; else they become zero. */
  readonly keep: boolean;
}

/** One buffer to open: every party sends its summand and receives those of the others, joined in place. */
export interface Opening {
  /** What is sent. */
  readonly ptr: number;
  readonly bytes: number;
  /**
   * What is sent are the top bits of these words, packed, and the others' are added to them;
   * without this all joins at `ptr`.
   */
  readonly narrow?: Narrow;
  /** How summands join: ring addition or exclusive or. */
  readonly join: 'add' | 'xor';
  /** What is added are not ring words but integers of so many 64-bit words each, low word first. */
  readonly integers?: number;
  /** Number of the party that adds this part up, see parts.ts; without it every party does. */
  readonly adder?: number;
  /** Whether the adder sends the sums; else it is sent the summands. */
  readonly sums?: boolean;
  /** What is opened, for the ledger and the transcript (`truncate`, `compare`, …). */
  readonly label: string;
}

/** A protocol that ends with a T. */
export type Secure<T> = Generator<readonly Opening[], T, void>;

type Results<P extends readonly Secure<unknown>[]> = {
  -readonly [K in keyof P]: P[K] extends Secure<infer T> ? T : never;
};

/** Runs protocols side by side: their first openings share a round, then their second, and so on. */
export function* together<P extends readonly Secure<unknown>[]>(...parts: P): Secure<Results<P>> {
  const results: unknown[] = new Array(parts.length);
  const live: (Secure<unknown> | null)[] = [...parts];
  for (;;) {
    let openings: readonly Opening[] | null = null;
    for (let i = 0; i < live.length; i++) {
      const step = live[i]?.next();
      if (!step) continue;
      if (step.done) {
        results[i] = step.value;
        live[i] = null;
      } else openings = openings ? [...openings, ...step.value] : step.value;
    }
    if (!openings) return results as Results<P>;
    yield openings;
  }
}

/** An empty step after which something is read that others send: to whoever knows of it, what that is. */
export class Arrival extends Array<Opening> {
  /** @param frames how many of each of `peers` */
  constructor(
    readonly peers: readonly string[],
    readonly frames = 1,
  ) {
    super();
  }
}

/**
 * Local work in which a message goes one way: whoever sends comes first, where roles take turns on one thread. There is no
 * round in it.
 * @param sends whether this role sends; else it hears
 * @param arrival what it then reads
 */
export function* oneWay<T>(sends: boolean, work: () => T, arrival: Arrival): Secure<T> {
  if (!sends) yield arrival;
  const result = work();
  if (sends) yield [];
  return result;
}

const isProgram = <T>(value: T | Secure<T>): value is Secure<T> =>
  typeof value === 'object' && value !== null && 'next' in value;

/** What came of something that may have been a protocol. */
export function* completed<T>(value: T | Secure<T>): Secure<T> {
  return isProgram(value) ? yield* value : value;
}

/** A protocol without a round and without a result, in place of one that is not wanted. */
// biome-ignore lint/correctness/useYield: there is no round
export function* nothing(): Secure<null> {
  return null;
}
