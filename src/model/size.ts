/**
 * How large a model may be. A role keeps its values in wasm memory, which has 4 GiB: 2^30 words of ring 32, half as many
 * of ring 64.
 *
 * What training holds of a parameter is at least four words: its masked value, its share of the mask, its gradient, and
 * the new masked value. A number that a layer takes or hands on is held as two words, and as two more in its gradient.
 * So a model of more than 2^28 parameters, or with more than 2^28 numbers in one row, fits no ring. What a step of a given
 * batch needs in a given ring is found by a dry run (summary.ts).
 */
import { sizeOf } from '../shape.js';

/** What counts of a layer. */
interface Sized {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly { readonly shape: readonly number[] }[];
}

/** Bytes of a role's wasm memory. */
export const WASM_MEMORY = 2 ** 32;

const WORD = 4;
const WORDS_OF_A_NUMBER = 4;

/** Most parameters of a model, and most numbers in a row of a layer's input or output. */
export const MOST_NUMBERS = WASM_MEMORY / (WORD * WORDS_OF_A_NUMBER);

/** '6.4 GB'. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Parameters of a layer. */
export const parametersOf = ({ weights }: Pick<Sized, 'weights'>): number =>
  weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/**
 * @param before parameters of the layers before it
 * @throws RangeError when the layer holds more numbers than a role's memory
 */
export function checkSize(plan: Sized, before: number): void {
  const parameters = before + parametersOf(plan);
  if (parameters > MOST_NUMBERS)
    tooLarge(`${parameters.toLocaleString('en-US')} parameters up to here`, parameters);
  for (const [name, shape] of Object.entries({ inputs: plan.inputShape, outputs: plan.outputShape })) {
    const size = sizeOf(shape);
    if (size > MOST_NUMBERS) tooLarge(`[${shape}] ${name} in a row`, size);
  }
}

/** The layer that holds most numbers at a batch of `rows`. */
export function largestLayer<Layer extends Sized>(layers: readonly Layer[], rows: number): Layer {
  const numbers = (plan: Sized): number =>
    parametersOf(plan) + rows * (sizeOf(plan.inputShape) + sizeOf(plan.outputShape));
  return layers.reduce((largest, plan) => (numbers(plan) > numbers(largest) ? plan : largest));
}

function tooLarge(what: string, numbers: number): never {
  const needed = gigabytes(numbers * WORD * WORDS_OF_A_NUMBER);
  throw new RangeError(
    `${what}, at most ${MOST_NUMBERS.toLocaleString('en-US')} are possible: ` +
      `training them takes at least ${needed} of the 4 GiB of wasm memory that a role has (ring 32; twice that in ring 64)`,
  );
}
