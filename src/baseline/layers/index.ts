/** Every kind of layer in clear, by the `type` of its description. */
import type { LayerConfig } from '../../model/config.js';
import type { LayerPlan } from '../../model/plan.js';
import { plainBatchNormalization } from './batch-normalization.js';
import { plainConv2d } from './conv2d.js';
import { plainDense } from './dense.js';
import { plainActivationLayer, plainDropout, plainFlatten } from './elementwise.js';
import type { PlainLayer, PlainLayerFactory } from './layer.js';
import { plainAveragePooling2d, plainGlobalAveragePooling2d, plainMaxPooling2d } from './pooling.js';

const factories: { [Type in LayerConfig['type']]: PlainLayerFactory<Extract<LayerConfig, { type: Type }>> } =
  {
    dense: plainDense,
    conv2d: plainConv2d,
    averagePooling2d: plainAveragePooling2d,
    maxPooling2d: plainMaxPooling2d,
    globalAveragePooling2d: plainGlobalAveragePooling2d,
    flatten: plainFlatten,
    activation: plainActivationLayer,
    dropout: plainDropout,
    batchNormalization: plainBatchNormalization,
  };

/** The layer in clear of a plan, for up to `maxRows` rows, on the weight arrays given. */
export function plainLayer(plan: LayerPlan, weights: Float32Array[], maxRows: number): PlainLayer {
  const factory = factories[plan.config.type] as PlainLayerFactory<LayerConfig>;
  return factory(plan.config, plan, weights, maxRows);
}
