/** Layers as Keras and TensorFlow.js describe them, in our words: one entry a class. */
import type { Activation } from '../model/activation.js';
import type { LayerConfig } from '../model/config.js';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
} from '../model/describe.js';
import { checkText, within } from '../options.js';
import { entriesOf, KerasOptions } from './keras-values.js';

/** A layer that has been read. */
export interface ReadLayer {
  readonly config: LayerConfig;
  /** Checks what depends on the shape of a row of its inputs. */
  readonly check?: (inputShape: readonly number[]) => void;
}

type Reader = (options: KerasOptions) => LayerConfig | ReadLayer;

/** Slope of the activation 'leaky_relu' as Keras has it; that of a LeakyReLU layer is 0.3. */
const NAMED_SLOPE = 0.2;
const LAYER_SLOPE = 0.3;

const activations: Readonly<Record<string, Activation>> = {
  linear: 'linear',
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
  leaky_relu: { leakyRelu: NAMED_SLOPE },
};

/** Layers that are an activation, which may stand in the place of an activation's name, too. */
const activationLayers: Readonly<Record<string, (options: KerasOptions) => Activation>> = {
  ReLU(options) {
    options.only('max_value');
    options.only('threshold', 0);
    const slope = options.number('negative_slope', 0);
    return slope === 0 ? 'relu' : leakyRelu(slope);
  },
  LeakyReLU(options) {
    const alpha = options.number('alpha', LAYER_SLOPE); // before Keras 3
    return leakyRelu(options.number('negative_slope', alpha));
  },
  Softmax(options) {
    options.only('axis', -1, 1, [-1]); // of [batch, n]: a softmax elsewhere is refused by the model's plan
    return 'softmax';
  },
};

/** An activation: its name, Keras 3's object for a function, or a layer. */
function activationFrom(value: unknown, training: boolean): Activation {
  let name: unknown = value ?? 'linear';
  if (typeof name === 'object') {
    const { class_name: kind, config } = entriesOf('activation', name);
    if (typeof kind === 'string' && Object.hasOwn(activationLayers, kind)) {
      const options = new KerasOptions(config, training);
      const read = within(`activation ${kind}`, () => activationLayers[kind](options));
      options.end();
      return read;
    }
    name = kind === 'function' ? config : kind;
  }
  checkText('activation', name);
  if (Object.hasOwn(activations, name)) return activations[name];
  throw new RangeError(
    `activation "${name}" is not there on shares; known are ${Object.keys(activations).join(', ')}`,
  );
}

function poolingFrom(options: KerasOptions) {
  options.channelsLast();
  const poolSize = options.pair('pool_size', [2, 2]);
  const strides = options.pair('strides', poolSize);
  return { poolSize, strides, padding: options.text('padding', 'valid') as 'valid' | 'same' };
}

function readers(training: boolean): Readonly<Record<string, Reader>> {
  const layered = Object.entries(activationLayers).map(([name, read]): [string, Reader] => [
    name,
    (options) => activation({ activation: read(options) }),
  ]);
  const activationOf = (options: KerasOptions) => activationFrom(options.any('activation'), training);
  return {
    Dense: (options) =>
      dense({
        units: options.integer('units'),
        activation: activationOf(options),
        useBias: options.boolean('use_bias', true),
      }),
    Conv2D(options) {
      options.channelsLast();
      options.only('dilation_rate', 1, [1, 1]);
      options.only('groups', 1);
      return conv2d({
        filters: options.integer('filters'),
        kernelSize: options.pair('kernel_size'),
        strides: options.pair('strides', [1, 1]),
        padding: options.text('padding', 'valid') as 'valid' | 'same',
        activation: activationOf(options),
        useBias: options.boolean('use_bias', true),
      });
    },
    MaxPooling2D: (options) => maxPooling2d(poolingFrom(options)),
    AveragePooling2D: (options) => averagePooling2d(poolingFrom(options)),
    GlobalAveragePooling2D(options) {
      options.channelsLast();
      return globalAveragePooling2d();
    },
    Flatten(options) {
      options.channelsLast();
      return flatten();
    },
    Activation: (options) => activation({ activation: activationOf(options) }),
    ...Object.fromEntries(layered),
    Dropout: (options) => dropout({ rate: options.number('rate') }),
    BatchNormalization(options) {
      const axis = options.any('axis') ?? -1;
      const config = batchNormalization({
        momentum: options.number('momentum', 0.99),
        epsilon: options.number('epsilon', 1e-3),
        center: options.boolean('center', true),
        scale: options.boolean('scale', true),
      });
      return { config, check: ({ length }) => checkAxis(axis, length) };
    },
  };
}

/** @param last the last axis of a batch of inputs */
function checkAxis(axis: unknown, last: number): void {
  const given = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  if (given === -1 || given === last) return;
  throw new RangeError(`axis ${JSON.stringify(axis)}: only the last axis, -1, is normalised on shares`);
}

/**
 * A layer in our words.
 * @param training false leaves out what only training would notice
 * @throws TypeError or RangeError for a class, an option or an activation that has no counterpart
 */
export function readLayer(className: string, options: unknown, training: boolean): ReadLayer {
  const known = readers(training);
  if (!Object.hasOwn(known, className)) {
    throw new RangeError(`no such layer on shares; known are ${Object.keys(known).join(', ')}`);
  }
  const values = new KerasOptions(options, training);
  const read = known[className](values);
  values.end();
  return 'config' in read ? read : { config: read };
}
