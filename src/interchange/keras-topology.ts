/** The chain of layers that a model.json describes: of a Sequential model, or of a functional one that is a chain. */
import { checkArray, checkShape, checkText, within } from '../options.js';
import { type Entries, entriesOf, KerasOptions, listOf } from './keras-values.js';

export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly options: unknown;
  /** For messages. */
  readonly where: string;
}

/** Layers in the order in which a value meets them, without input layers. */
export interface Topology {
  readonly layers: readonly KerasLayer[];
  /** Shape of one row of the input. */
  readonly inputShape: readonly number[];
}

/**
 * @param topology `modelTopology` of model.json: as TensorFlow.js writes it, or as its converter does
 * @throws TypeError or RangeError for a model that is no chain of layers, that has models in it, or no shape of its inputs
 */
export function readTopology(topology: unknown): Topology {
  const outer = entriesOf('modelTopology', topology);
  const { class_name: kind, config } = entriesOf('model_config', outer.model_config ?? outer);
  if (typeof kind !== 'string') {
    throw new TypeError(
      'modelTopology describes no Keras model: class_name is missing (graph models are not read)',
    );
  }
  if (kind === 'Sequential') {
    const listed = Array.isArray(config) ? config : entriesOf('config', config).layers;
    return chainOf(
      listOf('layers', listed).map(layerOf),
      Array.isArray(config) ? {} : entriesOf('config', config),
    );
  }
  if (kind === 'Model' || kind === 'Functional') {
    const model = entriesOf('config', config);
    return chainOf(ordered(model), model);
  }
  throw new RangeError(
    `a ${kind} is not read; Sequential models are, and functional ones that are a chain of layers`,
  );
}

function layerOf(value: unknown, index: number): KerasLayer {
  const layer = entriesOf(`layer ${index}`, value);
  const { class_name: className, registered_name: registered } = layer;
  checkText(`layer ${index}: class_name`, className);
  const options = entriesOf(`layer ${index} (${className}): config`, layer.config);
  const name = layer.name ?? options.name ?? `layer ${index}`;
  checkText(`layer ${index} (${className}): name`, name);
  const where = `layer ${index} (${className} ${JSON.stringify(name)})`;
  // Keras 3 names what is not its own
  if (typeof registered === 'string' && registered !== className && registered !== `keras>${className}`) {
    throw new RangeError(`${where}: ${JSON.stringify(registered)} is a class of its own, which is not known`);
  }
  return { className, name, options, where };
}

/** The chain, with the shape of its inputs. */
function chainOf(all: readonly KerasLayer[], model: Entries): Topology {
  const layers = all.filter(({ className }) => className !== 'InputLayer');
  if (layers.length === 0) throw new RangeError('the model has no layers');
  const misplaced = all.slice(1).find(({ className }) => className === 'InputLayer');
  if (misplaced) throw new RangeError(`${misplaced.where}: an input in the middle of a model`);
  const first = entriesOf(all[0].where, all[0].options);
  const shape = first.batch_input_shape ?? first.batch_shape ?? model.build_input_shape;
  if (shape === undefined || shape === null) {
    throw new RangeError(
      `${all[0].where}: neither batch_input_shape nor batch_shape says what the inputs are`,
    );
  }
  return within(all[0].where, () => {
    if (all[0].className === 'InputLayer') new KerasOptions(first, false).end();
    const inputShape = listOf('batch_input_shape', shape).slice(1);
    if (inputShape.includes(null))
      throw new RangeError(`batch_input_shape ${JSON.stringify(shape)}: lengths must be known`);
    checkShape('batch_input_shape', inputShape);
    return { layers, inputShape };
  });
}

/** The layers of a functional model in order. @throws RangeError where they are no chain */
function ordered(model: Entries): KerasLayer[] {
  const listed = listOf('layers', model.layers);
  const layers = new Map(listed.map((value, i) => [nameOf(value, i), { value, layer: layerOf(value, i) }]));
  const last = onlyEnd('output_layers', model.output_layers);
  const first = onlyEnd('input_layers', model.input_layers);
  const chain: KerasLayer[] = [];
  for (let name: string | null = last; name !== null; ) {
    const found = layers.get(name);
    if (!found || chain.includes(found.layer))
      throw new RangeError(`no chain of layers: at ${JSON.stringify(name)}`);
    chain.unshift(found.layer);
    const { inbound_nodes: nodes = [] } = entriesOf(found.layer.where, found.value);
    name = within(found.layer.where, () => sourceOf(nodes));
  }
  if (chain[0].name !== first || chain.length !== layers.size) {
    throw new RangeError('no chain of layers: some are beside the way from the input to the output');
  }
  return chain;
}

const nameOf = (value: unknown, index: number): string => layerOf(value, index).name;

/** The name of the one layer in a list of ends: ["input", 0, 0], or in a list. */
function onlyEnd(what: string, value: unknown): string {
  checkArray(what, value);
  const [end, ...more] = typeof value[0] === 'string' ? [value] : value;
  const [name, node, tensor] = listOf(what, end);
  if (more.length > 0) throw new RangeError(`${what}: ${1 + more.length}, and a chain of layers has one`);
  checkText(what, name);
  if (node !== 0 || tensor !== 0)
    throw new RangeError(`${what}: ${JSON.stringify(name)} is used more than once`);
  return name;
}

/** The layer that a layer's only call takes its input from; null for none. Of Keras 2 or Keras 3. */
function sourceOf(nodes: unknown): string | null {
  const calls = listOf('inbound_nodes', nodes);
  if (calls.length === 0) return null;
  if (calls.length > 1) throw new RangeError('used more than once');
  const [call] = calls;
  if (!Array.isArray(call)) {
    const { args, kwargs = {} } = entriesOf('inbound_nodes', call);
    refuseArguments(kwargs);
    const [tensor, ...more] = listOf('args', args);
    if (more.length > 0 || Array.isArray(tensor)) throw new RangeError('has more than one input');
    const { config } = entriesOf('args', tensor);
    return onlyEnd('keras_history', entriesOf('args: config', config).keras_history);
  }
  const [source, ...more] = typeof call[0] === 'string' ? [call] : call;
  if (more.length > 0) throw new RangeError('has more than one input');
  const [name, node, tensor, kwargs = {}] = listOf('inbound_nodes', source);
  refuseArguments(kwargs);
  return onlyEnd('inbound_nodes', [name, node, tensor]);
}

/** A layer may be called with nothing but its input: `training`, for one, would change what it does. */
function refuseArguments(kwargs: unknown): void {
  for (const [key, value] of Object.entries(entriesOf('inbound_nodes', kwargs))) {
    if (value !== null) throw new RangeError(`called with ${key}: ${JSON.stringify(value)}`);
  }
}
