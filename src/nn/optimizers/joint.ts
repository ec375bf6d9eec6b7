/**
 * One step for several parameters at once: a step that works on each number by itself takes all of them as one vector, so that
 * what a round and a call cost is paid once. The numbers, and what is kept beside each parameter, are those of steps apart.
 */
import type { Words } from '../../../bindings/memory.js';
import type { OptimizerConfig } from '../../model/optimizers.js';
import type { Secure } from '../../party/program.js';
import type { Runtime, Watcher } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import { type Parameter, replace } from '../layers/layer.js';
import { descend } from './descend.js';
import type { StepPlan } from './optimizer.js';

/** What one parameter's step is made from. */
export interface Update {
  readonly parameter: Parameter;
  /** [−g] summed over the batch, at a higher scale; consumed. */
  readonly negative: Share;
  /** Its site, for the runtime's watcher. */
  readonly site: number;
}

/** Updates that can go together: those of one scale. */
export const groupsOf = (updates: readonly Update[]): Update[][] => {
  const groups = new Map<number, Update[]>();
  for (const update of updates) {
    const { fraction } = update.negative;
    groups.set(fraction, [...(groups.get(fraction) ?? []), update]);
  }
  return [...groups.values()];
};

/** One step of parameters whose gradients have the same scale, with an optimizer that keeps masked values alone. */
export function* descendTogether(
  rt: Runtime,
  config: OptimizerConfig,
  updates: readonly Update[],
  plan: StepPlan,
): Secure<void> {
  const parameters = updates.map(({ parameter }) => parameter);
  const names = [...parameters[0].state.keys()];
  const kept = (name: string) => parameters.map(({ state }) => state.get(name) as Masked);
  const all: Parameter = {
    name: 'all',
    value: joined(
      rt,
      parameters.map(({ value }) => value),
    ),
    state: new Map(names.map((name) => [name, joined(rt, kept(name))])),
  };
  yield* descend(rt, config, all, joinedShares(rt, updates), plan);
  const values = parted(rt, all.value, parameters);
  parameters.forEach((parameter, i) => {
    replace(rt, parameter, values[i]);
  });
  for (const [name, state] of all.state) {
    const parts = parted(rt, state as Masked, parameters);
    parameters.forEach((parameter, i) => {
      rt.free(parameter.state.get(name) ?? null);
      parameter.state.set(name, parts[i]);
    });
  }
}

/** A watcher of such a step that shows another one each parameter's values at the parameter's site. */
export const watcherOf = (rt: Runtime, to: Watcher, updates: readonly Update[]): Watcher => ({
  site: null,
  watch(words, fraction, limit) {
    let start = 0;
    for (const { parameter, site } of updates) {
      to.site = site;
      to.watch(rt.part(words, start, parameter.value.size), fraction, limit);
      start += parameter.value.size;
    }
  },
});

/** Vectors end to end, zeros where there is none. */
function endToEnd(rt: Runtime, parts: readonly (Words | null)[], lengths: readonly number[]): Words {
  const out = rt.words(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const [i, part] of parts.entries()) {
    const to = rt.part(out, start, lengths[i]);
    if (part) rt.ring.copy(to, part);
    else rt.ring.fill(to, 0);
    start += lengths[i];
  }
  return out;
}

function joinedShares(rt: Runtime, updates: readonly Update[]): Share {
  const shares = updates.map(({ negative }) => negative);
  const words = shares.map((share) => share.words);
  const lengths = shares.map(({ size }) => size);
  const all = words.every((part) => part === null) ? null : endToEnd(rt, words, lengths);
  rt.free(...shares);
  const settled = shares.every((share) => share.settled);
  return new Share(all, [lengths.reduce((sum, n) => sum + n, 0)], shares[0].fraction, settled);
}

function joined(rt: Runtime, values: readonly Masked[]): Masked {
  const lengths = values.map(({ size }) => size);
  const join = (pick: (value: Masked) => Words | null) => endToEnd(rt, values.map(pick), lengths);
  const shape = [lengths.reduce((sum, n) => sum + n, 0)];
  const delta = rt.isProvider ? null : join((value) => value.delta);
  const bound = Math.max(...values.map((value) => value.bound));
  const factored = values.every((value) => value.factored);
  const all = new Masked(
    delta,
    join(({ mask }) => mask),
    shape,
    values[0].fraction,
    bound,
    factored,
  );
  // a party's factor follows from what it has
  if (factored && rt.isProvider) all.factor = join(({ factor }) => factor);
  return all;
}

/** Copies of the parts of a value, in the shapes of the parameters; consumes it. */
function parted(rt: Runtime, all: Masked, parameters: readonly Parameter[]): Masked[] {
  let start = 0;
  const parts = parameters.map(({ value: { shape, size } }) => {
    const part = (words: Words) => rt.copy(rt.part(words, start, size));
    const delta = all.delta && part(all.delta);
    const value = new Masked(delta, part(all.mask), shape, all.fraction, all.bound, all.factored);
    if (all.factor && rt.isProvider) value.factor = part(all.factor);
    start += size;
    return value;
  });
  rt.free(all);
  return parts;
}
