/** From a layer's public description to its secure layers: one entry a kind. */
import type { Window } from '../../../bindings/patches.js';
import type { Activation } from '../../model/activation.js';
import type { LayerConfig } from '../../model/config.js';
import type { LayerPlan } from '../../model/plan.js';
import { planWindows } from '../../model/window.js';
import type { Runtime } from '../../party/runtime.js';
import { sizeOf } from '../../shape.js';
import type { Initial } from '../initial.js';
import { activation } from './activation.js';
import { batchNormalization } from './batch-normalization.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import type { Parameter, SecureLayer } from './layer.js';
import { maxPooling } from './max-pooling.js';
import { averagePooling, globalAveragePooling } from './pooling.js';
import { reluMaxPooling } from './relu-max-pooling.js';

/** What a builder gets: the layer's place in the model and its initial weights. */
interface Site<Config> {
  readonly rt: Runtime;
  readonly plan: LayerPlan;
  readonly config: Config;
  readonly index: number;
  /** Parameters from weight arrays `from` … `to` − 1, one below the other as a matrix of `columns` columns. */
  parameter(name: string, columns: number, from: number, to: number): Parameter;
}

type Builders = {
  [Kind in LayerConfig['type']]: (site: Site<Extract<LayerConfig, { type: Kind }>>) => SecureLayer[];
};

const builders: Builders = {
  dense({ plan, config, parameter }) {
    const values = parameter('kernel', config.units, 0, plan.weights.length);
    return [dense(plan.inputShape[0], config.units, config.useBias, values), activation(config.activation)];
  },
  conv2d({ plan, config, parameter }) {
    const values = parameter('kernel', config.filters, 0, plan.weights.length);
    const window = windowOf(plan, config.kernelSize, config.strides, config.padding);
    return [conv2d(window, config.filters, config.useBias, values), ...activationOf(plan, config)];
  },
  averagePooling2d: ({ plan, config }) => [
    averagePooling(windowOf(plan, config.poolSize, config.strides, config.padding)),
  ],
  maxPooling2d({ plan, config }) {
    const window = windowOf(plan, config.poolSize, config.strides, config.padding);
    return [plan.relu === 'here' ? reluMaxPooling(window) : maxPooling(window)];
  },
  globalAveragePooling2d({ plan }) {
    const [height, width, channels] = plan.inputShape;
    return [globalAveragePooling(height, width, channels)];
  },
  flatten: () => [flatten()],
  activation: ({ plan, config }) => activationOf(plan, config),
  dropout: ({ config, index }) => [dropout(config.rate, index)],
  batchNormalization({ plan, config, parameter }) {
    const channels = plan.inputShape[plan.inputShape.length - 1];
    const trained = plan.weights.length - 2;
    return [
      batchNormalization(
        config,
        trained > 0 ? parameter('gamma and beta', channels, 0, trained) : null,
        parameter('moving mean and variance', channels, trained, trained + 2),
      ),
    ];
  },
};

/** A layer's activation, unless it is a relu that is left to the pooling behind. */
const activationOf = ({ relu }: LayerPlan, config: { readonly activation: Activation }): SecureLayer[] =>
  relu === 'later' ? [] : [activation(config.activation)];

function windowOf(
  plan: LayerPlan,
  kernel: readonly [number, number],
  strides: readonly [number, number],
  padding: 'valid' | 'same',
): Window {
  const w = planWindows(plan.inputShape, kernel, strides, padding);
  return {
    height: w.inputHeight,
    width: w.inputWidth,
    channels: w.channels,
    kernel,
    strides,
    padding: [w.padTop, w.padLeft],
    output: [w.outputHeight, w.outputWidth],
  };
}

/**
 * The secure layers of layer `index`.
 * @param first place of its first weight among those of the model
 */
export function buildLayer(
  rt: Runtime,
  plan: LayerPlan,
  index: number,
  initial: Initial,
  first: number,
): SecureLayer[] {
  const parameter = (name: string, columns: number, from: number, to: number): Parameter => {
    const size = plan.weights.slice(from, to).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      name: `layer ${index} (${plan.config.type}) ${name}`,
      value: initial(first + from, first + to, [size / columns, columns]),
      state: new Map(),
    };
  };
  const build = builders[plan.config.type] as (site: Site<LayerConfig>) => SecureLayer[];
  return build({ rt, plan, config: plan.config, index, parameter });
}
