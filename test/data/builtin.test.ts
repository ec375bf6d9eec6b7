import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDataset, type Dataset } from '../../src/data/dataset.js';
import { loadFashionMnist } from '../../src/data/fashion-mnist.js';
import { loadWine } from '../../src/data/wine.js';

const classCounts = ({ y, classes }: Dataset): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < y.length; i++) counts[i % classes] += y[i];
  return counts;
};

test('Wine has 178 rows of 13 features in three classes of 59, 71 and 48', async () => {
  const wine = await loadWine();
  checkDataset(wine);
  assert.equal([wine.rows, wine.features, wine.classes], [178, 13, 3]);
  assert.equal(classCounts(wine), [59, 71, 48]);
  assert.equal(wine.names?.classes, ['0', '1', '2']);
  assert.is(wine.names?.features?.[2], 'ash');
  assert.equal([...wine.x.subarray(0, 3)], [14.23, 1.71, 2.43].map(Math.fround));
  assert.equal([...wine.x.subarray(-1)], [560]);
});

test('the built-in Fashion-MNIST has the label counts of its first 2,000 and 1,000 images', async () => {
  const { train, test } = await loadFashionMnist();
  checkDataset(train);
  checkDataset(test);
  assert.equal([train.rows, train.features, train.classes], [2000, 784, 10]);
  assert.equal(classCounts(train), [194, 216, 202, 195, 186, 200, 194, 215, 198, 200]);
  assert.equal(classCounts(test), [107, 105, 111, 93, 115, 87, 97, 95, 95, 95]);
  let sum = 0;
  let [lowest, highest] = [Infinity, -Infinity];
  for (const pixel of train.x) {
    sum += pixel;
    if (pixel < lowest) lowest = pixel;
    if (pixel > highest) highest = pixel;
  }
  assert.equal([lowest, highest], [0, 1]);
  // the mean pixel of all 60,000 images is 0.286
  assert.ok(Math.abs(sum / train.x.length - 0.286) < 0.005);
});

test('files in a folder are read by path and by URL, gzipped or not, and cut to the rows asked for', async () => {
  const builtIn = new URL('../../src/data/fashion-mnist/', import.meta.url);
  const dir = await mkdtemp(join(tmpdir(), 'fashion-'));
  try {
    for (const [part, size] of [
      ['train', '2k'],
      ['t10k', '1k'],
    ]) {
      const images = await readFile(new URL(`${part}-images-idx3-ubyte-${size}.gz`, builtIn));
      const labels = await readFile(new URL(`${part}-labels-idx1-ubyte-${size}.gz`, builtIn));
      await writeFile(join(dir, `${part}-images-idx3-ubyte.gz`), images);
      await writeFile(join(dir, `${part}-labels-idx1-ubyte`), gunzipSync(labels));
    }
    const expected = await loadFashionMnist({ train: 50, test: 20 });
    assert.equal([expected.train.rows, expected.test.rows], [50, 20]);
    for (const from of [dir, pathToFileURL(dir)]) {
      const { train, test } = await loadFashionMnist({ dir: from, train: 50, test: 20 });
      assert.equal(train, expected.train);
      assert.equal(test, expected.test);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a missing file and a number of rows that is not there are named', async () => {
  const missing = await loadFashionMnist({ dir: '/nowhere' }).catch((error: Error) => error.message);
  assert.match(
    missing as string,
    'neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz can be read in',
  );
  for (const train of [0, 2001, 1.5]) {
    const error = await loadFashionMnist({ train }).catch((error: Error) => error.message);
    assert.match(error as string, 'rows must be in 1..2000');
  }
});

test.run();
