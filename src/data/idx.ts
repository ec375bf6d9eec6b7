/**
 * The IDX format of MNIST and its relatives, unsigned bytes only, plain or gzipped.
 *
 * Two zero bytes, the type (8 = unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit
 * integer, then the values, last dimension fastest. (http://yann.lecun.com/exdb/mnist)
 */

import { unzipped } from '#host';
import { checkInteger, checkText, kindOf } from '../options.js';

/** What an IDX file holds. */
export interface IdxArray {
  /** Sizes, outermost first: [rows, height, width] for images, [rows] for labels. */
  readonly shape: number[];
  /** The values, row-major. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 8;
const TYPES: Record<number, string> = { 9: 'int8', 11: 'int16', 12: 'int32', 13: 'float32', 14: 'float64' };

/**
 * Reads an IDX array; gzip is recognised by its first two bytes.
 * @param name what the errors call the file
 * @param dimensions how many dimensions it must have: 3 for images, 1 for labels; any number when left out
 * @throws RangeError for bytes that are not IDX, of another type or shape, too short, too long or damaged.
 */
export async function readIdx(bytes: Uint8Array, name = 'IDX', dimensions?: number): Promise<IdxArray> {
  checkText('readIdx: name', name);
  if (dimensions !== undefined) checkInteger('readIdx: dimensions', dimensions, 1, 255);
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`${name}: expected a Uint8Array, got ${kindOf(bytes)}`);
  const raw = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes, name) : bytes;
  if (raw.length < 4) throw new RangeError(`${name}: too short for an IDX file (${raw.length} bytes)`);
  const [zero, zero2, type, rank] = raw;
  if (zero !== 0 || zero2 !== 0 || rank === 0 || !(type === UNSIGNED_BYTE || type in TYPES)) {
    throw new RangeError(`${name}: not an IDX file (bad magic number)`);
  }
  if (type !== UNSIGNED_BYTE) throw new RangeError(`${name}: expected unsigned bytes, found ${TYPES[type]}`);
  if (dimensions !== undefined && rank !== dimensions) {
    throw new RangeError(`${name}: expected ${dimensions} dimensions, found ${rank}`);
  }
  const header = 4 + 4 * rank;
  if (raw.length < header) throw new RangeError(`${name}: too short for an IDX header (${raw.length} bytes)`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, length) => product * length, 1);
  if (raw.length - header !== size) {
    throw new RangeError(`${name}: ${raw.length - header} values, expected [${shape}] = ${size}`);
  }
  return { shape, data: raw.subarray(header) };
}

/** An array of unsigned bytes as IDX, gzipped. */
export async function writeIdx({ shape, data }: IdxArray): Promise<Uint8Array> {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, UNSIGNED_BYTE);
  header.setUint8(3, shape.length);
  shape.forEach((length, i) => {
    header.setUint32(4 + 4 * i, length);
  });
  const plain = new Blob([header.buffer, data as BlobPart]).stream();
  return new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}

async function gunzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    return await unzipped(bytes);
  } catch {
    throw new RangeError(`${name}: the gzip data is damaged or cut short`);
  }
}
