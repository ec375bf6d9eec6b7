/** Jobs whose columns lie with several owners: the same rows, the same results, nothing opened to scale them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable, tableShape, toDataset } from '../../src/data/index.js';
import { runPlain } from '../../src/jobs/clear.js';
import { wholeRows } from '../../src/jobs/columns.js';
import type { LocalTrainingJob } from '../../src/jobs/job.js';
import { trainingProgram } from '../../src/jobs/program.js';
import { runQuery } from '../../src/jobs/query.js';
import { evaluationOf, predictionOf } from '../../src/jobs/query-job.js';
import { rangeOf, runJob } from '../../src/jobs/run.js';
import { tableJob } from '../../src/jobs/table.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import type { Session } from '../../src/session/session.js';
import { flowers, houses } from '../data/table/small-tables.js';
import { runDisclosing } from '../world/disclosed.js';

const FLOWERS = { alice: ['width', 'sepal'], bob: ['colour', 'petal', 'kind'] };

test('each owner has its inputs of all rows, one of them the labels', async () => {
  const { job, shape } = await tableJob(flowers, { target: 'kind', columns: FLOWERS });
  const [alice, bob] = job.parts;
  assert.equal(
    [alice, bob].map(({ owner, train, test: tested }) => [owner, train.rows, tested.rows, train.features]),
    [
      ['alice', 120, 30, 2],
      ['bob', 120, 30, 3],
    ],
  );
  assert.equal([alice.train.classes, alice.train.y.length], [0, 0]);
  assert.equal([bob.train.classes, bob.train.y.length], [3, 360]);
  assert.equal(alice.train.names?.features, ['sepal', 'width']);
  assert.equal(bob.train.names?.features, ['petal', 'colour=blue', 'colour=white']);
  assert.equal(
    shape.columns.map(({ name }) => name),
    ['sepal', 'width', 'petal', 'colour'],
  );
  const table = await readTable(flowers, { target: 'kind' });
  const whole = toDataset(table, tableShape(table));
  const rows = new Set(
    Array.from({ length: 150 }, (_, row) => String(whole.x.subarray(5 * row, 5 * row + 5))),
  );
  const train = wholeRows(job.parts, 'train');
  assert.equal([train.rows, train.features, train.classes], [120, 5, 3]);
  for (let row = 0; row < 120; row++) {
    const [sepal, width, petal, blue, white] = train.x.subarray(5 * row, 5 * row + 5);
    assert.ok(rows.has(String([sepal, petal, width, blue, white])), `row ${row}`);
  }
});

const compare = async (job: LocalTrainingJob) => {
  const { result: shares, disclosed: lists } = await runDisclosing(job, { predictions: 3 });
  return { shares, plain: runPlain(job), lists };
};

test('classes: on shares as in clear, and no statistics are opened', async () => {
  const { job } = await tableJob(flowers, { target: 'kind', columns: FLOWERS, epochs: 8 });
  const { shares, plain, lists } = await compare(job);
  assert.is(shares.ring, 64);
  assert.ok(shares.accuracy > 0.85, String(shares.accuracy));
  assert.ok(Math.abs(shares.loss - plain.loss) < 0.01, `${shares.loss}, in clear ${plain.loss}`);
  assert.equal([...new Set(shares.predictions.map(({ owner }) => owner))], ['bob']);
  assert.equal(
    lists.filter(({ label }) => /aggregate|statistic/i.test(label)),
    [],
  );
  assert.equal([...new Set(lists.map(({ to }) => to))].sort(), ['bob', 'owner']);
  // the same training with rows divided opens statistics to the parties: the search above would find them
  const rows = await compare((await tableJob(flowers, { target: 'kind', epochs: 1 })).job);
  assert.ok(
    rows.lists.some(({ label }) => /aggregate|statistic/i.test(label)),
    JSON.stringify(rows.lists),
  );
});

test('numbers, three owners, the ring that is asked for', async () => {
  const columns = { ann: ['area'], ben: ['heating', 'age'], cy: ['rooms'] };
  const { job } = await tableJob(houses, { target: 'price', columns, epochs: 8, ring: 32 });
  assert.is(job.parts[0].train.classes, 1); // nobody has named the target
  const { shares, plain } = await compare(job);
  assert.is(shares.ring, 32);
  const [own, clear] = [shares.regression, plain.regression];
  assert.ok(own && clear && own.r2 > 0.85 && Math.abs(own.r2 - clear.r2) < 0.02, `${own?.r2} ${clear?.r2}`);
});

test("a model of columns that stays is tested and asked with all owners' rows", async () => {
  const columns = { ann: ['area', 'price'], ben: ['heating', 'age'], cy: ['rooms'] };
  const { job: bare } = await tableJob(houses, { target: 'price', columns, epochs: 4, ring: 32 });
  const job = { ...bare, saveAs: 'houses' };
  const state = mkdtempSync(join(tmpdir(), 'columns-'));
  const trained = await runJob(job, { state });
  const { measures } = await runQuery(evaluationOf(job), { state });
  assert.ok(Math.abs((measures?.loss ?? 9) - trained.loss) < 0.002);
  const [mae] = trained.regression?.mae ?? [];
  assert.ok(Math.abs((measures?.regression?.mae[0] ?? 99) - mae) < 0.2);
  const { answers } = await runQuery(predictionOf(job, 'cy'), { state });
  rmSync(state, { recursive: true });
  const prices = [...job.parts[0].test.y];
  assert.is(answers?.length, prices.length);
  const errors = prices.map((price, i) => Math.abs(price - (answers?.[i].outputs[0] ?? 0)));
  assert.ok(Math.abs(errors.reduce((sum, error) => sum + error, 0) / prices.length - mae) < 0.2);
});

test('rows stand in the order of their keys, however the file has them', async () => {
  const [head, ...rows] = flowers.trimEnd().split('\n');
  const keyed = rows.map((row, i) => `k${String((i * 37) % 150).padStart(3, '0')},${row}`);
  const sorted = [...keyed].sort();
  assert.is.not(String(keyed), String(sorted));
  const [first, second] = await Promise.all(
    [keyed, sorted].map((lines) =>
      tableJob(`id,${head}\n${lines.join('\n')}\n`, { target: 'kind', columns: FLOWERS, key: 'id' }),
    ),
  );
  assert.equal(first.job.parts, second.job.parts);
});

test('what cannot be divided is refused by name', async () => {
  const refused: [Parameters<typeof tableJob>[1], RegExp][] = [
    [{ target: 'kind', columns: { alice: ['sepal'] } }, /two owners or more/],
    [{ target: 'kind', columns: { alice: ['sepal'], bob: ['petal'] } }, /column "width" goes to nobody/],
    [
      { target: 'kind', columns: { alice: ['sepal', 'petal'], bob: ['petal', 'width', 'colour'] } },
      /column "petal" goes to alice and to bob/,
    ],
    [
      { target: 'kind', columns: { alice: ['sepal', 'petal', 'width', 'colour'], bob: ['kind'] } },
      /bob has no column to learn from/,
    ],
    [{ target: 'kind', columns: FLOWERS, owners: ['alice', 'bob'] }, /either columns are divided or rows/],
  ];
  for (const [options, pattern] of refused) {
    const error = await tableJob(flowers, options).catch((cause) => cause);
    assert.instance(error, RangeError);
    assert.match(error.message, pattern);
  }
  const { job } = await tableJob(flowers, { target: 'kind', columns: FLOWERS });
  const auto = await rangeOf('runJob', { ...job, session: {} }).catch((cause) => cause);
  assert.match(auto.message, /ring must be 32 or 64 where columns are divided/);
  const two = { ...job, parts: [job.parts[1], job.parts[1]] };
  assert.throws(() => runPlain(two), /2 parties have labels, not one/);
});

test('where nothing is revealed no other owner learns what the targets were scaled by', async () => {
  const columns = { alice: ['rooms'], bob: ['age', 'price'] };
  const lines = Array.from({ length: 24 }, (_, i) => `${i},${(7 * i) % 11},${100 * i + (i % 3)}`);
  const table = `rooms,age,price\n${lines.join('\n')}\n`;
  const { job } = await tableJob(table, { target: 'price', columns, test: 0.5 });
  const told = (quiet: boolean) => {
    const program = (session: Session) =>
      trainingProgram(session, { ...job, saveAs: 'homes', quiet }, { state: 'state' });
    return listDisclosures(program, { ring: 64, parties: ['alice', 'bob'], owner: 'alice' });
  };
  assert.ok((await told(false)).some(({ label }) => label === 'scaling of the target'));
  assert.equal(await told(true), []);
});

test.run();
