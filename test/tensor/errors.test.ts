/** Wrong tensors and wrong numbers are refused at once, by name and place, and the session goes on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession } from '../../src/session/session.js';

const session = await createSession({ ring: 32, threads: 0 });
const other = await createSession({ threads: 0, ring: 64 });
test.after(async () => {
  await session.close();
  await other.close();
});

const x = session.share([
  [1, 2, 3],
  [4, 5, 6],
]);
const row = session.share([1, 2, 3]);
const scalar = session.share(1);
const foreign = other.share([1, 2, 3]);

type Kind = typeof TypeError | typeof RangeError;
const refuses = (kind: Kind, pattern: RegExp, work: () => unknown) =>
  assert.throws(work, (error: Error) => {
    assert.instance(error, kind, error.message);
    assert.match(error.message, pattern);
    return true;
  });

/** A number that must not turn up in any message. */
const SECRET = 987.654321;
const tells = (error: unknown): boolean =>
  /987|654321/.test(`${(error as Error).message} ${(error as Error).stack}`);

test('shapes that do not fit are named', () => {
  refuses(RangeError, /^matmul: expected \[2,3\]·\[3,n\], got \[2,3\]·\[2,3\]$/, () => x.matmul(x));
  refuses(RangeError, /^matmul: .*got \[2,3\]·\[3\]$/, () => x.matmul(row));
  refuses(RangeError, /^matmul: expected \[m,k\]·\[k,n\]/, () => row.matmul(x));
  refuses(RangeError, /^add: shapes \[2,3\] and \[2\] do not broadcast$/, () => x.add(session.share([1, 2])));
  refuses(RangeError, /^greater|^sub/, () => x.greater(session.share([1, 2])));
  refuses(RangeError, /^transpose: expected a matrix, got \[3\]$/, () => row.transpose());
  refuses(RangeError, /^sum: \[3\] has no axis 1$/, () => row.sum(1));
  refuses(RangeError, /^sum: \[2,3\] has no axis -3$/, () => x.sum(-3));
  refuses(RangeError, /^mean: \[2,3\] has no axis 0\.5$/, () => x.mean(0.5));
  refuses(RangeError, /^mean: \[\] has no axis 0$/, () => scalar.mean(0));
  refuses(TypeError, /^sum: axis must be a number, got an array$/, () => x.sum([0] as never));
  refuses(RangeError, /^stack: \[3\] is not \[2,3\]$/, () => x.stack(row));
  for (const axis of [3, -4, 0.5]) {
    refuses(RangeError, /^stack: axis must be an integer from -3 to 2 for \[2,3\]$/, () => x.stack(x, axis));
  }
  refuses(TypeError, /^stack: expected a tensor, got an array$/, () => x.stack([x] as never));
  refuses(RangeError, /^concat: \[3\] does not follow \[2,3\]$/, () => x.concat(row));
  refuses(RangeError, /^concat: \[2,3\] has no axis 2$/, () => x.concat(x, 2));
  refuses(RangeError, /^concat: \[2,3\] has no axis -3$/, () => x.concat(x, -3));
  refuses(RangeError, /^concat: \[2,3\] has no axis 0\.5$/, () => x.concat(x, 0.5));
  refuses(RangeError, /^concat: \[1,3\] does not follow \[2,3\] along axis 1$/, () =>
    x.concat(x.slice([0], [1]), 1),
  );
  refuses(RangeError, /^concat: \[2\] does not follow \[2,3\] along axis 1$/, () =>
    x.concat(session.share([1, 2]), 1),
  );
  refuses(RangeError, /^concat: \[\] has no axis 0$/, () => scalar.concat(scalar));
  refuses(TypeError, /^concat: expected a tensor, got a number$/, () => x.concat(1 as never, x));
  for (const shape of [[5], []]) {
    refuses(RangeError, /^reshape: \[2,3\] has 6 elements/, () => x.reshape(shape));
  }
  for (const shape of [[-2, -3], [1.5, 4], [0], [Number.NaN]]) {
    refuses(RangeError, /^reshape: shape: .* must hold positive integers$/, () => x.reshape(shape));
  }
  for (const [begin, size] of [
    [2, 1],
    [-1, 1],
    [0, 3],
    [0.5, 1],
    [0, 0],
    [0, 1.5],
  ]) {
    refuses(RangeError, /^slice: .* is outside \[2,3\]$/, () => x.slice(begin, size));
  }
});

test('operands of another kind or of another session', () => {
  refuses(TypeError, /^add: tensors of different sessions$/, () => row.add(foreign));
  refuses(TypeError, /^matmul: tensors of different sessions$/, () => x.matmul(foreign));
  refuses(TypeError, /^concat: tensors of different sessions$/, () => row.concat(foreign));
  refuses(TypeError, /^stack: tensors of different sessions$/, () => row.stack(foreign));
  for (const wrong of ['1', null, undefined, {}, [1]]) {
    refuses(TypeError, /^mul: expected a tensor/, () => x.mul(wrong as never));
    refuses(TypeError, /^matmul: expected a tensor/, () => x.matmul(wrong as never));
  }
});

test('public numbers that are not finite or do not fit the ring', () => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
    refuses(RangeError, /^add: the number must be finite$/, () => x.add(number));
    refuses(RangeError, /^mul: the number must be finite$/, () => x.mul(number));
    refuses(RangeError, /finite/, () => x.greater(number));
    refuses(RangeError, /finite/, () => x.polynomial([0, number]));
  }
  refuses(RangeError, /^add: the number must be below 262144 in magnitude$/, () => x.add(2 ** 18));
  refuses(RangeError, /^sub: /, () => x.sub(-(2 ** 18)));
  refuses(RangeError, /^mul: /, () => x.mul(1e9));
  refuses(RangeError, /^clip: low must not be above high$/, () => x.clip(1, 0.5));
  refuses(RangeError, /^clip: high must be finite$/, () => x.clip(0, Number.POSITIVE_INFINITY));
  refuses(RangeError, /^clip: low must be below 262144 in magnitude$/, () => x.clip(-(2 ** 18), 0));
  refuses(TypeError, /^clip: high must be a number, got undefined$/, () => x.clip(0, undefined as never));
});

