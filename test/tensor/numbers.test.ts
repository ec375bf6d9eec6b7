/** Public numbers: all that the ring can hold come out right, the others are refused at once. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession, type SecureTensor } from '../../src/index.js';
import { withSession } from '../world/sessions.js';

const BIG = 1e10;

test('ring 64 takes numbers from 2^33 and from 2^53 units on, and the session goes on', async () => {
  await withSession({ ring: 64 }, async (session) => {
    const x = session.share([1e6, -2e6, 3]);
    const holds = async (tensor: SecureTensor, truth: readonly number[]) =>
      assert.equal([...(await tensor.reveal())], truth);
    await holds(x.add(BIG + 0.5), [BIG + 1e6 + 0.5, BIG - 2e6 + 0.5, BIG + 3.5]);
    await holds(x.sub(BIG), [1e6 - BIG, -2e6 - BIG, 3 - BIG]);
    await holds(
      x.add(2 ** 42 - 2 ** 23),
      [1e6, -2e6, 3].map((value) => value + 2 ** 42 - 2 ** 23),
    );
    await holds(session.share([4, -1, 0]).mul(BIG), [4 * BIG, -BIG, 0]);
    await holds(x.mul(20_000).greater(BIG), [1, 0, 0]);
    await holds(x.lessEqual(BIG), [1, 1, 1]);
    await holds(x.maximum(BIG), [BIG, BIG, BIG]);
    await holds(x.minimum(-BIG), [-BIG, -BIG, -BIG]);
    const [half] = await session
      .share([2 ** -14])
      .mul(BIG + 0.5)
      .reveal();
    assert.ok(Math.abs(half - (BIG + 0.5) * 2 ** -14) <= 2 ** -20, String(half));
  });
});

test('what no kernel and no ring can take is refused under the operation’s name, and costs nothing', async () => {
  await withSession({ ring: 64 }, async (session) => {
    const x = session.share([0, 1]);
    await session.ready();
    const before = await session.roles.totals();
    const refused = (work: () => unknown, pattern: RegExp) =>
      assert.throws(work, (error: Error) => error instanceof RangeError && pattern.test(error.message));
    for (const [name, operation] of Object.entries({
      add: () => x.add(2 ** 42),
      sub: () => x.sub(-(2 ** 42)),
      mul: () => x.mul(1e300),
      less: () => x.less(Number.NEGATIVE_INFINITY),
      minimum: () => x.minimum(2 ** 42),
      divide: () => x.divide(1e-300),
      polynomial: () => x.polynomial([1, 1e13]),
    })) {
      refused(operation, new RegExp(`^${name}: .*(below 4398046511104 in magnitude|finite)$`));
    }
    // the bits that equal compares say that 2^28 is 0
    refused(() => x.equal(2 ** 28), /^equal: the number must be below 134217728 in magnitude$/);
    refused(
      () => x.log({ low: 1, high: 2 ** 42 + 1 }),
      /^log: a domain up to .* beyond the 2\^42 of ring 64/,
    );
    assert.equal(await session.roles.totals(), before);
    assert.equal([...(await x.equal(1).reveal())], [0, 1]);
  });
});

test('a domain up to the ring’s last power of four holds there', async () => {
  const session = await createSession({ ring: 64, threads: 0 });
  try {
    const x = session.share([1000, 2e6]).mul(1e3);
    const logs = await x.log({ low: 1, high: 2 ** 42 }).reveal();
    for (const [i, value] of [1e6, 2e9].entries()) {
      assert.ok(Math.abs(logs[i] - Math.log(value)) < 1e-4, String(logs[i]));
    }
  } finally {
    await session.close();
  }
});

test.run();
