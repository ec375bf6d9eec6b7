/**
 * A normalization right behind a dense or convolution layer, in predictions: both are one affine layer, whose parameters
 * (protocol/fold.ts) are made once for as long as the weights stay. The outputs of the affine layer then need no rounding of
 * their own, and 1/√(variance + ε) is taken once instead of in every batch.
 *
 * Whether it saves is decided from public things, by the costs that the operations declare: it does where the kernel has fewer
 * rows than the outputs that are to be predicted have, positions of images counted, and once the parameters are there.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked } from '../../party/values.js';
import { type Cost, sequence } from '../../protocol/cost.js';
import { foldLines, foldLinesCost } from '../../protocol/fold.js';
import { rescaleNarrowCost } from '../../protocol/truncate.js';
import type { AffinePart, ChannelLines, Parameter, SecureLayer, Value } from './layer.js';

/** The normalizations among the layers that can be folded, by the place of the affine layer. */
export function foldsOf(layers: readonly SecureLayer[]): ReadonlyMap<number, Fold> {
  const folds = new Map<number, Fold>();
  layers.forEach(({ affine }, l) => {
    let last = l + 1;
    while (layers[last]?.handsOn) last++;
    const lines = layers[last]?.channelLines;
    if (affine && lines) folds.set(l, new Fold(affine, lines, last));
  });
  return folds;
}

/** What both layers are together. */
interface Folded {
  readonly values: Masked;
  /** The values of which it was made: others, once something has changed. */
  readonly of: readonly Masked[];
}

export class Fold {
  readonly #parameters: readonly Parameter[];
  #folded: Folded | null = null;

  /** @param last place of the normalization */
  constructor(
    readonly affine: AffinePart,
    readonly channels: ChannelLines,
    readonly last: number,
  ) {
    this.#parameters = [affine.parameter, ...channels.parameters];
  }

  /**
   * Whether predictions for `rows` rows, `batch` at a time, cost fewer bytes this way. Alike at every role.
   */
  saves(rt: Runtime, batch: number, rows: number): boolean {
    if (this.#current) return true;
    const { height, units, positions } = this.affine;
    const at = { bits: rt.ring.bits, parties: rt.parties.length };
    const lines = this.channels.linesCost(at, units, rt.fraction);
    const apart = sequence(
      ...Array.from({ length: Math.ceil(rows / batch) }, () => lines),
      rescaleNarrowCost(at, rows * positions * units, rt.fraction),
    );
    return bytes(sequence(lines, foldLinesCost(at, height, units, rt.fraction))) < bytes(apart);
  }

  /** The outputs of both layers. 2 rounds and those of the lines, and none once the parameters are there. */
  *forward(rt: Runtime, x: Value): Secure<Value> {
    const { affine, channels } = this;
    if (!this.#current) {
      this.forget(rt);
      const of = this.#parameters.map(({ value }) => value);
      const lines = yield* channels.lines(rt);
      const values = yield* foldLines(rt, affine.parameter.value, affine.height, lines);
      this.#folded = { values, of };
    }
    return yield* affine.apply(rt, x, (this.#folded as Folded).values);
  }

  /** Frees what was made of weights that have changed, or are about to. */
  forget(rt: Runtime): void {
    rt.free(this.#folded?.values ?? null);
    this.#folded = null;
  }

  /** Blocks that must outlive a prediction's scope. */
  *blocks(): Iterable<number> {
    if (this.#folded) yield* this.#folded.values.blocks();
  }

  get #current(): boolean {
    const of = this.#folded?.of;
    return of !== undefined && this.#parameters.every(({ value }, i) => value === of[i]);
  }
}

const bytes = ({ online, dealt }: Cost): number => online + dealt;
