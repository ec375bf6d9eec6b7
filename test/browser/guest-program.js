/** What every role of a training runs in which a page, the guest, has the rows and is told the result. */
import { dense, sequential, sgd } from 'beaverdam';
import { columnStatistics, foldSplit, loadWine, selectRows, standardise } from 'beaverdam/data';

export const ROLES = { parties: ['alice', 'bob'], provider: 'provider', owner: 'clinic' };
export const OPTIONS = { ...ROLES, ring: 32, threads: 0 };

/** Rows are public here; each is brought by the guest all the same. @returns the accuracy, at the guest; null elsewhere */
export async function program(session) {
  const wine = await loadWine();
  const split = foldSplit(wine.rows, 1);
  const [train, test] = [selectRows(wine, split.train), selectRows(wine, split.test)];
  const statistics = columnStatistics(train.x, wine.features);
  const own = (values) => (session.isHere('clinic') ? Float32Array.from(values) : null);
  const share = (values, rows, width) =>
    session.shareRows([{ owner: 'clinic', values: own(values), rows }], [width]);
  const x = await share(standardise(train.x, statistics), train.rows, 13);
  const y = await share(train.y, train.rows, 3);
  const model = sequential([dense({ units: 16, inputShape: [13], activation: 'relu' }), dense({ units: 3 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: ['accuracy'] });
  await model.fit(x, y, { batchSize: 8, epochs: 8, seed: 3 });
  const tests = [
    await share(standardise(test.x, statistics), test.rows, 13),
    await share(test.y, test.rows, 3),
  ];
  return (await model.evaluate(...tests))?.accuracy ?? null;
}

/** Rows that take a page some time to bring. */
const MANY = 2_000_000;

/** What every role runs in which a page brings many rows, and is closed meanwhile. */
export async function upload(session) {
  const rows = session.isHere('clinic') ? new Float32Array(13 * MANY) : null;
  const x = await session.shareRows([{ owner: 'clinic', values: rows, rows: MANY }], [13]);
  await x.sum(0).reveal();
}
