/** safetensors: what is written is read again, every type is decoded exactly, every broken file is refused by its fault. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NamedTensor, readSafetensors, writeSafetensors } from '../../src/interchange/safetensors.js';
import { Random } from '../world/ring.js';

/** A file with this header, as text or an object, and these data. */
function file(header: unknown, data: ArrayBufferView | number = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const body =
    typeof data === 'number'
      ? new Uint8Array(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, ...offsets: unknown[]) => ({
  dtype,
  shape,
  data_offsets: offsets,
});

function messageOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    assert.instance(error, RangeError, String(error));
    return (error as Error).message;
  }
  return 'read';
}

test('what is written is read again, in its order, with names, shapes and words about it', () => {
  const tensors: NamedTensor[] = [
    { name: 'b', shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, -0, 1e-40) },
    { name: 'a "b" \\ ü', shape: [], values: Float64Array.of(0.1) },
    { name: '__proto__', shape: [0, 4], values: new Float32Array(0) },
    { name: 'c', shape: [1], values: Float32Array.of(Number.NaN) },
  ];
  const bytes = writeSafetensors(tensors, { made: 'here', __proto: 'x' });
  assert.is(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
  const read = readSafetensors(bytes);
  assert.equal(read.metadata, { made: 'here', __proto: 'x' });
  assert.equal(
    read.tensors.map(({ name, shape }) => [name, shape]),
    tensors.map(({ name, shape }) => [name, shape]),
  );
  for (const [i, { values }] of read.tensors.entries()) {
    assert.equal([...values], [...Float32Array.from(tensors[i].values)]);
  }
  assert.equal(readSafetensors(writeSafetensors([])), { tensors: [], metadata: {} });
});

test('a file is read wherever it lies in a buffer', () => {
  const bytes = writeSafetensors([{ name: 'x', shape: [2], values: Float32Array.of(3, 4) }]);
  const shifted = Buffer.alloc(bytes.length + 7).subarray(3, 3 + bytes.length);
  shifted.set(bytes);
  assert.equal([...readSafetensors(shifted).tensors[0].values], [3, 4]);
});

const types: [string, ArrayBufferView, number[]][] = [
  ['F32', Float32Array.of(0.5, -3), [0.5, -3]],
  ['F64', Float64Array.of(0.1, 1e300), [0.1, 1e300]],
  [
    'F16',
    Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x8000, 0x7c00, 0x3555),
    [1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, -0, Infinity, 0.333251953125],
  ],
  ['BF16', Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x0001, 0xff80), [1, -2, 3.140625, 2 ** -133, -Infinity]],
  ['I8', Int8Array.of(-128, 127), [-128, 127]],
  ['U8', Uint8Array.of(255, 0), [255, 0]],
  ['I16', Int16Array.of(-32768, 5), [-32768, 5]],
  ['U16', Uint16Array.of(65535, 5), [65535, 5]],
  ['I32', Int32Array.of(-(2 ** 31), 5), [-(2 ** 31), 5]],
  ['U32', Uint32Array.of(2 ** 32 - 1, 5), [2 ** 32 - 1, 5]],
  ['I64', BigInt64Array.of(-(2n ** 53n) + 1n, 5n), [-(2 ** 53) + 1, 5]],
  ['U64', BigUint64Array.of(2n ** 53n - 1n, 5n), [2 ** 53 - 1, 5]],
];

for (const [dtype, data, numbers] of types) {
  test(`${dtype} is read exactly, aligned or not`, () => {
    for (const pad of ['', ' ', '   ']) {
      const header = JSON.stringify({ x: entry(dtype, [numbers.length], 0, data.byteLength) });
      const [{ values }] = readSafetensors(file(header + pad, data)).tensors;
      assert.equal([...values], numbers);
    }
  });
}

