/**
 * The safetensors format: named tensors behind a JSON header. (https://huggingface.co/docs/safetensors)
 *
 * Eight bytes, the header's length, little-endian; the header, { name: { dtype, shape, data_offsets } } and words about the
 * file as `__metadata__`; the numbers, little-endian and row-major, without holes.
 */
import { checkArray, checkOptions, checkShape, checkText, kindOf, within } from '../options.js';
import { sizeOf } from '../shape.js';
import { fromBfloat, fromHalf } from './half.js';
import { LENGTH_BYTES, METADATA, readHeader } from './safetensors-header.js';

/** A tensor with its name. */
export interface NamedTensor {
  readonly name: string;
  /** Empty for a single number. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array | Float64Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order in which they lie in the file. */
  readonly tensors: readonly NamedTensor[];
  /** What the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

type Decoder = { readonly bytes: number; decode(data: ArrayBuffer): Float32Array | Float64Array };

const decoder = (bytes: number, decode: Decoder['decode']): Decoder => ({ bytes, decode });

/** Integers that a float64 holds. @throws RangeError for another */
function exact(integers: BigInt64Array | BigUint64Array): Float64Array {
  return Float64Array.from(integers, (integer: bigint) => {
    const number = Number(integer);
    if (Number.isSafeInteger(number)) return number;
    throw new RangeError('an integer of 2^53 or more in magnitude, which a float64 does not hold');
  });
}

const decoders = new Map<string, Decoder>([
  ['F32', decoder(4, (data) => new Float32Array(data))],
  ['F64', decoder(8, (data) => new Float64Array(data))],
  ['F16', decoder(2, (data) => fromHalf(new Uint16Array(data)))],
  ['BF16', decoder(2, (data) => fromBfloat(new Uint16Array(data)))],
  ['I8', decoder(1, (data) => Float64Array.from(new Int8Array(data)))],
  ['U8', decoder(1, (data) => Float64Array.from(new Uint8Array(data)))],
  ['I16', decoder(2, (data) => Float64Array.from(new Int16Array(data)))],
  ['U16', decoder(2, (data) => Float64Array.from(new Uint16Array(data)))],
  ['I32', decoder(4, (data) => Float64Array.from(new Int32Array(data)))],
  ['U32', decoder(4, (data) => Float64Array.from(new Uint32Array(data)))],
  ['I64', decoder(8, (data) => exact(new BigInt64Array(data)))],
  ['U64', decoder(8, (data) => exact(new BigUint64Array(data)))],
]);

const BYTES = new Map([...decoders].map(([dtype, { bytes }]) => [dtype, bytes]));

/**
 * Reads a safetensors file. F32, F16 and BF16 come as Float32Array, F64 and integers as Float64Array, all exactly.
 * @throws RangeError that says what is wrong with a file: a header that is cut short, is no JSON or has a name twice; a
 *   type that is not read, such as BOOL or F8_E4M3; offsets that do not fit the shape, overlap, leave holes or end outside;
 *   integers of 2^53 or more. TypeError for what is no Uint8Array
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`readSafetensors: expected a Uint8Array, got ${kindOf(bytes)}`);
  }
  return within('readSafetensors', () => {
    const { places, metadata, start } = readHeader(bytes, BYTES);
    const tensors = places.map(({ name, dtype, shape, begin, end }): NamedTensor => {
      const { buffer } = new Uint8Array(bytes.subarray(start + begin, start + end)); // a copy, so that words are aligned
      const { decode } = decoders.get(dtype) as Decoder;
      return { name, shape, values: within(`tensor ${JSON.stringify(name)}`, () => decode(buffer)) };
    });
    return { tensors, metadata };
  });
}

/**
 * Writes a safetensors file of float32 numbers, in the given order; its data begin at a multiple of 8 bytes.
 * @param metadata what the file is to say of itself, text by name
 * @throws TypeError or RangeError for tensors that have a name twice or other numbers than their shape says, and for numbers
 *   that are no float32: they would become infinite
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  checkArray('writeSafetensors: tensors', tensors);
  checkOptions('writeSafetensors: metadata', metadata, Object.keys(Object(metadata)));
  for (const [name, text] of Object.entries(metadata)) checkText(`writeSafetensors: metadata ${name}`, text);
  const header = new Map<string, unknown>(Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : []);
  let end = 0;
  const arrays = tensors.map((tensor, i) => {
    const values = checked(tensor, `writeSafetensors: tensor ${i}`);
    if (tensor.name === METADATA)
      throw new RangeError(`writeSafetensors: a tensor may not be called ${METADATA}`);
    if (header.has(tensor.name)) {
      throw new RangeError(`writeSafetensors: two tensors are called ${JSON.stringify(tensor.name)}`);
    }
    const begin = end;
    end += values.byteLength;
    header.set(tensor.name, { dtype: 'F32', shape: tensor.shape, data_offsets: [begin, end] });
    return values;
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = LENGTH_BYTES + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.fill(0x20, LENGTH_BYTES, start); // spaces, as the format has it
  bytes.set(text, LENGTH_BYTES);
  arrays.reduce((at, values) => {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    return at + values.byteLength;
  }, start);
  return bytes;
}

/** The numbers of a tensor as float32. */
function checked(tensor: NamedTensor, where: string): Float32Array {
  checkOptions(where, tensor, ['name', 'shape', 'values']);
  const { name, shape, values } = tensor;
  checkText(`${where}: name`, name);
  checkArray(`${where}: shape`, shape);
  checkShape(
    `${where}: shape`,
    shape.filter((length) => length !== 0),
    0,
  );
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new TypeError(`${where}: values must be a Float32Array or a Float64Array, got ${kindOf(values)}`);
  }
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`${where}: ${values.length} numbers do not fill the shape [${shape}]`);
  }
  if (values instanceof Float32Array) return values;
  const floats = Float32Array.from(values);
  const at = floats.findIndex((value, i) => Math.abs(value) === Infinity && Number.isFinite(values[i]));
  if (at >= 0) throw new RangeError(`${where}: number ${at} is too large for a float32`);
  return floats;
}
