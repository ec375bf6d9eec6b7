/** How fast a step on shares could be if it were nothing but its matrix products at the kernel's measured rate. */
import { cores } from '#host';
import type { LayerPlan, ModelPlan } from '../../src/model/plan.js';
import { sizeOf } from '../../src/shape.js';
import { measure } from './measure.js';
import { randomWords, type Stage, setUp } from './stage.js';

/**
 * Products a bilinear map takes at all roles together, two parties: Δx·(Δy − δy) − δx·Δy at the first party,
 * −Δx·δy − δx·Δy at the second, δx·δy at the provider.
 */
const PRODUCTS = 5;
/** Products at the role that has most. */
const MOST = 2;

export interface LowerBound {
  /** Multiply-adds of a step in clear. */
  readonly multiplyAdds: number;
  /** Seconds of the products once, on one core. */
  readonly once: number;
  /** Seconds that the products on shares take at least on this machine's cores. */
  readonly seconds: number;
}

/** The bound for a step of a model's dense and convolution layers. */
export async function lowerBound({ layers }: ModelPlan, batchSize: number): Promise<LowerBound> {
  const stage = await setUp();
  try {
    const trained = layers.filter(({ config }) => config.type === 'dense' || config.type === 'conv2d');
    const products = trained.flatMap((layer, l) => {
      const { inputs, units, rows } = sizesOf(layer);
      return layerProducts(stage, batchSize * rows, inputs, units, l > 0);
    });
    const [{ seconds: once }] = measure([
      { name: 'products', run: () => products.forEach(({ run }) => void run()) },
    ]);
    const multiplyAdds = products.reduce((sum, { size }) => sum + size, 0);
    return { multiplyAdds, once, seconds: once * Math.max(MOST, PRODUCTS / cores()) };
  } finally {
    await Promise.all(stage.helpers.map((helper) => helper.stop()));
  }
}

/** A layer as a product of matrices: a convolution has a row for each pixel of its output. */
function sizesOf({ outputShape, weights }: LayerPlan): { inputs: number; units: number; rows: number } {
  const units = outputShape[outputShape.length - 1];
  return { inputs: sizeOf(weights[0].shape) / units, units, rows: sizeOf(outputShape) / units };
}

/** x·W, xᵀ·dz and, but for the first layer, dz·Wᵀ, mod 2³². */
function layerProducts(stage: Stage, batch: number, inputs: number, units: number, wantInput: boolean) {
  const ring = stage.rings[32];
  const [x, w, z] = [batch * inputs, inputs * units, batch * units].map((n) => randomWords(stage, 32, n));
  const size = batch * inputs * units;
  return [
    { size, run: () => ring.matmul(z, x, w, batch, inputs, units, 0) },
    { size, run: () => ring.matmulTN(w, x, z, inputs, batch, units, 0) },
    ...(wantInput ? [{ size, run: () => ring.matmulNT(x, z, w, batch, units, inputs, 0) }] : []),
  ];
}
