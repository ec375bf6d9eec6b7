/** The header of a safetensors file, checked: what is in the file and where, and nothing that is not told of. */
import { kindOf, within } from '../options.js';
import { sizeOf } from '../shape.js';

/** A tensor's place in the data. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, counted from where the data begin. */
  readonly begin: number;
  /** The byte behind the last. */
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order in which they lie. */
  readonly places: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begin in the file. */
  readonly start: number;
}

/** Bytes of the header's length, which comes first. */
export const LENGTH_BYTES = 8;

/** Most bytes of a header, as the format's own library has it. */
const MOST_HEADER = 100_000_000;

/** The name under which a header has words about the file. */
export const METADATA = '__metadata__';

const FIELDS = ['dtype', 'shape', 'data_offsets'];

type Entries = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * @param bytesOf bytes of a number of each type; types that are not there are refused
 * @throws RangeError for a header that breaks a rule of the format, with the rule
 */
export function readHeader(bytes: Uint8Array, bytesOf: ReadonlyMap<string, number>): SafetensorsHeader {
  const { text, start } = textOf(bytes);
  const header = parsed(text);
  refuseTwice(text);
  const { [METADATA]: metadata = {}, ...tensors } = header;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw new RangeError(`${METADATA} must hold text by name, got ${kindOf(metadata)}`);
  }
  const places = Object.entries(tensors).map(([name, entry]) =>
    within(`tensor ${JSON.stringify(name)}`, () => placeOf(name, entry, bytesOf, bytes.length - start)),
  );
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(places, bytes.length - start);
  return { places, metadata: metadata as Record<string, string>, start };
}

/** The header's text. */
function textOf(bytes: Uint8Array): { text: string; start: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new RangeError(
      `too short: ${bytes.length} bytes, and the length of the header takes ${LENGTH_BYTES}`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MOST_HEADER)
    throw new RangeError(`a header of ${length} bytes; at most ${MOST_HEADER} are allowed`);
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length) {
    throw new RangeError(
      `cut short: a header of ${length} bytes, of which ${bytes.length - LENGTH_BYTES} are there`,
    );
  }
  if (bytes[LENGTH_BYTES] !== 0x7b || length === 0n) throw new RangeError('the header does not begin with {');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: text.decode(bytes.subarray(LENGTH_BYTES, start)), start };
  } catch {
    throw new RangeError('the header is no UTF-8');
  }
}

function parsed(text: string): Entries {
  try {
    return JSON.parse(text); // it begins with {, so it is an object
  } catch {
    throw new RangeError('the header is no JSON');
  }
}

/** Throws for a name that an object has twice, of which JSON.parse keeps the last. @param text JSON */
function refuseTwice(text: string): void {
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1));
      const names = open[open.length - 1];
      if (names.has(name)) throw new RangeError(`the header has ${JSON.stringify(name)} twice`);
      names.add(name);
    }
  }
}

function placeOf(
  name: string,
  entry: unknown,
  bytesOf: ReadonlyMap<string, number>,
  length: number,
): TensorPlace {
  if (!isObject(entry)) throw new RangeError(`expected { ${FIELDS.join(', ')} }, got ${kindOf(entry)}`);
  const unknown = Object.keys(entry).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) throw new RangeError(`${JSON.stringify(unknown)} is no field of a tensor`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const width = typeof dtype === 'string' ? bytesOf.get(dtype) : undefined;
  if (typeof dtype !== 'string' || width === undefined) {
    throw new RangeError(
      `dtype ${JSON.stringify(dtype)} is not read; known are ${[...bytesOf.keys()].join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new RangeError('shape must be an array of integers, 0 or more');
  }
  const needed = sizeOf(shape) * width;
  if (!Number.isSafeInteger(needed)) throw new RangeError(`shape [${shape}] has too many numbers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new RangeError('data_offsets must be two integers, 0 or more');
  }
  const [begin, end] = offsets;
  if (begin > end) throw new RangeError(`data_offsets end at ${end}, before they begin at ${begin}`);
  if (end > length) throw new RangeError(`data_offsets end at ${end}, and there are ${length} bytes of data`);
  if (end - begin !== needed) {
    throw new RangeError(
      `data_offsets span ${end - begin} bytes, and [${shape}] of ${dtype} takes ${needed}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Throws unless the tensors fill the data, one behind the other. */
function checkCover(places: readonly TensorPlace[], length: number): void {
  let at = 0;
  let before = 'the beginning';
  for (const { name, begin, end } of places) {
    const what = `tensor ${JSON.stringify(name)}`;
    if (begin < at) throw new RangeError(`${what} overlaps ${before}: it begins at ${begin}, before ${at}`);
    if (begin > at) throw new RangeError(`a hole of ${begin - at} bytes between ${before} and ${what}`);
    [at, before] = [end, what];
  }
  if (at < length) throw new RangeError(`${length - at} bytes behind ${before} belong to no tensor`);
}
