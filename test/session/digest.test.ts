/** Digests: alike for what holds the same, different for all else. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../src/session/digest.js';

const text = async (value: unknown): Promise<string> => Buffer.from(await digestOf(value)).toString('hex');

test('a digest is of 32 bytes and the same for the same contents, in whatever order and memory they are', async () => {
  assert.is((await digestOf({})).length, 32);
  const words = Float32Array.of(9, 1, 2, 9);
  const pairs: [unknown, unknown][] = [
    [
      { name: 'add', in: [1, 2], args: { a: 1, b: 'x' } },
      { args: { b: 'x', a: 1 }, in: [1, 2], name: 'add' },
    ],
    [{ a: 1 }, { a: 1, b: undefined }],
    [Float32Array.of(1, 2), words.subarray(1, 3)],
    [{ deep: [{ to: Int8Array.of(1) }] }, { deep: [{ to: Int8Array.of(1) }] }],
  ];
  for (const [one, other] of pairs) assert.is(await text(one), await text(other));
});

test('whatever differs in a command has another digest', async () => {
  const different: unknown[] = [
    { name: 'add', in: [1, 2], out: 3 },
    { name: 'sub', in: [1, 2], out: 3 },
    { name: 'add', in: [2, 1], out: 3 },
    { name: 'add', in: [1, 2], out: 4 },
    { name: 'add', in: [1], out: 3 },
    { name: 'add', in: [1, 2], out: 3, args: {} },
    { name: 'add', in: [1, 2], out: 3, args: { by: 1 } },
    { name: 'add', in: [1, 2], out: 3, args: { by: -1 } },
    { name: 'add', in: [1, 2], out: 3, args: { by: '1' } },
    { name: 'add', in: [1, 2], out: 3, args: { by: true } },
    { name: 'add', in: [1, 2], out: 3, args: { by: null } },
    { name: 'add', in: [1, 2], out: 3, args: { by: Number.NaN } },
    { name: 'add', in: [1, 2], out: 3, args: { by: Number.POSITIVE_INFINITY } },
    { name: 'add', in: [1, 2], out: 3, args: { by: Number.NEGATIVE_INFINITY } },
    { name: 'add', in: [1, 2], out: 3, args: { by: [1, [2]] } },
    { name: 'add', in: [1, 2], out: 3, args: { by: [[1], 2] } },
    { a: 1 },
    [['a', 1]],
    ['a', 1],
    Float32Array.of(1, 2),
    Float32Array.of(1, 3),
    Float32Array.of(1, 2, 0),
    Float64Array.of(1, 2),
    new Int32Array(Float32Array.of(1, 2).buffer),
    [Float32Array.of(1), Float32Array.of(2)],
    [Float32Array.of(1, 2), Float32Array.of()],
    [Float32Array.of(2), Float32Array.of(1)],
    [Float32Array.of(3), Float32Array.of(1)],
  ];
  const digests = await Promise.all(different.map(text));
  digests.forEach((digest, i) => {
    assert.is(digests.indexOf(digest), i, JSON.stringify(different[i]));
  });
});

test.run();
