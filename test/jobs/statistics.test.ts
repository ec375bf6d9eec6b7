/** Statistics of rows that nobody shows: right, and nothing opened but sums. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnStatistics } from '../../src/data/scale.js';
import { pool } from '../../src/jobs/clear.js';
import { jointStatistics } from '../../src/jobs/statistics.js';
import { wineJob } from '../../src/jobs/wine.js';
import type { LedgerTotals } from '../../src/party/ledger.js';
import type { SessionOptions } from '../../src/session/options.js';
import type { Session } from '../../src/session/session.js';
import type { TestOptions } from '../../src/session/test-options.js';
import * as sessions from '../world/sessions.js';

const withSession = <T>(
  parties: readonly string[],
  work: (session: Session) => Promise<T>,
  { leastRows }: Pick<SessionOptions, 'leastRows'> = {},
  testing: TestOptions = {},
) => sessions.withSession({ parties, ...(leastRows && { leastRows }) }, work, testing);

/** For tests of the numbers, which few rows show best. */
const FEW: TestOptions = { leastRows: 1 };

for (const parties of [2, 3]) {
  test(`statistics of Wine over ${parties} owners are those of all rows in one place, within the stated error`, async () => {
    const { parts } = await wineJob({ parties, fold: 2 });
    const { x, rows, features } = pool(parts, 'train');
    const clear = columnStatistics(Float64Array.from(x), features);
    await withSession(
      parts.map(({ owner }) => owner),
      async (session) => {
        const own = Object.fromEntries(parts.map(({ owner, train }) => [owner, train.x]));
        const { mean, deviation } = await jointStatistics(session, own, features);
        const bound = (parties * 2 ** -61) / rows + 1e-12;
        for (let column = 0; column < features; column++) {
          const scale = clear.mean[column] ** 2 * 1e-14;
          assert.ok(Math.abs(mean[column] - clear.mean[column]) <= bound + scale, `mean ${column}`);
          const error = Math.abs(deviation[column] ** 2 - clear.deviation[column] ** 2);
          assert.ok(error <= bound + scale + clear.deviation[column] ** 2 * 1e-12, `variance ${column}`);
        }
      },
    );
  });
}

test('what is opened are two lists of sums in two rounds; the provider and the model owner get nothing', async () => {
  await withSession(['alice', 'bob', 'carol'], async (session) => {
    const rows = (start: number) => Float64Array.from({ length: 40 }, (_, i) => start + i);
    await jointStatistics(session, { alice: rows(0), bob: rows(7), carol: rows(-3) }, 4);
    const totals = await session.roles.totals();
    for (const party of session.parties) {
      const { rounds, online, input, revealed, openings } = totals.get(party) as LedgerTotals;
      assert.equal(openings, { aggregate: 2 * 4 * 16 });
      assert.equal([rounds, online, input, revealed], [2, 2 * 4 * 16 * 2, 0, 0]);
    }
    const provider = totals.get('provider') as LedgerTotals;
    assert.equal([provider.online, provider.dealt, provider.openings], [0, 0, {}]);
  });
});

test('a constant column has deviation 0, negative numbers count, a party may have no rows', async () => {
  const work = async (session: Session) => {
    const { mean, deviation } = await jointStatistics(
      session,
      { alice: Float64Array.of(0.1, -8), carol: Float64Array.of(0.1, -2, 0.1, 4) },
      2,
    );
    assert.ok(Math.abs(mean[0] - 0.1) < 2 ** -24);
    assert.is(mean[1], -2);
    assert.is(deviation[0], 0);
    assert.ok(Math.abs(deviation[1] - Math.sqrt(24)) < 2 ** -24);
  };
  await withSession(['alice', 'bob', 'carol'], work, {}, FEW);
});

test('an owner with few rows is refused before anything is opened; one without rows adds nothing', async () => {
  const rows = (count: number) => Float64Array.from({ length: 2 * count }, (_, i) => i % 7);
  for (const [leastRows, least] of [
    [undefined, 10],
    [25, 25],
  ] as const) {
    const work = async (session: Session) => {
      const before = await session.roles.totals();
      for (const few of [1, 2, least - 1]) {
        const error = await jointStatistics(session, { alice: rows(30), bob: rows(few) }, 2).then(
          () => new Error('it did not fail'),
          (cause: Error) => cause,
        );
        assert.instance(error, RangeError);
        assert.match(error.message, new RegExp(`^jointStatistics: bob's means .* over ${few} rows? would`));
        assert.match(error.message, new RegExp(`over ${least} rows or more \\(option leastRows\\)$`));
      }
      assert.equal(await session.roles.totals(), before, 'nothing has crossed');
      await jointStatistics(session, { alice: rows(30), bob: rows(least) }, 2);
      await jointStatistics(session, { alice: rows(30), bob: rows(0) }, 2);
    };
    await withSession(['alice', 'bob'], work, leastRows ? { leastRows } : {});
  }
});

