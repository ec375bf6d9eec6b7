/** A model on shares at one role: layers in order, built from its public description. */

import { foldedActivation } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { ModelPlan } from '../model/plan.js';
import { type Start, withBackground } from '../party/background.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { openedWords } from '../protocol/opened.js';
import type { DelayedUpdate } from './delayed-update.js';
import { initialOf } from './initial.js';
import { buildLayer } from './layers/build.js';
import { type Fold, foldsOf } from './layers/fold.js';
import {
  masked,
  type Parameter,
  type Pass,
  PREDICTION,
  type SecureLayer,
  type Value,
} from './layers/layer.js';
import { type LossName, losses, watchDifferences } from './loss.js';
import { descend, goesTogether } from './optimizers/descend.js';
import { descendTogether, groupsOf, type Update, watcherOf } from './optimizers/joint.js';
import type { StepPlan } from './optimizers/optimizer.js';
import { weighted } from './row-weights.js';
import { siteOf, type WatchedKind } from './sentinel.js';

/** What a step of training needs beside its rows. */
export interface TrainingPlan {
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly step: StepPlan;
  readonly pass: Pass;
  /** Fraction bits of gradients, see nn/scales.ts. */
  readonly gradientFraction: number;
}

/** The layer and kind of what a step computes, for the runtime's watcher. */
interface Place {
  layer: number;
  kind: WatchedKind;
}

export class SecureModel {
  readonly layers: readonly SecureLayer[];
  /** For each of them the place in the description of the layer that it is part of. */
  readonly #places: readonly number[];
  /** Everything that training changes, in the order of the weight arrays. */
  readonly kept: readonly Parameter[];
  readonly #firstTrained: number;
  /** By the layer into which they are folded: normalizations that predictions need not make. */
  readonly #folds: ReadonlyMap<number, Fold>;

