/** Numbers in and out: shared by every owner, in every form, opened to those who ask and to nobody else. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NestedNumbers } from '../../src/session/clear-numbers.js';
import { sessionsOfEverySetting } from '../world/sessions.js';
import { plainTfjs } from '../world/tfjs.js';

const { sessions, closeAll } = await sessionsOfEverySetting();
test.after(closeAll);

test('what one party shares another can be shown, and nobody else', async () => {
  for (const session of sessions) {
    const values = [0.5, -3, 1 / 1024, 0, 2.75];
    const x = session.share(values, { owner: 'alice' });
    const before = await session.roles.totals();
    assert.equal([...(await x.reveal({ to: 'bob' }))], values);
    const after = await session.roles.totals();
    for (const party of session.parties) {
      const sent = (after.get(party)?.revealed ?? 0) - (before.get(party)?.revealed ?? 0);
      assert.is(sent, party === 'bob' ? 0 : (5 * session.settings.ring) / 8, party);
    }
    assert.equal([...(await x.reveal())], values);
  }
});

test('more numbers than are sent at a time arrive in their places', async () => {
  const [session] = sessions;
  const [rows, columns] = [300_000, 4];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7) % 1001) / 64);
  for (const owner of ['alice', 'bob', 'owner']) {
    const x = session.share(values, { owner, shape: [rows, columns] });
    const got = await x.reveal();
    assert.is(got.length, values.length);
    assert.is(
      values.findIndex((value, i) => value !== got[i]),
      -1,
      `${owner}: the first wrong place`,
    );
    x.dispose();
  }
});

test('numbers are shared to the nearest unit, from every kind of array, by every owner', async () => {
  for (const session of sessions) {
    const unit = 2 ** -session.settings.fractionBits;
    for (const owner of ['owner', ...session.parties]) {
      const x = session.share(
        [
          [0.1, -0.2],
          [1 / 3, 63.9],
        ],
        { owner },
      );
      assert.equal(x.shape, [2, 2]);
      (await x.reveal()).forEach((value, i) => {
        assert.ok(Math.abs(value - [0.1, -0.2, 1 / 3, 63.9][i]) <= unit / 2, owner);
      });
    }
    for (const values of [Float32Array.of(0.5, -0.25), Float64Array.of(0.5, -0.25), [0.5, -0.25]]) {
      assert.equal([...(await session.share(values).reveal())], [0.5, -0.25]);
    }
    assert.equal([...(await session.share(-2).reveal())], [-2]);
  }
});

const INTEGERS = [Int8Array, Int16Array, Int32Array, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array];

test('typed arrays of every kind are shared as they are, alone and as rows', async () => {
  for (const session of sessions) {
    for (const Kind of [...INTEGERS, Float32Array, Float64Array]) {
      const flat = session.share(Kind.of(3, 0, 60));
      assert.equal(flat.shape, [3], Kind.name);
      assert.equal([...(await flat.reveal())], [3, 0, 60], Kind.name);
      const rows = session.share([Kind.of(1, 2), Kind.of(5, 7)], { owner: 'alice' });
      assert.equal(rows.shape, [2, 2], Kind.name);
      assert.equal([...(await rows.reveal())], [1, 2, 5, 7], Kind.name);
      const brought = await session.shareRows([{ owner: 'bob', values: Kind.of(9, 8) }], [2]);
      assert.equal([...(await brought.reveal())], [9, 8], Kind.name);
    }
    assert.equal([...(await session.share(Int8Array.of(-5, 6)).reveal())], [-5, 6]);
    const kept = [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), Buffer.from([2, 3])];
    for (const part of kept) assert.equal([...(await session.share(part).reveal())], [2, 3]);
  }
  const [, , wide] = sessions;
  assert.is(wide.settings.ring, 64);
  const large = Int32Array.of(2 ** 21 + 1, -(2 ** 21) - 3);
  assert.equal([...(await wide.share(large).reveal())], [...large], 'more than 16 bits');
});

test('nested arrays of any rank become tensors of that shape', async () => {
  const values = Array.from({ length: 24 }, (_, i) => (i - 11) / 4);
  const nested = (shape: readonly number[], start = 0): NestedNumbers => {
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    return Array.from({ length: shape[0] }, (_, i) =>
      shape.length === 1 ? values[start + i] : nested(shape.slice(1), start + i * width),
    );
  };
  for (const session of sessions) {
    for (const shape of [[24], [6, 4], [2, 3, 4], [2, 1, 3, 4], [2, 3, 1, 2, 2]]) {
      const x = session.share(nested(shape), { owner: 'bob' });
      assert.equal(x.shape, shape);
      assert.equal([...(await x.reveal())], values);
    }
    const leaves = [[Float32Array.of(1, 2)], [[3, 4]]];
    const x = session.share(leaves);
    assert.equal(x.shape, [2, 1, 2]);
    assert.equal([...(await x.reveal())], [1, 2, 3, 4]);
  }
});

test('tensors of TensorFlow.js are shared with their shape, those of texts and of complex numbers are refused', async () => {
  const tf = await plainTfjs();
  const [session] = sessions;
  const values = [0.5, -1, 2, 3, 4, 5];
  const tensors: [shape: readonly number[], dtype: string, shared: readonly number[]][] = [
    [[2, 3], 'float32', values],
    [[1, 3, 2], 'int32', [0, -1, 2, 3, 4, 5]],
    [[6], 'bool', [1, 1, 1, 1, 1, 1]],
  ];
  for (const [shape, dtype, shared] of tensors) {
    const given = tf.tensor(values, shape, dtype);
    const x = session.share(given);
    given.dispose();
    assert.equal(x.shape, shape, dtype);
    assert.equal([...(await x.reveal())], shared, dtype);
  }
  const scalar = tf.tensor([7], []);
  assert.equal(session.share(scalar).shape, []);
  const words = tf.tensor(['secret words'] as never, [1], 'string');
  assert.throws(
    () => session.share(words),
    (error: Error) => error instanceof TypeError && /^share: .* got string$/.test(error.message),
  );
  const complex = { shape: [1], dtype: 'complex64', dataSync: () => Float32Array.of(1, 2) };
  assert.throws(
    () => session.share(complex),
    /^share: a tensor of float32, int32, bool is needed, got complex64$/,
  );
  const short = { shape: [3], dtype: 'float32', dataSync: () => Float32Array.of(1, 2) };
  assert.throws(() => session.share(short), /^share: a tensor \[3\] with 2 numbers$/);
  const odd = { shape: [1], dtype: 'float32', dataSync: () => [1] };
  assert.throws(() => session.share(odd), /^share: the tensor's dataSync gave an array, not a typed array$/);
});

test('the rows of several owners become one tensor, in one piece or in several', async () => {
  const values = (rows: number, start: number) =>
    Float32Array.from({ length: rows * 3 }, (_, i) => start + i / 4);
  const parts = [
    { owner: 'alice', values: values(5, 0) },
    { owner: 'bob', values: values(2, -20) },
    { owner: 'owner', values: [1, -1, 0.5] },
  ];
  for (const session of sessions) {
    for (const piece of [2, 7, 15, 23, 1000]) {
      const whole = await session.shareRows(parts, [3], { piece });
      assert.equal(whole.shape, [8, 3]);
      assert.equal(
        [...(await whole.reveal())],
        parts.flatMap((part) => [...part.values]),
      );
      whole.dispose();
    }
    const images = await session.shareRows([{ owner: 'bob', values: values(4, 0) }], [2, 3, 1]);
    assert.equal(images.shape, [2, 2, 3, 1]);
    images.dispose();
  }
});

test('rows that cannot be shared are refused by owner, row and column, before anything is sent', async () => {
  const [session] = sessions;
  const before = await session.roles.totals();
  const refused = async (parts: unknown, kind: typeof RangeError | typeof TypeError, pattern: RegExp) => {
    const columns = ['a', 'b', 'c'];
    const error = await session.shareRows(parts as never, [3], { columns }).catch((cause) => cause);
    assert.instance(error, kind);
    assert.match(error.message, pattern);
  };
  const good = { owner: 'alice', values: [1, 2, 3] };
  const bad = Float32Array.of(1, 2, 3, 4, 5, Number.NaN);
  await refused([good, { owner: 'bob', values: bad }], RangeError, /^shareRows: bob: row 1, column c/);
  await refused([good, { owner: 'bob', values: [1, 2] }], RangeError, /bob: 2 numbers are no whole rows/);
  await refused([good, { owner: 'mallory', values: [1, 2, 3] }], TypeError, /no party named "mallory"/);
  await refused([], RangeError, /no owner/);
  assert.equal(await session.roles.totals(), before);
});

test.run();