test('every 16-bit word is decoded as its definition says', () => {
  const words = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const data = (dtype: string) =>
    readSafetensors(file({ x: entry(dtype, [2 ** 16], 0, 2 ** 17) }, words)).tensors[0];
  const half = data('F16').values;
  const bfloat = data('BF16').values;
  const view = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < 2 ** 16; i++) {
    const [sign, exponent, fraction] = [i >> 15 ? -1 : 1, (i >> 10) & 31, i & 1023];
    const magnitude =
      exponent === 31
        ? fraction
          ? Number.NaN
          : Infinity
        : exponent
          ? (1 + fraction / 1024) * 2 ** (exponent - 15)
          : (fraction / 1024) * 2 ** -14;
    assert.ok(Object.is(half[i], sign * magnitude) || Number.isNaN(magnitude), `binary16 ${i}`);
    view.setUint32(0, i << 16);
    assert.ok(Object.is(bfloat[i], view.getFloat32(0)), `bfloat16 ${i}`);
  }
});

const good = entry('F32', [2], 0, 8);
const refused: [string, Uint8Array, RegExp][] = [
  ['nothing', new Uint8Array(0), /too short: 0 bytes, and the length of the header takes 8/],
  ['a part of the length', new Uint8Array(7), /too short: 7 bytes/],
  ['a huge header', file({}).fill(255, 0, 8), /a header of 18446744073709551615 bytes; at most 100000000/],
  [
    'a header cut short',
    file({ x: good }, 8).subarray(0, 20),
    /cut short: a header of \d+ bytes, of which 12 are there/,
  ],
  ['an empty header', file(''), /the header does not begin with \{/],
  ['a list', file('[]'), /the header does not begin with \{/],
  ['a space first', file(' {}'), /the header does not begin with \{/],
  ['broken JSON', file('{"x":'), /the header is no JSON/],
  ['two objects', file('{}{}'), /the header is no JSON/],
  ['no UTF-8', file('{"x~":1}').map((byte) => (byte === 0x7e ? 0xff : byte)), /the header is no UTF-8/],
  [
    'a name twice',
    file(`{"x":${JSON.stringify(good)},"\\u0078":${JSON.stringify(good)}}`, 8),
    /the header has "x" twice/,
  ],
  [
    'a field twice',
    file('{"x":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
    /has "dtype" twice/,
  ],
  ['words that are no text', file({ __metadata__: { a: 1 } }), /__metadata__ must hold text by name/],
  ['words in a list', file({ __metadata__: ['a'] }), /__metadata__ must hold text by name, got an array/],
  ['no entry', file({ x: 7 }), /tensor "x": expected \{ dtype, shape, data_offsets \}, got a number/],
  ['an unknown field', file({ x: { ...good, extra: 1 } }, 8), /tensor "x": "extra" is no field/],
  ['no type', file({ x: { shape: [2], data_offsets: [0, 8] } }, 8), /dtype undefined is not read/],
  [
    'another type',
    file({ x: entry('BOOL', [8], 0, 8) }, 8),
    /dtype "BOOL" is not read; known are F32, F64, F16/,
  ],
  ['another float', file({ x: entry('F8_E4M3', [8], 0, 8) }, 8), /dtype "F8_E4M3" is not read/],
  ['no shape', file({ x: entry('F32', 2, 0, 8) }, 8), /tensor "x": shape must be an array of integers/],
  ['a negative length', file({ x: entry('F32', [-2], 0, 8) }, 8), /shape must be an array of integers/],
  ['half a length', file({ x: entry('F32', [0.5], 0, 2) }, 2), /shape must be an array of integers/],
  ['too many numbers', file({ x: entry('F32', [2 ** 40, 2 ** 40], 0, 8) }, 8), /has too many numbers/],
  ['one offset', file({ x: entry('F32', [2], 0) }, 8), /data_offsets must be two integers/],
  ['negative offsets', file({ x: entry('F32', [2], -8, 0) }, 8), /data_offsets must be two integers/],
  [
    'offsets backwards',
    file({ x: entry('F32', [2], 8, 0) }, 8),
    /data_offsets end at 0, before they begin at 8/,
  ],
  [
    'an end outside',
    file({ x: entry('F32', [3], 0, 12) }, 8),
    /data_offsets end at 12, and there are 8 bytes of data/,
  ],
  [
    'another size',
    file({ x: entry('F32', [3], 0, 8) }, 8),
    /data_offsets span 8 bytes, and \[3\] of F32 takes 12/,
  ],
  [
    'an overlap',
    file({ x: good, y: entry('F32', [2], 4, 12) }, 12),
    /tensor "y" overlaps tensor "x": it begins at 4, before 8/,
  ],
  [
    'a hole',
    file({ x: good, y: entry('F32', [1], 12, 16) }, 16),
    /a hole of 4 bytes between tensor "x" and tensor "y"/,
  ],
  [
    'a hole at the beginning',
    file({ x: entry('F32', [2], 4, 12) }, 12),
    /a hole of 4 bytes between the beginning and/,
  ],
  ['bytes behind', file({ x: good }, 9), /1 bytes behind tensor "x" belong to no tensor/],
  ['bytes without a tensor', file({}, 1), /1 bytes behind the beginning belong to no tensor/],
  [
    'a large integer',
    file({ x: entry('I64', [1], 0, 8) }, BigInt64Array.of(2n ** 53n)),
    /tensor "x": an integer of 2\^53 or more/,
  ],
];

for (const [what, bytes, expected] of refused) {
  test(`refused by its own error: ${what}`, () => {
    assert.match(messageOf(bytes), expected);
    assert.match(messageOf(bytes), /^readSafetensors: /);
  });
}

test('3,000 mutations are read or refused, and never end otherwise', () => {
  const random = new Random(11);
  const base = writeSafetensors(
    [
      { name: 'kernel', shape: [3, 2], values: new Float32Array(6).fill(1) },
      { name: 'bias', shape: [2], values: new Float32Array(2) },
    ],
    { made: 'here' },
  );
  let refusals = 0;
  for (let i = 0; i < 3000; i++) {
    let bytes: Uint8Array = base.slice();
    for (let change = random.below(3); change >= 0; change--) {
      const at = random.below(i % 2 === 0 ? 130 : bytes.length);
      const kind = random.below(4);
      if (kind === 0) bytes[at] ^= 1 << random.below(8);
      else if (kind === 1) bytes[at] = random.below(256);
      else if (kind === 2) bytes = bytes.slice(0, at);
      else
        bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - random.below(9))));
      if (bytes.length === 0) break;
    }
    if (messageOf(bytes) !== 'read') refusals++;
  }
  assert.ok(refusals > 2000 && refusals < 3000, `${refusals} refused`);
});

test('what cannot be written is refused by name', () => {
  const values = Float32Array.of(1, 2);
  const cases: [unknown, unknown, RegExp][] = [
    ['x', {}, /tensors must be an array, got a string/],
    [
      [{ name: 'x', shape: [2] }],
      {},
      /tensor 0: values must be a Float32Array or a Float64Array, got undefined/,
    ],
    [[{ name: 'x', shape: [3], values }], {}, /tensor 0: 2 numbers do not fill the shape \[3\]/],
    [[{ name: 'x', shape: [-2], values }], {}, /tensor 0: shape: \[-2\] must hold positive integers/],
    [[{ name: 3, shape: [2], values }], {}, /tensor 0: name must be a string/],
    [[{ name: 'x', shape: [2], values, more: 1 }], {}, /tensor 0: unknown option "more"/],
    [[{ name: '__metadata__', shape: [2], values }], {}, /may not be called __metadata__/],
    [Array(2).fill({ name: 'x', shape: [2], values }), {}, /two tensors are called "x"/],
    [[{ name: 'x', shape: [1], values: Float64Array.of(1e39) }], {}, /number 0 is too large for a float32/],
    [[], { made: 1 }, /metadata made must be a string/],
  ];
  for (const [tensors, metadata, expected] of cases) {
    assert.throws(() => writeSafetensors(tensors as never, metadata as never), expected);
  }
  assert.throws(() => readSafetensors('x' as never), /expected a Uint8Array, got a string/);
});

test.run();
