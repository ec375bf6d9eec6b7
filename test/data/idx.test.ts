import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readIdx } from '../../src/data/idx.js';

const idx = (shape: number[], values: ArrayLike<number>, type = 8) => {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, type, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
};
const images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);

async function refused(bytes: Uint8Array, expected: string, dimensions?: number) {
  const error = await readIdx(bytes, 'digits', dimensions).catch((error: unknown) => error);
  assert.instance(error, RangeError);
  assert.match((error as Error).message, `digits: ${expected}`);
}

test('images and labels are read, plain or gzipped, wherever they lie in a buffer', async () => {
  const gzipped = gzipSync(images);
  const shifted = new Uint8Array(images.length + 5).subarray(3, 3 + images.length);
  shifted.set(images);
  for (const bytes of [images, gzipped, shifted]) {
    const { shape, data } = await readIdx(bytes, 'digits', 3);
    assert.equal(shape, [2, 2, 3]);
    assert.equal([...data], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
  }
  assert.equal([...(await readIdx(idx([3], [9, 0, 7]), 'labels', 1)).data], [9, 0, 7]);
});

test('gzip files are read whatever length they seem to say: of several members, and of many pieces', async () => {
  const twice = Buffer.concat([gzipSync(images.subarray(0, 20)), gzipSync(images.subarray(20))]);
  assert.equal([...(await readIdx(twice, 'digits', 3)).data], [...images.subarray(16)]);
  const many = Uint8Array.from({ length: 2 ** 20 }, (_, i) => i % 251);
  const whole = idx([2 ** 20], many);
  const pieces = [whole.subarray(0, 2 ** 20), whole.subarray(2 ** 20)].map((part) => gzipSync(part));
  assert.equal((await readIdx(Buffer.concat(pieces), 'many', 1)).data.slice(), many);
});

test('what is not IDX is refused', async () => {
  await refused(new Uint8Array([0, 0]), 'too short for an IDX file');
  await refused(new Uint8Array([0, 1, 8, 1, 0, 0, 0, 0]), 'not an IDX file');
  await refused(new Uint8Array([0, 0, 7, 1, 0, 0, 0, 0]), 'not an IDX file');
  await refused(idx([], []), 'not an IDX file');
  await refused(idx([2], [0, 0], 13), 'expected unsigned bytes, found float32');
  await refused(images, 'expected 1 dimensions, found 3', 1);
});

test('files that are cut short, too long or damaged are refused', async () => {
  await refused(images.subarray(0, 10), 'too short for an IDX header');
  await refused(images.subarray(0, images.length - 1), '11 values, expected [2,2,3] = 12');
  await refused(new Uint8Array([...images, 0]), '13 values, expected');
  await refused(idx([0xffffffff, 0xffffffff], [1]), '1 values, expected');
  const gzipped = new Uint8Array(gzipSync(images));
  await refused(gzipped.subarray(0, gzipped.length - 9), 'the gzip data is damaged');
  gzipped[gzipped.length - 6] ^= 1;
  await refused(gzipped, 'the gzip data is damaged');
});

test.run();
