/** An owner's numbers as they come to its role. */
import { type Shape, sizeOf } from '../shape.js';
import type { Numbers } from './command.js';

/** The owner's numbers. @throws TypeError or RangeError where they are missing or not as many as the shape says */
export function checkNumbers(owner: string, shape: Shape, numbers: Numbers | undefined): Numbers {
  if (!numbers) throw new TypeError(`share: ${owner} brought no numbers`);
  if (numbers.length === sizeOf(shape)) return numbers;
  throw new RangeError(`share: ${owner} brought ${numbers.length} numbers for the shape [${shape}]`);
}
