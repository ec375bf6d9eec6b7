/**
 * A protocol as n − 1 parties see it that pool what they hold, with only one honest party beside them.
 *
 * What the coalition knows is taken out of its view by making it zero: its masks, its dealt shares and its summands
 * of every argument. What is left in the frames it receives is hidden by the honest party's randomness alone.
 */
import { blocksFor, type Planes } from '../../bindings/memory.js';
import type { PartyRuntime } from '../../src/party/party.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Purpose, SEED_BYTES, type StreamMode, Streams } from '../../src/party/streams.js';
import { Masked, Share } from '../../src/party/values.js';
import type { Shape } from '../../src/shape.js';
import type { Misplace } from './logged-streams.js';
import { Parties } from './parties.js';
import type { Bits } from './ring.js';

/**
 * Streams of which those of an all-zero seed, the coalition's with the provider, are zero from their first byte to their
 * last (masks and dealt shares only; owners' inputs are not). All others are what they are, tile by tile.
 */
class ViewStreams extends Streams {
  readonly #quiet = new Set<number>();

  override key(seed: Uint8Array): number {
    const key = super.key(seed);
    if (seed.every((byte) => byte === 0)) this.#quiet.add(key);
    return key;
  }

  override apply(
    mode: StreamMode,
    ptr: number,
    bytes: number,
    key: number,
    operation: number,
    purpose: Purpose,
    start = 0,
  ): void {
    const known = purpose === Purpose.mask || purpose === Purpose.deal;
    if (!known || !this.#quiet.has(key)) super.apply(mode, ptr, bytes, key, operation, purpose, start);
    else if (mode === 'set') this.heap.bytes(ptr, bytes).fill(0);
  }
}

type Applied = Parameters<Streams['apply']>;

/** The same, taken from elsewhere; alike at all roles, so that every result stays right. */
const misplaced = (misplace: Misplace): typeof Streams =>
  class extends ViewStreams {
    override apply(...[mode, ptr, bytes, key, operation, purpose, start = 0]: Applied): void {
      const at = { operation, start, ...misplace({ operation, start, purpose }) };
      super.apply(mode, ptr, bytes, key, at.operation, purpose, at.start);
    }
  };

export interface CoalitionOptions {
  readonly parties: number;
  readonly bits: Bits;
  /** Number of the honest party. */
  readonly honest: number;
  /** A fault planted in the honest party. */
  readonly fault?: typeof PartyRuntime;
  /** A fault planted in everybody's streams. */
  readonly misplace?: Misplace;
}

export class CoalitionView extends Parties {
  readonly honest: number;
  /** What the coalition has received since the last {@link takeView}, in order, by link. */
  #frames = new Map<string, Uint8Array[]>();

  constructor({ parties, bits, honest, fault, misplace }: CoalitionOptions) {
    super({
      parties,
      bits,
      streams: misplace ? misplaced(misplace) : ViewStreams,
      providerSeed: (party) => (party === honest ? null : new Uint8Array(SEED_BYTES)),
      ...(fault && { runtimeOf: (party: number) => (party === honest ? fault : undefined) }),
    });
    this.honest = honest;
    const coalition = this.parties.filter((_, i) => i !== honest).map(({ name }) => name);
    this.post.watch = (from, to, bytes) => {
      if (!coalition.includes(to) || coalition.includes(from)) return;
      const link = `${from} → ${to}`;
      this.#frames.set(link, [...(this.#frames.get(link) ?? []), bytes]);
    };
  }

  /** The coalition's view: the frames it has received and what they open to, by where they come from, in order. */
  takeView(): ReadonlyMap<string, readonly Uint8Array[]> {
    const view = new Map(this.#frames);
    const member = this.parties[this.honest === 0 ? 1 : 0].name;
    view.set(
      'opened',
      this.seen.filter(({ party }) => party === member).map(({ opened }) => opened),
    );
    this.#frames = new Map();
    this.forget();
    for (const rt of this.roles) rt.lines.fill(0); // so that of two views alike frames come to the same party
    return view;
  }

  /** [x], all of it at the honest party. */
  override share(
    values: readonly bigint[],
    fraction = this.fraction,
    settled = true,
    shape: Shape = [values.length],
  ): Share[] {
    const zeros = values.map(() => 0n);
    return this.roles.map((rt, i) => {
      const words = rt.isProvider && settled ? null : this.words(rt, i === this.honest ? values : zeros);
      return new Share(words, shape, fraction, settled);
    });
  }

  /** ⟨x⟩ under masks of the honest party alone. */
  override masked(
    values: readonly bigint[],
    fraction = this.fraction,
    shape: Shape = [values.length],
  ): Masked[] {
    const mask = values.map(() => this.random.next());
    const delta = values.map((value, i) => value + mask[i]);
    const zeros = values.map(() => 0n);
    return this.roles.map((rt, i) => {
      const own = this.words(rt, i === this.honest || rt.isProvider ? mask : zeros);
      const open = rt.isProvider ? null : this.words(rt, delta);
      const x = new Masked(open, own, shape, fraction, undefined, rt.factored);
      if (rt.factored && rt.isProvider) {
        const twice = this.honest === 0 ? 2n : 1n;
        x.factor = this.words(
          rt,
          mask.map((word) => word * twice),
        );
      }
      return x;
    });
  }

  /** Masked bit planes under masks of the honest party alone. */
  override maskedPlanes(bits: readonly (readonly number[])[]): { open: Planes | null; mask: Planes }[] {
    const planes = super.maskedPlanes(bits);
    const bytes = bits.length * blocksFor(bits[0].length) * 16;
    const read = (rt: Runtime, { ptr }: Planes) => rt.heap.bytes(ptr, bytes);
    const sum = read(this.provider, planes[this.parties.length].mask);
    this.parties.forEach((rt, i) => {
      const own = read(rt, planes[i].mask);
      if (i === this.honest) own.set(sum);
      else own.fill(0);
    });
    return planes;
  }
}
