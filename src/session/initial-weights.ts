/** The weights that a model begins with: public numbers, or one owner's secrets. */
import { sizeOf } from '../shape.js';

export interface InitialWeights {
  /** Whose they are; null for public ones. */
  readonly owner: string | null;
  /** An array for each weight of the model's plan; null where the owner is not here. */
  readonly arrays: readonly Float32Array[] | null;
}

/**
 * What may be told of a model's first weights: all of public ones, of others whose they are, or of which run they were kept; null
 * where none were set.
 */
export type PublicBeginning =
  | readonly Float32Array[]
  | { readonly owner: string }
  | { readonly restored: string }
  | null;

export const publicBeginning = (initial: InitialWeights | null): PublicBeginning =>
  initial?.owner ? { owner: initial.owner } : (initial?.arrays ?? null);

/** The arrays one after the other. */
export function joinedWeights(arrays: readonly Float32Array[]): Float32Array {
  const numbers = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, array) => {
    numbers.set(array, at);
    return at + array.length;
  }, 0);
  return numbers;
}

/** Numbers that follow each other as arrays of these shapes. */
export function splitWeights(shapes: readonly (readonly number[])[], numbers: Float64Array): Float32Array[] {
  let end = 0;
  return shapes.map((shape) => {
    const start = end;
    end += sizeOf(shape);
    return new Float32Array(numbers.subarray(start, end));
  });
}
