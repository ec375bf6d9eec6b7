/**
 * One step for several parameters at once: a step that works on each number by itself takes all of them as one vector, so that
 * what a round and a call cost is paid once. The numbers, and what is kept beside each parameter, are those of steps apart.
 */
import type { OptimizerConfig } from '../../model/optimizers.js';
import type { Secure } from '../../party/program.js';
import type { Runtime, Watcher } from '../../party/runtime.js';
import { type Masked, Share } from '../../party/values.js';
import { reshape } from '../../protocol/linear.js';
import { concat } from '../../protocol/rearrange.js';
import { partOf } from '../../protocol/views.js';
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
  const joined = (of: (parameter: Parameter) => Masked) =>
    concat(rt, parameters.map(of), [sizeOfAll(parameters.map(({ value }) => value))]);
  const all: Parameter = {
    name: 'all',
    value: joined(({ value }) => value),
    state: new Map(names.map((name) => [name, joined(({ state }) => state.get(name) as Masked)])),
  };
  const negative = joinedShares(
    rt,
    updates.map((update) => update.negative),
  );
  yield* descend(rt, config, all, negative, plan);
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

/** Shares of one scale as one vector; consumes them. Where some roles have no summand, as a provider of settled ones, it is zeros. */
function joinedShares(rt: Runtime, shares: readonly Share[]): Share {
  const size = sizeOfAll(shares);
  const out = shares.some(({ words }) => words) ? rt.zeros(size) : null;
  let start = 0;
  for (const { words, size } of shares) {
    if (out && words) rt.ring.copy(rt.part(out, start, size), words);
    start += size;
  }
  rt.free(...shares);
  const settled = shares.every((share) => share.settled);
  return new Share(out, [size], shares[0].fraction, settled);
}

const sizeOfAll = (values: readonly { readonly size: number }[]): number =>
  values.reduce((sum, { size }) => sum + size, 0);

/** Copies of the parts of a vector, in the shapes of the parameters; consumes it. */
function parted(rt: Runtime, all: Masked, parameters: readonly Parameter[]): Masked[] {
  let start = 0;
  const parts = parameters.map(({ value: { shape, size } }) => {
    start += size;
    return reshape(rt, partOf(rt, all, start - size, shape), shape);
  });
  rt.free(all);
  return parts;
}
