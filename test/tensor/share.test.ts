/** Numbers in and out: shared by every owner, in every form, opened to those who ask and to nobody else. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sessionsOfEverySetting } from '../world/sessions.js';

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
