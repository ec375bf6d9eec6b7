/**
 * Which weights are whose. TensorFlow.js calls them LAYER/kernel; what has come through Keras 3 and the converter has the model's
 * name before it, a suffix such as :0 or _1 behind it, or another name for the layer.
 */
import type { WeightSpec as ModelWeight } from '../model/kinds/kind.js';
import type { KerasWeight } from './keras-weights.js';

/** Our weights in the words of Keras. */
export const kerasNames: Readonly<Record<ModelWeight['name'], string>> = {
  kernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
};

/** A layer that has weights. */
export interface Wanting {
  /** The layer's name in the file. */
  readonly name: string;
  readonly where: string;
  readonly weights: readonly ModelWeight[];
}

/** The weights of one layer in the file, by what they are. */
interface Group {
  /** What stands before: names joined by slashes. */
  readonly prefix: string;
  readonly weights: Map<string, KerasWeight>;
}

/**
 * The weights of all layers, in their order, each layer's in the order of its plan. A layer takes the weights that lie under
 * its name; a layer for whose name there are none takes those that are left, where they can be no other's by what they are
 * and by their shapes.
 * @throws RangeError, by name, for weights that are missing, of other shapes, of no layer, or of more than one
 */
export function assignWeights(layers: readonly Wanting[], weights: readonly KerasWeight[]): Float32Array[] {
  const groups = new Set(groupsOf(weights));
  const found = new Map<Wanting, Group>();
  const assign = (pick: (layer: Wanting) => readonly Group[]) => {
    for (const layer of layers.filter((each) => !found.has(each))) {
      const [group, ...others] = pick(layer);
      if (!group || others.length > 0) continue;
      found.set(layer, group);
      groups.delete(group);
    }
  };
  const among = (fits: (group: Group) => boolean) => [...groups].filter(fits);
  assign(({ name }) => among(({ prefix }) => prefix === name));
  assign(({ name }) => among(({ prefix }) => prefix.endsWith(`/${name}`)));
  assign(({ name }) => among(({ prefix }) => prefix.split('/').includes(name)));
  const left = layers.filter((layer) => !found.has(layer)); // alike layers could be taken for each other
  assign((layer) =>
    left.some((other) => other !== layer && alike(other, layer)) ? [] : among((group) => fits(layer, group)),
  );
  const lost = layers.find((layer) => !found.has(layer));
  if (lost)
    throw new RangeError(`${lost.where}: no weights are there by its name, and none that are surely its`);
  const arrays = layers.flatMap((layer) => taken(layer, found.get(layer) as Group));
  const [stray] = groups;
  if (stray) throw new RangeError(`the weights of ${JSON.stringify(stray.prefix)} belong to no layer`);
  return arrays;
}

/** A group's weights in the order of the layer's. */
function taken({ where, weights }: Wanting, group: Group): Float32Array[] {
  const arrays = weights.map(({ name, shape }) => {
    const weight = group.weights.get(kerasNames[name]);
    if (!weight) throw new RangeError(`${where}: its ${kerasNames[name]} [${shape}] is missing`);
    if (String(weight.shape) === String(shape)) return weight.values;
    throw new RangeError(`${where}: expected ${kerasNames[name]} [${shape}], got [${weight.shape}]`);
  });
  if (group.weights.size > arrays.length) {
    const known = weights.map(({ name }) => kerasNames[name]);
    const [extra] = [...group.weights.keys()].filter((kind) => !known.includes(kind));
    throw new RangeError(`${where}: it has no ${JSON.stringify(extra)}, of which there are numbers`);
  }
  return arrays;
}

/** Weights by what stands before the last part of their names. */
function groupsOf(weights: readonly KerasWeight[]): Group[] {
  const groups = new Map<string, Group>();
  for (const weight of weights) {
    const [, prefix = '', last] = /^(?:(.*)\/)?([^/]*)$/s.exec(weight.name) ?? [];
    const kind = last.replace(/:\d+$/, '').replace(/_\d+$/, '');
    const group = groups.get(prefix) ?? { prefix, weights: new Map() };
    if (group.weights.has(kind))
      throw new RangeError(`${JSON.stringify(prefix)} has two weights ${JSON.stringify(kind)}`);
    group.weights.set(kind, weight);
    groups.set(prefix, group);
  }
  return [...groups.values()];
}

const signature = (weights: Iterable<readonly [string, readonly number[]]>): string =>
  JSON.stringify([...weights].sort(([a], [b]) => (a < b ? -1 : 1)));

const wanted = ({ weights }: Wanting): string =>
  signature(weights.map(({ name, shape }) => [kerasNames[name], shape] as const));

const alike = (a: Wanting, b: Wanting): boolean => wanted(a) === wanted(b);

const fits = (layer: Wanting, { weights }: Group): boolean =>
  wanted(layer) === signature([...weights].map(([kind, { shape }]) => [kind, shape] as const));
