/**
 * Where a role's time goes, for benchmarks: its kernels and links are wrapped so that every moment of a command counts for
 * one kind of work. What is left is the program itself: JavaScript between kernels, and garbage collection.
 */
import type { Ring } from '../../bindings/ring.js';
import type { Links } from '../links/mailbox.js';

/** Kinds of work. */
export const WORK = [
  'products',
  'keystreams',
  'bit planes',
  'vectors',
  'links',
  'waiting',
  'program',
] as const;
/** A kind of work of which a role takes the time. */
export type Work = (typeof WORK)[number];

/** Seconds by kind of work. */
export type Times = Readonly<Record<Work, number>>;

const KERNELS: Readonly<Record<string, Work>> = {
  matmul: 'products',
  matmulTN: 'products',
  matmulNT: 'products',
  chacha: 'keystreams',
  toPlanes: 'bit planes',
  fromPlane: 'bit planes',
  subsets: 'bit planes',
  leaf: 'bit planes',
  combine: 'bit planes',
  combineDeal: 'bit planes',
  xor: 'bit planes',
  not: 'bit planes',
};

type Method = (...args: unknown[]) => unknown;

export class Profile {
  readonly #milliseconds = Object.fromEntries(WORK.map((work) => [work, 0])) as Record<Work, number>;
  readonly #under: Work[] = [];
  #since = 0;

  /** @param clock milliseconds from any moment on */
  constructor(readonly clock: () => number = () => performance.now()) {}

  /** Counts what follows for `work`, until {@link end}; what it calls may count for others. */
  readonly begin = (work: Work): void => {
    this.#count();
    this.#under.push(work);
  };

  readonly end = (): void => {
    this.#count();
    this.#under.pop();
  };

  times(): Times {
    return Object.fromEntries(WORK.map((work) => [work, this.#milliseconds[work] / 1000])) as Times;
  }

  /** The same kernels, counted. */
  ring(ring: Ring): Ring {
    const entries = Object.entries(ring).map(([name, value]) => [
      name,
      typeof value === 'function' ? this.#counted(value as Method, KERNELS[name] ?? 'vectors') : value,
    ]);
    return Object.fromEntries(entries);
  }

  /** The same links, counted. */
  links(links: Links): Links {
    const names = ['send', 'sendChunks', 'receive', 'receiveChunks', 'exchange'] as const;
    const entries = names.map((name) => {
      const method = (links[name] as Method).bind(links);
      return [name, this.#counted(method, 'links')];
    });
    return Object.fromEntries(entries);
  }

  #counted(method: Method, work: Work): Method {
    return (...args) => {
      this.begin(work);
      try {
        return method(...args);
      } finally {
        this.end();
      }
    };
  }

  #count(): void {
    const now = this.clock();
    const work = this.#under.at(-1);
    if (work) this.#milliseconds[work] += now - this.#since;
    this.#since = now;
  }
}