test('polynomials: no coefficients, a bad domain, a degree that the ring has no room for', () => {
  refuses(RangeError, /no coefficients/, () => x.polynomial([]));
  refuses(TypeError, /^polynomial: coefficient 0 must be a number, got a string$/, () =>
    x.polynomial(['1' as never]),
  );
  for (const domain of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    refuses(RangeError, /domain must be positive/, () => x.polynomial([1, 1], { domain }));
  }
  refuses(RangeError, /degree 7 for \|x\| < 4 does not fit ring 32/, () =>
    x.polynomial([0, 0, 0, 0, 0, 0, 0, 0.1]),
  );
});

test('values that cannot be shared: their row and column are named, their value is not', () => {
  const cases: [RegExp, () => unknown][] = [
    [
      /^share: row 1, column ash: magnitude 64 or more, too large for ring 32 with 12 fraction bits$/,
      () =>
        session.share(
          [
            [1, 2],
            [3, SECRET],
          ],
          { columns: ['alcohol', 'ash'] },
        ),
    ],
    [
      /^share: row 1, column 0: magnitude 64 or more/,
      () =>
        session.share([
          [1, 2],
          [-SECRET, 3],
        ]),
    ],
    [/^share: row 0, column 2: not a finite number$/, () => session.share([1, SECRET / 1e3, Number.NaN])],
    [/^share: row 0, column 0: not a finite number$/, () => session.share(Number.NEGATIVE_INFINITY)],
    [
      /^share: row 1, column proline: not a finite number$/,
      () =>
        session.share(Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY), {
          shape: [2, 2],
          columns: ['ash', 'proline'],
        }),
    ],
  ];
  for (const [pattern, work] of cases) {
    refuses(RangeError, pattern, work);
    try {
      work();
    } catch (error) {
      assert.not(tells(error), 'the value is not told');
    }
  }
  assert.is(other.share(SECRET).shape.length, 0, 'ring 64 has room for it');
});

test('data that are not numbers, empty, uneven, or of another size than their shape', () => {
  refuses(TypeError, /^share: expected numbers, got a string$/, () => session.share('987.654321' as never));
  refuses(TypeError, /^share: expected numbers/, () => session.share(undefined as never));
  refuses(TypeError, /^share: entry 1 is not a number$/, () => session.share([1, '987.654321' as never]));
  refuses(TypeError, /^share: row 1: entry 0 is not a number$/, () => session.share([[1], [null as never]]));
  for (const Kind of [BigInt64Array, BigUint64Array]) {
    const pattern = new RegExp(`^share: a ${Kind.name} holds no numbers; convert it`);
    refuses(TypeError, pattern, () => session.share(Kind.of(987n) as never));
    const inRow = new RegExp(`^share: row 0: a ${Kind.name} holds no numbers`);
    refuses(TypeError, inRow, () => session.share([Kind.of(987n)] as never));
  }
  refuses(TypeError, /^share: expected numbers, got a DataView$/, () =>
    session.share(new DataView(new ArrayBuffer(8)) as never),
  );
  const deep = (entry: unknown) => session.share([[[1, 2]], [entry]] as never);
  refuses(RangeError, /^share: entry \[1,0\] has 3 numbers, entry \[0,0\] has 2$/, () => deep([1, 2, 3]));
  refuses(TypeError, /^share: entry \[1,0\]: entry 1 is not a number$/, () => deep([1, '987']));
  refuses(TypeError, /^share: entry \[1,0\] is a number, not an array of numbers$/, () => deep(987));
  refuses(TypeError, /^share: row 1 is missing, not an array of numbers$/, () =>
    session.share([[1], undefined] as never),
  );
  refuses(RangeError, /^share: row 1 has 2 entries, row 0 has 1$/, () => session.share([[[1]], [[1], [2]]]));
  const endless: unknown[] = [];
  endless.push(endless);
  refuses(RangeError, /^share: arrays are nested more than 32 deep$/, () => session.share(endless as never));
  refuses(RangeError, /^share: no data$/, () => session.share([]));
  refuses(RangeError, /^share: no data$/, () => session.share([[], []]));
  refuses(RangeError, /^share: row 1 has 1 numbers, row 0 has 2$/, () => session.share([[1, 2], [3]]));
  refuses(RangeError, /^share: 3 numbers do not fill the shape \[2,2\]$/, () =>
    session.share([1, 2, 3], { shape: [2, 2] }),
  );
  refuses(RangeError, /positive integers/, () => session.share([1, 2], { shape: [-1, -2] }));
  try {
    session.share([1, '987.654321' as never]);
  } catch (error) {
    assert.not(tells(error));
  }
});

test('roles that do not exist', async () => {
  refuses(TypeError, /^share: no party named "mallory" \(parties: alice, bob; or "owner"\)$/, () =>
    session.share([1], { owner: 'mallory' }),
  );
  refuses(TypeError, /no party named "provider"/, () => session.share([1], { owner: 'provider' }));
  for (const to of ['mallory', 'provider', '']) {
    try {
      await x.reveal({ to });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TypeError);
      assert.match((error as Error).message, /^reveal: to: no role named/);
    }
  }
});

test('after all these errors the session works', async () => {
  assert.not.ok(session.roles.ended);
  assert.equal([...(await x.sum(0).reveal())], [5, 7, 9]);
});

test.run();
