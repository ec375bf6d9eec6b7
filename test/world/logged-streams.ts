/** Streams that take note of every region of a keystream that is used, and what speaks against these uses. */
import type { Heap } from '../../bindings/memory.js';
import { Purpose, SEED_BYTES, type StreamMode, Streams } from '../../src/party/streams.js';
import type { Parties } from './parties.js';

/** One application of a keystream: bytes [from, to) of the stream (key, operation, purpose). */
export interface Use {
  readonly heap: Heap;
  readonly key: string;
  readonly operation: number;
  readonly purpose: Purpose;
  readonly from: number;
  readonly to: number;
}

/** Where a stream is taken from instead, for planted faults; alike at all roles, so that every result stays right. */
export type Misplace = (at: { operation: number; start: number; purpose: Purpose }) => {
  operation?: number;
  start?: number;
};

/** A class of streams that writes to `log`. */
export function loggingTo(log: Use[], misplace: Misplace = () => ({})): typeof Streams {
  return class extends Streams {
    override apply(
      mode: StreamMode,
      ptr: number,
      bytes: number,
      key: number,
      operation: number,
      purpose: Purpose,
      start = 0,
    ): void {
      const at = { operation, start, ...misplace({ operation, start, purpose }) };
      log.push({
        heap: this.heap,
        key: Buffer.from(this.heap.bytes(key, SEED_BYTES)).toString('hex'),
        operation: at.operation,
        purpose,
        from: at.start,
        to: at.start + bytes,
      });
      super.apply(mode, ptr, bytes, key, at.operation, purpose, at.start);
    }
  };
}

const nameOf = (purpose: Purpose): string =>
  Object.entries(Purpose).find(([, value]) => value === purpose)?.[0] ?? String(purpose);

/** Bytes of a keystream that one call of the generator yields: a block is used by one region alone. */
const BLOCK = 64;

/**
 * What speaks against these uses, or null. A region of a keystream may be used once by each of two roles that share its
 * key (once by one role, if that is its own): the provider and a party, or two parties. So every party's key with
 * the provider and its own key are told by who uses them.
 */
export function reuse(world: Parties, log: readonly Use[]): string | null {
  const roleOf = new Map(world.roles.map((rt) => [rt.heap, rt.name]));
  const holders = new Map<string, Set<string>>();
  const regions = new Map<string, Use[]>();
  for (const use of log) {
    const role = roleOf.get(use.heap) as string;
    holders.set(use.key, (holders.get(use.key) ?? new Set()).add(role));
    const stream = `${role}: ${use.key} ${use.operation} ${nameOf(use.purpose)}`;
    const known = regions.get(stream);
    if (known) known.push(use);
    else regions.set(stream, [use]);
  }
  for (const roles of holders.values()) {
    if (roles.size > 2) return `${[...roles].join(', ')} use one key`;
  }
  for (const [stream, uses] of regions) {
    uses.sort((a, b) => a.from - b.from || a.to - b.to);
    for (let i = 1; i < uses.length; i++) {
      const end = Math.ceil(uses[i - 1].to / BLOCK) * BLOCK;
      if (uses[i].from >= end) continue;
      const [role, at] = stream.split(/: \w+ /);
      return `${role} uses bytes ${uses[i].from} to ${uses[i - 1].to} of operation ${at} twice`;
    }
  }
  return null;
}
