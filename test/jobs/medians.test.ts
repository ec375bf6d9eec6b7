/** Medians of rows that nobody shows: exact, and nothing opened but their digits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnStatistics } from '../../src/data/scale.js';
import { openMedians } from '../../src/jobs/medians.js';
import { jointStatistics } from '../../src/jobs/statistics.js';
import type { Session } from '../../src/session/session.js';
import { RINGS } from '../world/ring.js';
import { withSession } from '../world/sessions.js';

const { NaN: none } = Number;
const NAMES = ['odd', 'even', 'tied', 'own', 'sparse', 'wide', 'mean'];
const ALL = [0, 1, 2, 3, 4, 5];

/** Rows of the columns NAMES, of which cells are missing. */
const rowsOf = (rows: number, from: number): Float32Array =>
  Float32Array.from(
    Array.from({ length: rows }, (_, i) => i + from).flatMap((row) => [
      Math.sin(row) * 1e-6,
      row % 5 === 0 ? none : 1000 - 7.3 * row,
      row % 3 === 0 ? none : -Math.floor(row / 40),
      from > 0 ? none : 4e8 + row,
      row % 4 === 0 ? Math.cos(row) : none,
      row % 2 === 0 ? -(1.05 ** row) : 1.04 ** row,
      row % 7 === 0 ? none : row,
    ]),
  );

/** The lower median of a column's cells that are there. */
function medianOf(parts: Readonly<Record<string, Float32Array>>, column: number): number {
  const cells = Object.values(parts)
    .flatMap((part) => [...part].filter((_, i) => i % NAMES.length === column))
    .filter((cell) => !Number.isNaN(cell))
    .sort((a, b) => a - b);
  return cells[Math.ceil(cells.length / 2) - 1];
}

for (const ring of RINGS) {
  test(`ring ${ring}: medians are those of all cells, bit for bit, and columns are scaled about them`, async () => {
    const parts = { alice: rowsOf(61, 0), bob: rowsOf(50, 61), carol: rowsOf(40, 111) };
    const all = Float32Array.from(Object.values(parts).flatMap((part) => [...part]));
    await withSession({ parties: Object.keys(parts), ring }, async (session) => {
      const missing = [1, 2, 3, 4, 6];
      const { mean, deviation } = await jointStatistics(session, parts, NAMES.length, NAMES, missing, ALL);
      for (const column of ALL) assert.is(mean[column], medianOf(parts, column), NAMES[column]);
      const clear = columnStatistics(all, NAMES.length, missing, ALL);
      assert.equal([...clear.mean.subarray(0, 6)], [...mean.subarray(0, 6)]);
      for (const [column, name] of NAMES.entries()) {
        assert.ok(Math.abs(clear.mean[column] - mean[column]) <= 1e-9 * Math.abs(mean[column]), name);
        const error = Math.abs(clear.deviation[column] / deviation[column] - 1);
        assert.ok(error < 1e-6, `${name}: ${error}`);
      }
      const disclosed = await session.disclosed();
      assert.equal(
        disclosed.map(({ label, to }) => [label, to]).sort(),
        ['aggregate', 'medians'].flatMap((label) => Object.keys(parts).map((to) => [label, to])),
      );
      // one sum and one count of the last column, seven of squares; four digits of six medians to each of two
      const { openings, revealed } = (await session.roles.totals()).get('alice') ?? {};
      assert.is(openings?.aggregate, (2 + 7) * 16);
      assert.is(revealed, 4 * 6 * (ring / 8) * 2);
      assert.equal((await session.roles.totals()).get('provider')?.openings, {});
    });
  });
}

test('ends of float32, both zeros, one cell, and none', async () => {
  const most = 3.4028234663852886e38;
  const least = 2 ** -149;
  const lists = [[-most], [most], [least, -least, 0], [-0], [0, -0, -1, 2], [-least], []];
  await withSession({ parties: ['alice', 'bob'] }, async (session) => {
    const columns = lists.map((cells) => Float64Array.from(cells));
    const found = await openMedians(session, [{ owner: 'bob', columns, rows: 4 }], 7, ['alice', 'bob']);
    assert.equal([...(found ?? [])], [-most, most, 0, 0, 0, -least, none]);
    const many = { owner: 'bob', columns: null, rows: 262_144 };
    const error = await openMedians(session, [many], 1, ['alice']).catch(String);
    assert.match(String(error), /medians: bob has 262144 rows, and ring 32 counts up to 262143: use ring 64/);
  });
});

test('few cells, cells that are no numbers, and columns that are none are refused before anything crosses', async () => {
  const rows = (there: number, cell = 12345): Float64Array =>
    Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 || i < 2 * there ? cell + i : none));
  await withSession({ parties: ['alice', 'bob'] }, async (session: Session) => {
    const statistics = (bobs: Float64Array, missing = [1], medians = [1]) =>
      jointStatistics(session, { alice: rows(30), bob: bobs }, 2, ['age', 'weight'], missing, medians);
    const before = await session.roles.totals();
    for (const [attempt, message] of [
      [statistics(rows(9)), /bob's column weight has fewer than 10 cells that are not missing; /],
      [statistics(rows(20), []), /bob's column weight is not finite/],
      [statistics(rows(30, 1e39), []), /bob's column weight is not finite/],
      [statistics(rows(30), [1], [2]), /jointStatistics: medians: a column must be/],
    ] as const) {
      const error = await attempt.catch((cause: Error) => cause);
      assert.instance(error, RangeError);
      assert.match((error as Error).message, message);
      assert.not.match((error as Error).message, '123');
    }
    assert.equal(await session.roles.totals(), before, 'nothing has crossed');
    const { mean } = await statistics(rows(0));
    assert.is(mean[1], 12345 + 29, "alice's alone: the lower of two in the middle");
    const nobody = { alice: rows(0), bob: rows(0) };
    const error = await jointStatistics(session, nobody, 2, ['age', 'weight'], [1], [1]).catch(String);
    assert.match(String(error), /column weight: nobody has a number to train on/);
  });
});

test.run();