test('columns of every unit are scaled, and constant ones left as they are', async () => {
  const wave = (center: number, spread: number) =>
    Float64Array.from({ length: 300 }, (_, i) => center + spread * Math.sin(i));
  const columns = {
    tiny: wave(0, 1e-7),
    small: wave(2e-5, 1e-5),
    salaries: wave(60_000, 25_000),
    prices: wave(4e5, 2e5),
    times: wave(1.7e9, 60),
    zero: wave(0, 0),
    tenth: wave(0.1, 0),
    large: wave(1e9 + 0.3, 0),
  };
  const names = Object.keys(columns);
  const lists = Object.values(columns);
  const rows = Float64Array.from(
    { length: 300 * lists.length },
    (_, i) => lists[i % lists.length][Math.floor(i / lists.length)],
  );
  const half = 150 * lists.length;
  const work = (session: Session) =>
    jointStatistics(session, { alice: rows.slice(0, half), bob: rows.slice(half) }, lists.length, names);
  const joint = await withSession(['alice', 'bob'], work);
  const clear = columnStatistics(rows, lists.length);
  for (const [c, name] of names.entries()) {
    assert.ok(Math.abs(joint.mean[c] - clear.mean[c]) <= 1e-14 * Math.abs(clear.mean[c]) + 1e-18, name);
    assert.ok(Math.abs(joint.deviation[c] - clear.deviation[c]) <= 1e-6 * clear.deviation[c], name);
    assert.is(clear.deviation[c] === 0, ['zero', 'tenth', 'large'].includes(name), name);
  }
  const error = await withSession(['alice', 'bob'], (session) =>
    jointStatistics(session, { alice: new Float64Array(20).fill(1e30) }, 1, ['salary']).catch(
      (cause: Error) => cause,
    ),
  );
  assert.match(String(error), /alice's column salary is too large/);
});

test('a column that varies by less than sums hold is refused at its owner; one that is constant is not', async () => {
  const rows = (value: (row: number) => number) => Float64Array.from({ length: 40 }, (_, row) => value(row));
  const tiny = rows((row) => row * 1e-13);
  assert.ok(columnStatistics(tiny, 1).deviation[0] > 1e-12);
  await withSession(['alice', 'bob'], async (session) => {
    const deviationOf = async (alice: Float64Array, bob: Float64Array) => {
      const { deviation } = await jointStatistics(session, { alice, bob }, 1, ['dose']);
      return deviation[0];
    };
    for (const few of [tiny, rows((row) => (row % 2) * 1e-9)]) {
      const error = await deviationOf(
        rows(() => 0),
        few,
      ).catch(String);
      assert.is(
        error,
        "RangeError: jointStatistics: bob's column dose varies too little to be summed: use a smaller unit",
      );
    }
    for (const constant of [0, 1e-13, 0.1, 1e9 + 0.3]) {
      const same = rows(() => constant);
      assert.is(await deviationOf(same, same), 0, String(constant));
    }
    // what others have makes up for it
    assert.ok(
      (await deviationOf(
        tiny,
        rows((row) => row),
      )) > 1,
    );
    const wide = rows((row) => row * 1e-8);
    const both = Float64Array.of(...wide, ...wide);
    assert.ok(Math.abs((await deviationOf(wide, wide)) / columnStatistics(both, 1).deviation[0] - 1) < 1e-3);
  });
});

/** Rows of three columns, of which cells of the last two are missing. */
const holed = (rows: number, from: number, every: number): Float64Array =>
  Float64Array.from({ length: 3 * rows }, (_, i) => {
    const [row, column] = [Math.floor(i / 3) + from, i % 3];
    if (column > 0 && row % (every + column) === 0) return Number.NaN;
    return [100 + row, Math.sin(row), 5e5 + 3e4 * Math.cos(row)][column];
  });

for (const ring of [32, 64] as const) {
  test(`where cells are missing means are those of the others, in ring ${ring}; how many there are is opened once`, async () => {
    const parts = { alice: holed(40, 0, 3), bob: holed(60, 40, 6), carol: holed(30, 100, 4) };
    const all = Object.values(parts).flatMap((part) => [...part]);
    const whole = [0, 1, 2].map((column) => all.filter((_, i) => i % 3 === column));
    await sessions.withSession({ parties: Object.keys(parts), ring }, async (session) => {
      const { mean, deviation } = await jointStatistics(session, parts, 3, ['a', 'b', 'c'], [1, 2]);
      whole.forEach((cells, column) => {
        const there = cells.filter((cell) => !Number.isNaN(cell));
        assert.is(there.length < cells.length, column > 0);
        const wanted = there.reduce((sum, cell) => sum + cell, 0) / there.length;
        const squares = there.reduce((sum, cell) => sum + (cell - wanted) ** 2, 0);
        assert.ok(Math.abs(mean[column] - wanted) < 1e-8, `mean ${column}`);
        // a missing cell has the mean, so it adds nothing
        const spread = Math.sqrt(squares / cells.length);
        assert.ok(Math.abs(deviation[column] / spread - 1) < 1e-9, `deviation ${column}`);
      });
      const clear = columnStatistics(Float64Array.from(all), 3, [1, 2]);
      for (const key of ['mean', 'deviation'] as const) {
        const joint = { mean, deviation }[key];
        clear[key].forEach((number, column) => {
          assert.ok(Math.abs(number / joint[column] - 1) < 1e-9, `${key} ${column}`);
        });
      }
      const totals = await session.roles.totals();
      const { openings } = totals.get('alice') as LedgerTotals;
      assert.equal(openings, { aggregate: (2 * 3 + 2) * 16 });
      assert.equal((totals.get('provider') as LedgerTotals).openings, {});
    });
  });
}

test('few cells that are not missing are refused as few rows are, by owner and column; an owner may have none', async () => {
  const rows = (there: number): Float64Array =>
    Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 || i < 2 * there ? 12345 + i : Number.NaN));
  await withSession(['alice', 'bob'], async (session) => {
    const statistics = (alices: number, bobs: number, missing: readonly number[] = [1]) =>
      jointStatistics(session, { alice: rows(alices), bob: rows(bobs) }, 2, ['age', 'weight'], missing);
    const before = await session.roles.totals();
    for (const few of [1, 9]) {
      const error = await statistics(30, few).catch((cause: Error) => cause);
      assert.instance(error, RangeError);
      assert.match(
        (error as Error).message,
        /^jointStatistics: bob's column weight has fewer than 10 cells that are not missing; /,
      );
      assert.not.match((error as Error).message, '123');
    }
    assert.match(String(await statistics(30, 20, []).catch(String)), /bob's column weight is not finite/);
    assert.match(String(await statistics(30, 20, [2]).catch(String)), /missing: a column must be/);
    assert.equal(await session.roles.totals(), before, 'nothing has crossed');
    const { mean } = await statistics(30, 0);
    assert.is(mean[1], 12345 + 30, "alice's alone");
    assert.match(
      String(await statistics(0, 0).catch(String)),
      /column weight: nobody has a number to train on/,
    );
  });
});

