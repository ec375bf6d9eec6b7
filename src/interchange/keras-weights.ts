/** TensorFlow.js' weights: a list of what each is, and their bytes one after the other. */
import { checkArray, checkNumber, checkText, kindOf, within } from '../options.js';
import { sizeOf } from '../shape.js';
import { fromHalf } from './half.js';
import { type Entries, entriesOf } from './keras-values.js';

/** Numbers of one weight. */
export interface KerasWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What model.json says of a weight. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

/** Bytes of a number; what has a length of its own is not among them. */
const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/** The type in which a weight lies in the file. */
function storedType({ dtype, quantization }: Entries): string {
  const stored = quantization === undefined ? dtype : entriesOf('quantization', quantization).dtype;
  checkText('dtype', stored);
  if (Object.hasOwn(BYTES, stored)) return stored;
  throw new RangeError(`dtype ${JSON.stringify(stored)} is not read`);
}

/** The numbers of a weight's bytes. Quantized ones are word · scale + min, as TensorFlow.js' io_utils has it. */
function decode(spec: Entries, stored: string, data: ArrayBuffer): Float32Array {
  if (spec.dtype !== 'float32')
    throw new RangeError(`dtype ${JSON.stringify(spec.dtype)}: only float32 is read`);
  if (spec.quantization === undefined) return new Float32Array(data);
  if (stored === 'float16') return fromHalf(new Uint16Array(data));
  if (stored !== 'uint8' && stored !== 'uint16')
    throw new RangeError(`quantized as ${stored}, which is not read`);
  const { scale, min } = entriesOf('quantization', spec.quantization);
  checkNumber('quantization: scale', scale);
  checkNumber('quantization: min', min);
  const words = stored === 'uint8' ? new Uint8Array(data) : new Uint16Array(data);
  return Float32Array.from(words, (word) => word * scale + min);
}

/**
 * The weights of a model; those of an optimizer that was saved with it are left out.
 * @throws TypeError or RangeError, by the weight's name, for a type that is not read, a name that stands twice, and bytes that
 *   are more or fewer than the list says
 */
export function readWeights(specs: unknown, bytes: Uint8Array): KerasWeight[] {
  checkArray('weights', specs);
  let at = 0;
  const names = new Set<string>();
  const weights = specs.flatMap((value, i): KerasWeight[] => {
    const spec = entriesOf(`weight ${i}`, value);
    const { name, shape } = spec;
    checkText(`weight ${i}: name`, name);
    return within(`weight ${JSON.stringify(name)}`, () => {
      if (names.has(name)) throw new RangeError('there are two of this name');
      names.add(name);
      checkArray('shape', shape);
      if (!shape.every((length): length is number => Number.isSafeInteger(length) && Number(length) > 0)) {
        throw new RangeError(`shape ${JSON.stringify(shape)} must hold positive integers`);
      }
      const stored = storedType(spec);
      const end = at + sizeOf(shape) * BYTES[stored];
      if (end > bytes.length)
        throw new RangeError(`its numbers end at byte ${end}, and there are ${bytes.length}`);
      const { buffer } = new Uint8Array(bytes.subarray(at, end));
      at = end;
      return spec.group === 'optimizer' ? [] : [{ name, shape, values: decode(spec, stored, buffer) }];
    });
  });
  if (at < bytes.length)
    throw new RangeError(`${bytes.length - at} bytes behind the last weight belong to none`);
  return weights;
}

/** Bytes as they come: one buffer or several. @throws TypeError for something else */
export function joinedBytes(name: string, parts: unknown): Uint8Array {
  const arrays = (Array.isArray(parts) ? parts : [parts]).map((part: unknown) => {
    if (part instanceof Uint8Array) return part;
    if (part instanceof ArrayBuffer) return new Uint8Array(part);
    throw new TypeError(`${name} must be a Uint8Array or an ArrayBuffer, or several, got ${kindOf(part)}`);
  });
  if (arrays.length === 1) return arrays[0];
  const bytes = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, array) => {
    bytes.set(array, at);
    return at + array.length;
  }, 0);
  return bytes;
}