  /**
   * @param weights initial weights: public ones, the arrays of every layer one after the other; all of them as one shared
   *   vector, which is left as it is; null in a dry run
   */
  constructor(
    readonly rt: Runtime,
    readonly plan: ModelPlan,
    weights: readonly ArrayLike<number>[] | Masked | null,
  ) {
    const initial = initialOf(rt, plan.weights, weights);
    let next = 0;
    const built = plan.layers.map((layer, index) => {
      const first = next;
      next += layer.weights.length;
      return buildLayer(rt, layer, index, initial, first);
    });
    this.layers = built.flat();
    this.kept = this.layers.flatMap((layer) => [...layer.parameters, ...(layer.statistics ?? [])]);
    this.#firstTrained = this.layers.findIndex((layer) => layer.parameters.length > 0);
    this.#folds = foldsOf(this.layers);
    // what a pooling with a relu rounds are the products of the layer before
    this.#places = built.flatMap((parts, index) =>
      parts.map(() => (plan.layers[index].relu === 'here' ? index - 1 : index)),
    );
  }

  /** Layers that a loss works on: without the final activation that it contains. */
  #upTo(loss: LossName | null): readonly SecureLayer[] {
    return loss && foldedActivation(this.plan, loss) ? this.layers.slice(0, -1) : this.layers;
  }

  /**
   * ⟨x⟩ [batch, …] → ⟨y⟩ [batch, …].
   * @param loss where given, y is what that loss takes: logits, when it contains the final activation
   */
  *forward(x: Masked, loss: LossName | null = null, pass: Pass = PREDICTION): Secure<Masked> {
    const layers = this.#upTo(loss);
    const output = yield* this.#pass(layers, x, pass);
    this.#site(layers.length - 1, 'product');
    const y = yield* masked(this.rt, output);
    this.#noSite();
    return y;
  }

  /** @param lack for the first layer with parameters */
  *#pass(layers: readonly SecureLayer[], x: Masked, pass: Pass, lack?: Pick<Pass, 'lack'>): Secure<Value> {
    let value: Value = x;
    for (let l = 0; l < layers.length; l++) {
      const fold = this.#folds.get(l);
      if (fold && !pass.training && fold.saves(this.rt, x.shape[0], pass.rows ?? x.shape[0])) {
        this.#site(fold.last, 'product');
        value = yield* fold.forward(this.rt, value);
        l = fold.last;
      } else {
        this.#site(l, 'product');
        value = yield* layers[l].forward(
          this.rt,
          value,
          l === this.#firstTrained ? { ...pass, ...lack } : pass,
        );
      }
      this.#showOutputs(l, value);
    }
    this.#noSite();
    return value;
  }

  /**
   * One step of training; returns what the loss keeps of the outputs as they were before the step (nn/loss.ts).
   * @param t labels at the scale that the loss wants
   * @param delayed the update of the first layer's weights, where several steps have one together
   * @param weights what each row counts for, [batch]; all alike where null
   */
  *step(
    x: Masked,
    t: Masked,
    plan: TrainingPlan,
    delayed: DelayedUpdate | null = null,
    weights: Masked | null = null,
  ): Secure<Masked> {
    for (const fold of this.#folds.values()) fold.forget(this.rt);
    const layers = this.#upTo(plan.loss);
    const output = yield* this.#pass(layers, x, plan.pass, delayed ? { lack: delayed } : undefined);
    const at: Place = { layer: layers.length - 1, kind: 'product' };
    const { watcher } = this.rt;
    const back = () => {
      this.rt.watcher = watcher;
      this.#site(at.layer, at.kind);
    };
    back();
    const kept = yield* withBackground(
      (start) => this.#back(layers, output, [t, weights], plan, start, at, delayed),
      back,
    );
    this.#noSite();
    return kept;
  }

  /**
   * The loss and the way back, whose updates run beside it.
   * @param of labels, and what each row counts for
   * @param at where it stands, kept up to date
   */
  *#back(
    layers: readonly SecureLayer[],
    output: Value,
    [t, weights]: readonly [Masked, Masked | null],
    { loss, optimizer, step, gradientFraction: fraction }: TrainingPlan,
    start: Start,
    at: Place,
    delayed: DelayedUpdate | null,
  ): Secure<Masked> {
    const { rt } = this;
    const firstTrained = this.#firstTrained;
    const head = yield* losses[loss].head(rt, output, t, fraction);
    this.watchLoss(loss, head.kept);
    at.kind = 'gradient';
    this.#site(at.layer, 'gradient');
    let gradient: Value | null = head.gradient;
    if (weights) {
      const product = yield* weighted(rt, head.gradient, weights);
      this.#watchDifferences(product);
      gradient = product;
    }
    const updates: Update[] | null = goesTogether(optimizer) ? [] : null;
    for (; at.layer >= firstTrained && gradient; at.layer--) {
      const { layer } = at;
      this.#site(layer, 'gradient');
      const resume = () => this.#site(layer, 'update');
      const late = layer === firstTrained ? delayed : null;
      gradient = yield* layers[layer].backward(rt, gradient, {
        inputGradient: layer > firstTrained,
        descend: (parameter, negative) => {
          if (updates) updates.push({ parameter, negative, site: this.#siteOf(layer, 'update') });
          else start(descend(rt, optimizer, parameter, negative, late ? late.stepOf(step) : step), resume);
        },
        ...(late && { delay: (minus) => late.take(minus, step) }),
        fraction,
      });
      if (late?.wantsProducts) start(late.makeProducts(layers[layer].parameters[0]), resume);
    }
    for (const group of groupsOf(updates ?? [])) {
      const watcher = rt.watcher && watcherOf(rt, rt.watcher, group);
      start(descendTogether(rt, optimizer, group, step), () => {
        rt.watcher = watcher;
      });
    }
    return head.kept;
  }

  /** The site of secure layer `l`. */
  #siteOf(l: number, kind: WatchedKind): number {
    return siteOf(this.#places[Math.max(0, l)], kind);
  }

  /** Tells the runtime's watcher, when there is one, whose values come next: those of secure layer `l`. */
  #site(l: number, kind: WatchedKind): void {
    const { watcher } = this.rt;
    if (watcher) watcher.site = this.#siteOf(l, kind);
  }

  #noSite(): void {
    const { watcher } = this.rt;
    if (watcher) watcher.site = null;
  }

  #showOutputs(l: number, value: Value): void {
    const { watcher } = this.rt;
    if (!watcher?.outputs || value instanceof Share) return;
    this.#site(l, 'activation');
    watcher.outputs(openedWords(value), value.fraction);
  }

  /** Shows what a loss keeps of the outputs to the runtime's watcher. */
  watchLoss(loss: LossName, kept: Masked): void {
    if (!this.rt.watcher) return;
    this.#site(this.layers.length - 1, 'loss');
    losses[loss].watch(this.rt, kept);
    this.#noSite();
  }

  /** Shows differences that have been weighted. */
  #watchDifferences(weighted: Masked): void {
    this.#site(this.layers.length - 1, 'loss');
    watchDifferences(this.rt, weighted);
    this.#noSite();
  }

  /** Blocks that must outlive a step's scope. */
  blocks(): number[] {
    const blocks: number[] = [];
    for (const { value, state } of this.kept) {
      blocks.push(...value.blocks());
      for (const held of state.values()) blocks.push(...held.blocks());
    }
    for (const fold of this.#folds.values()) blocks.push(...fold.blocks());
    return blocks;
  }

  /** Frees the parameters. */
  free(): void {
    for (const { value, state } of this.kept) this.rt.free(value, ...state.values());
    for (const fold of this.#folds.values()) fold.forget(this.rt);
  }
}
