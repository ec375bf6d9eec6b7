/** Columns of the same rows that lie with two owners: aligned by their keys, shared apart, joined and trained on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  alignRows,
  divideColumns,
  readTable,
  tableShape,
  toDataset,
  toInputs,
} from '../../src/data/index.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { createSession, dense, sequential, sgd } from '../../src/index.js';
import { flowers } from '../data/table/small-tables.js';

const keyed = flowers
  .trimEnd()
  .split('\n')
  .map((line, i) => (i === 0 ? `id,${line}` : `f${i},${line}`));

test('a training on columns of two owners is one on their rows in clear order', async () => {
  const whole = await readTable(keyed.join('\n'), { target: 'kind', key: 'id' });
  const apart = divideColumns(whole, { alice: ['petal', 'colour', 'kind'], bob: ['sepal', 'width'] });
  const shuffled = [keyed[0], ...keyed.slice(1).reverse()].join('\n');
  const bobs = await readTable(shuffled, { key: 'id', ignore: ['petal', 'colour', 'kind'], name: 'bob.csv' });
  const { alice, bob } = alignRows({ alice: apart.alice, bob: bobs });
  assert.equal(tableShape(bob), tableShape(apart.bob));
  assert.equal([...toInputs(bob)], [...toInputs(apart.bob)]);

  const { y, classes, rows } = toDataset(alice);
  const session = await createSession({ parties: ['alice', 'bob'] });
  try {
    const [a, b] = [alice, bob].map((table, p) => {
      const x = toInputs(table);
      const columns = x.length / rows;
      const scaled = standardise(x, columnStatistics(x, columns));
      return session.share(scaled, { owner: ['alice', 'bob'][p], shape: [rows, columns] });
    });
    const model = sequential([
      dense({ units: 8, inputShape: [5], activation: 'relu' }),
      dense({ units: classes, activation: 'softmax' }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'softmaxCrossEntropy' });
    const labels = session.share(y, { owner: 'alice', shape: [rows, classes] });
    const { epochs } = await model.fit(a.concat(b, 1), labels, { epochs: 6, batchSize: 10 });
    assert.ok((epochs[5].accuracy as number) > 0.9, String(epochs[5].accuracy));
  } finally {
    await session.close();
  }
});

test.run();