test('what cannot be summed is refused with party and column, never the value', async () => {
  const work = async (session: Session) => {
    const fails = async (
      parts: Record<string, Float64Array>,
      columns: number,
      kind: string,
      message: RegExp,
    ) => {
      const error = await jointStatistics(session, parts, columns).then(
        () => new Error('it did not fail'),
        (cause: Error) => cause,
      );
      assert.is(error.name, kind);
      assert.match(error.message, message);
      assert.not.match(error.message, '12345');
    };
    const ok = Float64Array.of(1, 2);
    const bobs = (value: number) => ({ alice: ok, bob: Float64Array.of(1, value) });
    await fails(bobs(Number.NaN), 2, 'RangeError', /bob's column 1 is not finite/);
    await fails(
      bobs(12345e20),
      2,
      'RangeError',
      /bob's column 1 is too large to be summed: use a larger unit/,
    );
    await fails({ alice: ok, mallory: ok }, 2, 'TypeError', /no party named "mallory"/);
    await fails(
      { alice: ok, bob: Float64Array.of(1, 2, 3) },
      2,
      'RangeError',
      /bob's part is no whole number/,
    );
    await fails({ alice: ok }, 0, 'RangeError', /columns/);
    await fails({}, 2, 'RangeError', /no rows/);
    const { mean } = await jointStatistics(session, { alice: ok, bob: ok }, 2);
    assert.equal([...mean], [1, 2], 'the session goes on');
  };
  await withSession(['alice', 'bob'], work, {}, FEW);
});

test.run();
